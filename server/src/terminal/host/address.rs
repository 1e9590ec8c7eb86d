//! Where a host is reached: a socket in the data directory that only its own account may use.

use std::{
    fs::File,
    io,
    os::fd::AsRawFd as _,
    path::{Path, PathBuf},
};

use rustix::{fs::Mode, process::umask};
use tokio::net::{UnixListener, UnixStream, unix::UCred};

use super::message::VERSION;

/// What a socket's address can hold, the final zero included (unix(7)).
const LONGEST: usize = 108;

/// The host of a data directory. Its version is in the socket's name, so that hosts of two versions live side by side:
/// the old one keeps its shells while a newer server starts its own.
#[derive(Clone, Debug)]
pub struct Address {
    directory: PathBuf,
}

impl Address {
    /// The host of this version in a directory.
    pub fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    /// The data directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The socket.
    pub fn socket(&self) -> PathBuf {
        self.directory.join(format!("pty-host.{VERSION}.sock"))
    }

    /// Held by the host while it lives.
    pub(super) fn lock(&self) -> PathBuf {
        self.directory.join(format!("pty-host.{VERSION}.lock"))
    }

    /// What the host has to say that nobody is there to hear.
    pub(super) fn log(&self) -> PathBuf {
        self.directory.join("pty-host.log")
    }

    /// The sockets of all versions in the directory, alive or not, with their versions.
    pub fn all_versions(directory: &Path) -> Vec<(u16, PathBuf)> {
        let version =
            |path: &Path| path.file_name()?.to_str()?.strip_prefix("pty-host.")?.strip_suffix(".sock")?.parse().ok();
        let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter_map(|path| Some((version(&path)?, path))).collect()
    }

    /// Connects to the host.
    ///
    /// # Errors
    /// As [`connect`].
    pub async fn connect(&self) -> io::Result<UnixStream> {
        connect(&self.socket()).await
    }

    /// Listens, in place of a host that is gone; the caller holds the lock.
    pub(super) fn bind(&self) -> io::Result<UnixListener> {
        let socket = self.socket();
        match std::fs::remove_file(&socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let short = Short::of(&socket)?;
        // The mode is right from the first moment on; shells are started with the one from before.
        let before = umask(Mode::from_raw_mode(0o177));
        let bound = UnixListener::bind(&short.path);
        umask(before);
        bound
    }
}

/// Connects to a socket, and makes sure that it is our own account's.
///
/// # Errors
/// `NotFound` or `ConnectionRefused` when no host is there, `PermissionDenied` for somebody else's.
pub async fn connect(socket: &Path) -> io::Result<UnixStream> {
    let stream = UnixStream::connect(&Short::of(socket)?.path).await?;
    check(stream.peer_cred()?)?;
    Ok(stream)
}

/// Whether the other side is our own account's.
///
/// # Errors
/// `PermissionDenied` when it is not.
pub(super) fn check(peer: UCred) -> io::Result<()> {
    check_user(peer.uid(), rustix::process::geteuid().as_raw())
}

fn check_user(peer: u32, own: u32) -> io::Result<()> {
    if peer == own {
        return Ok(());
    }
    let problem = format!("user {peer} is on the other side, and only user {own} may be");
    Err(io::Error::new(io::ErrorKind::PermissionDenied, problem))
}

/// A path that fits into a socket's address: a long one leads through its directory's descriptor.
struct Short {
    path: PathBuf,
    _directory: Option<File>,
}

impl Short {
    fn of(path: &Path) -> io::Result<Self> {
        let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        if path.as_os_str().len() < LONGEST {
            return Ok(Self { path: path.to_owned(), _directory: None });
        }
        let directory = File::open(directory)?;
        let path = Path::new("/proc/self/fd").join(directory.as_raw_fd().to_string()).join(name);
        Ok(Self { path, _directory: Some(directory) })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn only_the_own_account_is_let_in() {
        assert!(check_user(1000, 1000).is_ok());
        for (peer, own) in [(1001, 1000), (0, 1000), (1000, 0)] {
            assert_eq!(check_user(peer, own).unwrap_err().kind(), io::ErrorKind::PermissionDenied, "{peer} to {own}");
        }
    }

    #[tokio::test]
    async fn the_socket_is_closed_to_others_and_replaces_a_dead_one() {
        let directory = tempfile::tempdir().unwrap();
        let address = Address::new(directory.path());
        drop(address.bind().unwrap());
        let _listener = address.bind().unwrap();
        let mode = std::fs::metadata(address.socket()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        address.connect().await.unwrap();
        assert_eq!(Address::all_versions(directory.path()), [(VERSION, address.socket())]);
    }

    #[tokio::test]
    async fn a_long_path_can_be_reached() {
        let directory = tempfile::tempdir().unwrap();
        let long = directory.path().join("d".repeat(200));
        std::fs::create_dir(&long).unwrap();
        let address = Address::new(&long);
        let _listener = address.bind().unwrap();
        assert!(address.socket().exists());
        address.connect().await.unwrap();
    }

    #[tokio::test]
    async fn where_no_host_is_there_is_nobody_to_connect_to() {
        let directory = tempfile::tempdir().unwrap();
        let address = Address::new(directory.path());
        assert_eq!(address.connect().await.unwrap_err().kind(), io::ErrorKind::NotFound);
        drop(address.bind().unwrap());
        assert_eq!(address.connect().await.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    }
}
