//! The commands run in a terminal, as shell integration marks them in the output.

mod mark;
mod scanner;

use std::time::{Duration, Instant, SystemTime};

use app::trace::SpanContext;

use mark::Mark;
use scanner::Scanner;

/// Something that happened to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandNews {
    /// Counts the terminal's commands, from 1.
    pub number: u64,
    /// What was typed, on one line and cut to 4 KiB, if the shell says.
    pub command: Option<String>,
    /// The shell's directory when it was started, if the shell says.
    pub directory: Option<String>,
    /// The trace context that the command was given.
    pub trace: Option<SpanContext>,
    /// When it was started.
    pub started: SystemTime,
    /// Where its output begins, as an offset in the terminal's.
    pub seq: u64,
    /// How it ended; none while it runs.
    pub end: Option<CommandEnd>,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandEnd {
    /// Its exit code, if the shell says.
    pub exit: Option<u32>,
    /// How long it ran.
    pub duration: Duration,
    /// Where its output ends.
    pub seq: u64,
}

/// Follows a terminal's output from command to command.
#[derive(Debug, Default)]
pub struct Commands {
    scanner: Scanner,
    seq: u64,
    count: u64,
    directory: Option<String>,
    trace: Option<SpanContext>,
    running: Option<(CommandNews, Instant)>,
}

impl Commands {
    /// Follows the next bytes of output, and tells of each command that starts or ends in them.
    pub fn follow(&mut self, bytes: &[u8], mut tell: impl FnMut(CommandNews)) {
        let mut scanner = std::mem::take(&mut self.scanner);
        scanner.follow(bytes, |at, mark| {
            if let Some(news) = self.take(self.seq + at as u64, mark) {
                tell(news);
            }
        });
        self.scanner = scanner;
        self.seq += bytes.len() as u64;
    }

    /// The shell's directory, as far as it has said.
    pub fn directory(&self) -> Option<&str> {
        self.directory.as_deref()
    }

    fn take(&mut self, seq: u64, mark: Mark) -> Option<CommandNews> {
        match mark {
            Mark::Started { command } => {
                self.count += 1;
                let news = CommandNews {
                    number: self.count,
                    command,
                    directory: self.directory.clone(),
                    trace: self.trace.take(),
                    started: SystemTime::now(),
                    seq,
                    end: None,
                };
                self.running = Some((news.clone(), Instant::now()));
                Some(news)
            }
            Mark::Finished { exit } => self.finish(seq, exit),
            // A shell that was interrupted may come back to its prompt without a word about the command.
            Mark::Prompt => self.finish(seq, None),
            Mark::Directory(directory) => {
                self.directory = Some(directory);
                None
            }
            Mark::Trace(trace) => {
                self.trace = Some(trace);
                None
            }
            Mark::Input => None,
        }
    }

    fn finish(&mut self, seq: u64, exit: Option<u32>) -> Option<CommandNews> {
        let (news, since) = self.running.take()?;
        Some(CommandNews { end: Some(CommandEnd { exit, duration: since.elapsed(), seq }), ..news })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of an output: number, command, directory, and the exit code of those that ended.
    type Told<'a> = (u64, Option<&'a str>, Option<&'a str>, Option<Option<u32>>);

    fn check(output: &str, expected: &[Told<'_>]) {
        let mut told = Vec::new();
        Commands::default().follow(output.as_bytes(), |news| told.push(news));
        let told: Vec<Told<'_>> = told
            .iter()
            .map(|news| (news.number, news.command.as_deref(), news.directory.as_deref(), news.end.map(|end| end.exit)))
            .collect();
        assert_eq!(told, expected, "{output:?}");
    }

    #[test]
    fn a_command_is_told_twice() {
        check(
            "\x1b]7;file:///tmp\x07\x1b]133;A\x07$ \x1b]133;B\x07ls\r\n\x1b]133;C;cmdline_url=ls\x07a b\r\n\x1b]133;D;1\x07",
            &[(1, Some("ls"), Some("/tmp"), None), (1, Some("ls"), Some("/tmp"), Some(Some(1)))],
        );
    }

    #[test]
    fn an_empty_line_is_no_command() {
        check("\x1b]133;A\x07$ \x1b]133;B\x07\r\n\x1b]133;D;0\x07\x1b]133;A\x07", &[]);
    }

    #[test]
    fn the_next_prompt_ends_a_command_that_nobody_ended() {
        check("\x1b]133;C\x07\x1b]133;A\x07", &[(1, None, None, None), (1, None, None, Some(None))]);
    }

    #[test]
    fn the_output_of_a_command_is_between_two_offsets() {
        let output = "\x1b]133;C\x07out\x1b]133;D;0\x07";
        let mut told = Vec::new();
        let mut commands = Commands::default();
        for byte in output.bytes() {
            commands.follow(&[byte], |news| told.push(news));
        }
        let end = told[1].end.unwrap();
        assert_eq!((told[0].seq, end.seq), (8, 21));
    }

    #[test]
    fn a_trace_belongs_to_one_command() {
        let trace = "\x1b]633;P;Traceparent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\x07";
        let mut told = Vec::new();
        let mut commands = Commands::default();
        let output = format!("{trace}\x1b]133;C\x07\x1b]133;D;0\x07\x1b]133;C\x07");
        commands.follow(output.as_bytes(), |news| told.push(news.trace.is_some()));
        assert_eq!(told, [true, true, false]);
    }
}
