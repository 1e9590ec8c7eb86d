//! How far a lane has been sent, in a file beside its segments.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

/// Sequence, offset and checksum.
const LENGTH: usize = 20;

/// Reads the segment and the offset in it where the oldest batch stands; `None` where that is not known, which means
/// that everything is sent again.
pub(super) fn read(path: &Path) -> Option<(u64, u64)> {
    let bytes: [u8; LENGTH] = std::fs::read(path).ok()?.try_into().ok()?;
    let number = |at: usize| u64::from_le_bytes(std::array::from_fn(|index| bytes[at + index]));
    let sum = u32::from_le_bytes(std::array::from_fn(|index| bytes[16 + index]));
    (crc32fast::hash(&bytes[..16]) == sum).then(|| (number(0), number(8)))
}

/// Writes it, in one piece.
///
/// # Errors
///
/// What the system says; then some batches may be sent twice, after a restart.
pub(super) fn write(path: &Path, sequence: u64, offset: u64) -> io::Result<()> {
    let mut bytes = [0; LENGTH];
    bytes[..8].copy_from_slice(&sequence.to_le_bytes());
    bytes[8..16].copy_from_slice(&offset.to_le_bytes());
    let sum = crc32fast::hash(&bytes[..16]);
    bytes[16..].copy_from_slice(&sum.to_le_bytes());
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
    file.write_all_at(&bytes, 0)
}
