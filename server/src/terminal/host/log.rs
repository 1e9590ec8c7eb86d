//! Where a host writes what nobody is there to hear: a small file that can neither fill a disk nor fail.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use tracing::Level;
use tracing_subscriber::fmt;

use crate::terminal::lock;

/// The longest log: what is told are troubles, and the first of them matter.
const MAX: usize = 256 * 1024;

/// Writes warnings and panics of this process to a new file at `path`, if there can be one.
pub(super) fn install(path: &Path) {
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path).ok();
    let log = Log(Arc::new(Mutex::new((file, MAX))));
    let subscriber = fmt().with_max_level(Level::WARN).with_ansi(false).log_internal_errors(false);
    // A test's own subscriber stays.
    let _ = subscriber.with_writer(move || log.clone()).try_init();
    // Where it was and not what was said: a message may quote what is on a screen.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
}

/// The file and how much may still be written.
#[derive(Clone)]
struct Log(Arc<Mutex<(Option<File>, usize)>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = lock(&self.0);
        let (file, left) = &mut *log;
        if let Some(file) = file.as_mut().filter(|_| bytes.len() <= *left) {
            // On a full disk nothing is written, and nothing else follows from that.
            let _ = file.write_all(bytes);
            *left -= bytes.len();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
