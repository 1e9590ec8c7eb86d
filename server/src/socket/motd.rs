//! The message of the day: what a new terminal shows before its shell says anything.

use std::path::Path;

use tokio::{fs::File, io::AsyncReadExt as _};
use tracing::warn;

/// The longest message: a screenful is a few KiB, colours included.
const MAX: u64 = 64 * 1024;

/// Reads the file as it is now, with the line ends that a terminal needs. What cannot be read is left out.
pub(super) async fn read(file: Option<&Path>) -> String {
    let Some(path) = file else { return String::new() };
    let mut text = Vec::new();
    let read = async { File::open(path).await?.take(MAX).read_to_end(&mut text).await };
    match read.await {
        Ok(_) => lines(&String::from_utf8_lossy(&text)),
        Err(error) => {
            warn!(path = %path.display(), %error, "the message of the day cannot be read");
            String::new()
        }
    }
}

fn lines(text: &str) -> String {
    text.lines().flat_map(|line| [line, "\r\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_ends_as_on_a_terminal() {
        assert_eq!(lines(""), "");
        assert_eq!(lines("a\n\nb"), "a\r\n\r\nb\r\n");
        assert_eq!(lines("a\r\n"), "a\r\n");
    }

    #[tokio::test]
    async fn without_a_file_nothing_is_said() {
        assert_eq!(read(None).await, "");
        assert_eq!(read(Some(Path::new("/does/not/exist"))).await, "");
    }
}
