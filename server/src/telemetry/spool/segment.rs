//! One file of a lane: batches behind each other, only ever appended to.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::entry;

/// What a segment begins with: what it is, and when it was made, in milliseconds since 1970.
const MAGIC: &[u8; 8] = b"ATSPOOL1";
/// Where the first batch stands.
pub(super) const START: u64 = 16;

/// A segment as far as it is whole.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) sequence: u64,
    /// When it was made; the oldest is the first to go.
    pub(super) made: u64,
    /// Its length; what stands behind it is not whole and will be written over.
    pub(super) length: u64,
    /// The records in it that are not sent yet.
    pub(super) weight: u64,
    path: PathBuf,
    /// Open while it is the one that is appended to.
    file: Option<File>,
}

impl Segment {
    /// Makes an empty segment.
    ///
    /// # Errors
    ///
    /// What the system says; nothing is left behind then.
    pub(super) fn make(directory: &Path, sequence: u64) -> io::Result<Self> {
        let path = directory.join(format!("{sequence:016}.seg"));
        let mut options = OpenOptions::new();
        let mut file = options.read(true).write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        let made = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        let mut header = MAGIC.to_vec();
        header.extend(made.to_le_bytes());
        if let Err(error) = file.write_all(&header) {
            // It would be read as an empty segment, so that it does no harm if it stays.
            let _ = std::fs::remove_file(&path);
            return Err(error);
        }
        Ok(Self { sequence, made, length: START, weight: 0, path, file: Some(file) })
    }

    /// Reads a segment that an earlier process has written, from an offset on, and cuts off what is not whole.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is not a segment.
    pub(super) fn open(path: PathBuf, sequence: u64, from: u64) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(&path)?;
        let mut reader = BufReader::new(&file);
        let mut header = [0; START as usize];
        reader.read_exact(&mut header)?;
        if !header.starts_with(MAGIC) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "this is not a segment of the spool"));
        }
        let made = u64::from_le_bytes(std::array::from_fn(|index| header[8 + index]));
        let (mut length, mut weight) = (START, 0);
        while let Some((of_entry, body)) = entry::read(&mut reader)? {
            if length >= from {
                weight += of_entry;
            }
            length += entry::HEADER + body.len() as u64;
        }
        let torn = file.metadata()?.len().saturating_sub(length);
        if torn > 0 {
            tracing::warn!(path = %path.display(), bytes = torn, "the spool ends in the middle of a batch, which is cut off");
            file.set_len(length)?;
        }
        Ok(Self { sequence, made, length, weight, path, file: None })
    }

    /// Appends a batch, and returns when it is on the disk.
    ///
    /// # Errors
    ///
    /// What the system says, such as that the disk is full; the segment is then as it was before.
    pub(super) fn append(&mut self, entry: &[u8], weight: u64) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(OpenOptions::new().read(true).write(true).open(&self.path)?),
        };
        let written =
            file.seek(SeekFrom::Start(self.length)).and_then(|_| file.write_all(entry)).and_then(|()| file.sync_data());
        if let Err(error) = written {
            // Where that fails too, the next batch is written over what is half there.
            let _ = file.set_len(self.length);
            return Err(error);
        }
        self.length += entry.len() as u64;
        self.weight += weight;
        Ok(())
    }

    /// Reads the batch at an offset and says where the next one stands; `None` where none does.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub(super) fn read(&mut self, offset: u64) -> io::Result<Option<(u64, Vec<u8>, u64)>> {
        if offset >= self.length {
            return Ok(None);
        }
        let opened;
        let mut file = match &self.file {
            Some(file) => file,
            None => {
                opened = File::open(&self.path)?;
                &opened
            }
        };
        file.seek(SeekFrom::Start(offset))?;
        let read = entry::read(&mut BufReader::new(file))?;
        Ok(read.map(|(weight, body)| {
            let next = offset + entry::HEADER + body.len() as u64;
            (weight, body, next)
        }))
    }

    /// Removes the file.
    pub(super) fn remove(self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "a part of the spool cannot be removed");
        }
    }
}
