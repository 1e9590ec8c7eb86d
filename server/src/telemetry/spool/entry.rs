//! How a batch stands in a file: length, checksum, weight, body.
//!
//! ```text
//! u32 length of the body · u32 CRC-32 of weight and body · u64 weight · body      (little endian)
//! ```

use std::io::{self, Read};

/// Bytes in front of the body.
pub(super) const HEADER: u64 = 16;

/// No batch is longer; a length beyond it is not one.
const MAX_BODY: u32 = 64 << 20;

/// Writes a batch.
///
/// # Errors
///
/// When it is longer than any batch.
pub(super) fn encode(body: &[u8], weight: u64) -> io::Result<Vec<u8>> {
    let length = u32::try_from(body.len()).ok().filter(|length| *length <= MAX_BODY);
    let length = length.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the batch is too long"))?;
    let mut entry = Vec::with_capacity(HEADER as usize + body.len());
    entry.extend(length.to_le_bytes());
    entry.extend(checksum(weight, body).to_le_bytes());
    entry.extend(weight.to_le_bytes());
    entry.extend(body);
    Ok(entry)
}

/// Reads a batch: its weight and body; `None` where the file ends, in the middle of one or between two, and where what
/// stands there was not written as it is.
pub(super) fn read(from: &mut impl Read) -> io::Result<Option<(u64, Vec<u8>)>> {
    let mut header = [0; HEADER as usize];
    if !filled(from, &mut header)? {
        return Ok(None);
    }
    let [length, sum] =
        [0, 4].map(|at| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]));
    let weight = u64::from_le_bytes(std::array::from_fn(|index| header[8 + index]));
    if length > MAX_BODY {
        return Ok(None);
    }
    let mut body = Vec::new();
    // No more is reserved than is there: the length may be anything.
    from.by_ref().take(length.into()).read_to_end(&mut body)?;
    let is_whole = body.len() == length as usize && checksum(weight, &body) == sum;
    Ok(is_whole.then_some((weight, body)))
}

fn filled(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match from.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn checksum(weight: u64, body: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&weight.to_le_bytes());
    sum.update(body);
    sum.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let entry = encode(b"batch", 3).unwrap();
        assert_eq!(read(&mut entry.as_slice()).unwrap(), Some((3, b"batch".to_vec())));
        for end in 0..entry.len() {
            assert_eq!(read(&mut &entry[..end]).unwrap(), None, "cut at {end}");
        }
        for at in 0..entry.len() {
            let mut other = entry.clone();
            other[at] ^= 1;
            assert_eq!(read(&mut other.as_slice()).unwrap(), None, "changed at {at}");
        }
    }
}
