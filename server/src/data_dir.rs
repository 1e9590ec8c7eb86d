//! The directory where a server keeps its keys and state, for itself alone.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// A locked data directory; the lock ends with the value.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: File,
    _temporary: Option<tempfile::TempDir>,
}

impl DataDir {
    /// Makes the directory where it is missing, closes it to others (0700) and locks it.
    ///
    /// # Errors
    ///
    /// Another server has it, or the system does not permit it.
    pub fn open(path: &Path) -> Result<Self, DataDirError> {
        let failed = |source| DataDirError::Io { path: path.to_owned(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(failed)?;
        Ok(Self { path: path.to_owned(), _lock: lock(path)?, _temporary: None })
    }

    /// Makes one that is removed with the value.
    ///
    /// # Errors
    ///
    /// The system has no place for it.
    pub fn temporary() -> Result<Self, DataDirError> {
        let directory = tempfile::Builder::new()
            .prefix("aetherterm-")
            .tempdir()
            .map_err(|source| DataDirError::Io { path: std::env::temp_dir(), source })?;
        let opened = Self::open(directory.path())?;
        Ok(Self { _temporary: Some(directory), ..opened })
    }

    /// Returns the path of the directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the 256 random bits kept under this name (0600), making them the first time.
    ///
    /// # Errors
    ///
    /// The file cannot be read or written, or is not one of ours.
    pub fn secret(&self, name: &str) -> Result<[u8; 32], DataDirError> {
        let path = self.path.join(name);
        let failed = |source| DataDirError::Io { path: path.clone(), source };
        match fs::read(&path) {
            Ok(bytes) => {
                fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(failed)?;
                bytes.try_into().map_err(|_| DataDirError::NoSecret { path: path.clone() })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes).expect("the system's random source works from boot on");
                write_new(&path, &bytes).map_err(failed)?;
                Ok(bytes)
            }
            Err(error) => Err(failed(error)),
        }
    }
}

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Another server works in it.
    #[error("the data directory {} is in use by pid {pid}; choose another with --data-dir", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
        /// That server's process, or `?` while it is just starting.
        pid: String,
    },
    /// The system did not permit something.
    #[error("cannot use {} in the data directory: {source}", path.display())]
    Io {
        /// The directory or the file in it.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A key file has another length than ours have.
    #[error("{} is not a key of 32 bytes; remove it to get a new one, which signs everybody out", path.display())]
    NoSecret {
        /// The file.
        path: PathBuf,
    },
}

/// The file stays: removing it would let a second server lock a new one while a third still waits for the old.
fn lock(directory: &Path) -> Result<File, DataDirError> {
    let path = directory.join("lock");
    let failed = |source| DataDirError::Io { path: path.clone(), source };
    let mut options = OpenOptions::new();
    let mut file =
        options.read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            file.read_to_string(&mut pid).map_err(failed)?;
            let pid = if pid.is_empty() { "?".to_owned() } else { pid.trim().to_owned() };
            return Err(DataDirError::InUse { path: directory.to_owned(), pid });
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    // Over the number of the server before, which a full disk has room for, and then no more than that.
    let write = |file: &mut File| {
        let pid = format!("{}\n", std::process::id());
        file.rewind()?;
        file.write_all(pid.as_bytes())?;
        file.set_len(pid.len() as u64)
    };
    write(&mut file).map_err(failed)?;
    Ok(file)
}

/// Writes beside and renames, so that a crash leaves either nothing or the whole.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(unfinished, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn nobody_else_can_look_inside() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        let directory = DataDir::open(&path).unwrap();
        directory.secret("cookie.key").unwrap();
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&path.join("cookie.key")), 0o600);
    }

    #[test]
    fn a_second_server_is_told_who_has_it() {
        let parent = tempfile::tempdir().unwrap();
        let first = DataDir::open(parent.path()).unwrap();
        let error = DataDir::open(parent.path()).unwrap_err().to_string();
        assert!(error.contains(&format!("in use by pid {}", std::process::id())), "{error}");
        drop(first);
        DataDir::open(parent.path()).unwrap();
    }

    #[test]
    fn a_secret_is_made_once() {
        let parent = tempfile::tempdir().unwrap();
        let first = DataDir::open(parent.path()).unwrap().secret("cookie.key").unwrap();
        assert_ne!(first, [0; 32]);
        assert_eq!(DataDir::open(parent.path()).unwrap().secret("cookie.key").unwrap(), first);
    }

    #[test]
    fn a_file_that_is_no_key_is_named() {
        let parent = tempfile::tempdir().unwrap();
        fs::write(parent.path().join("cookie.key"), "short").unwrap();
        let error = DataDir::open(parent.path()).unwrap().secret("cookie.key").unwrap_err().to_string();
        assert!(error.contains("cookie.key is not a key"), "{error}");
    }

    #[test]
    fn a_temporary_one_goes_with_its_server() {
        let directory = DataDir::temporary().unwrap();
        let path = directory.path().to_owned();
        assert!(path.is_dir());
        drop(directory);
        assert!(!path.exists());
    }
}
