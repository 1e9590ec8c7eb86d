//! What one sequence of shell integration says.

use app::trace::{SpanContext, w3c};

/// A command's text is cut to this: it is shown on a line.
pub(super) const MAX_COMMAND: usize = 4 * 1024;

/// The longest directory that Linux knows (`PATH_MAX`).
const MAX_DIRECTORY: usize = 4096;

/// A place in the output that the shell has marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A prompt begins.
    Prompt,
    /// The prompt has ended; what follows is typed.
    Input,
    /// A command has been started, and what follows is its output.
    Started {
        /// What was typed, if the shell says.
        command: Option<String>,
    },
    /// The command has ended.
    Finished {
        /// None if nothing was run after all.
        exit: Option<u32>,
    },
    /// The shell's directory.
    Directory(String),
    /// The trace context that the next command is given.
    Trace(SpanContext),
}

impl Mark {
    /// Reads what stands between `ESC ]` and its terminator.
    pub(super) fn read(sequence: &[u8]) -> Option<Self> {
        let sequence = std::str::from_utf8(sequence).ok()?;
        let (number, rest) = sequence.split_once(';')?;
        match number {
            "133" => Self::semantic(rest),
            "7" => directory(rest).map(Self::Directory),
            "633" => {
                let traceparent = rest.strip_prefix("P;Traceparent=")?;
                w3c::parse(traceparent).map(Self::Trace)
            }
            _ => None,
        }
    }

    fn semantic(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(';').unwrap_or((text, ""));
        match kind {
            "A" => Some(Self::Prompt),
            "B" => Some(Self::Input),
            "C" => {
                let command = rest.split(';').find_map(|option| option.strip_prefix("cmdline_url="));
                Some(Self::Started { command: command.and_then(percent_decoded).and_then(|command| shown(&command)) })
            }
            "D" => Some(Self::Finished { exit: rest.split(';').next().and_then(|code| code.parse().ok()) }),
            _ => None,
        }
    }
}

/// The path of `file://host/path`. The host is not compared: a shell behind `ssh` says where it is, too.
fn directory(url: &str) -> Option<String> {
    let rest = url.strip_prefix("file://")?;
    let path = percent_decoded(&rest[rest.find('/')?..])?;
    (path.len() <= MAX_DIRECTORY && !path.contains(char::is_control)).then_some(path)
}

/// A command as it is shown: on one line, and not too long.
fn shown(command: &str) -> Option<String> {
    let mut command = command.replace(char::is_control, " ");
    command.truncate(command.floor_char_boundary(MAX_COMMAND));
    let trimmed = command.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        decoded.push(u8::try_from(high << 4 | low).ok()?);
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sequence: &str, expected: impl Into<Option<Mark>>) {
        assert_eq!(Mark::read(sequence.as_bytes()), expected.into(), "{sequence:?}");
    }

    fn started(command: Option<&str>) -> Option<Mark> {
        Some(Mark::Started { command: command.map(str::to_owned) })
    }

    #[test]
    fn the_four_marks_of_a_command() {
        check("133;A", Some(Mark::Prompt));
        check("133;A;k=s", Some(Mark::Prompt));
        check("133;B", Some(Mark::Input));
        check("133;C", started(None));
        check("133;D", Some(Mark::Finished { exit: None }));
        check("133;D;0", Some(Mark::Finished { exit: Some(0) }));
        check("133;D;130;aid=7", Some(Mark::Finished { exit: Some(130) }));
        check("133;L", None);
    }

    #[test]
    fn a_command_is_decoded_onto_one_line() {
        check("133;C;cmdline_url=ls%20-l", started(Some("ls -l")));
        check("133;C;k=v;cmdline_url=for%3Bx%0Adone", started(Some("for;x done")));
        check("133;C;cmdline_url=%E6%BC%A2", started(Some("漢")));
        check("133;C;cmdline_url=%ff", started(None));
        check("133;C;cmdline_url=%2", started(None));
        check("133;C;cmdline_url=%20", started(None));
        check(&format!("133;C;cmdline_url={}", "x".repeat(5000)), started(Some(&"x".repeat(MAX_COMMAND))));
    }

    #[test]
    fn a_directory_is_the_path_of_a_file_url() {
        let directory = |path: &str| Some(Mark::Directory(path.to_owned()));
        check("7;file://host/home/ada", directory("/home/ada"));
        check("7;file:///a%20b", directory("/a b"));
        check("7;file://host", None);
        check("7;http://host/x", None);
        check("7;file:///a%0ab", None);
    }

    #[test]
    fn a_trace_context_is_read_or_ignored() {
        let given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        check(&format!("633;P;Traceparent={given}"), w3c::parse(given).map(Mark::Trace));
        assert!(w3c::parse(given).is_some());
        check("633;P;Traceparent=00-0-0-01", None);
        check("633;P;Cwd=/x", None);
    }
}
