//! The commands run in a terminal, as shell integration marks them in the output.

mod mark;
mod scanner;

use std::time::{Duration, Instant, SystemTime};

use app::trace::SpanContext;

use mark::Mark;
use scanner::Scanner;

/// Something that happened to a command: it was started, or it has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandNews {
    /// Where its output begins, as an offset in the terminal's. No two commands of a terminal have the same.
    pub seq: u64,
    /// What was typed, on one line and cut to 4 KiB, if the shell says.
    pub command: Option<String>,
    /// The shell's directory when it was started, if the shell says.
    pub directory: Option<String>,
    /// The trace context that the command was given.
    pub trace: Option<SpanContext>,
    /// When it was started; none if that was before this process listened.
    pub started: Option<SystemTime>,
    /// How it ended; none while it runs.
    pub end: Option<CommandEnd>,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandEnd {
    /// Its exit code, if the shell says.
    pub exit: Option<u32>,
    /// How long it ran; none where its start is not known.
    pub duration: Option<Duration>,
}

/// Follows a terminal's output from command to command.
#[derive(Debug, Default)]
pub(super) struct Commands {
    scanner: Scanner,
    /// The offset after the last byte seen.
    seq: u64,
    /// Output before this offset is older than this process: what is in it is remembered, and not told.
    live_from: u64,
    directory: Option<String>,
    trace: Option<SpanContext>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    news: CommandNews,
    since: Option<Instant>,
}

impl Commands {
    /// Begins at the offset `seq`; what is before `live_from` is history.
    pub(super) fn starting_at(seq: u64, live_from: u64) -> Self {
        Self { seq, live_from, ..Self::default() }
    }

    /// The shell's directory, if the shell says.
    pub(super) fn directory(&self) -> Option<&str> {
        self.directory.as_deref()
    }

    /// Follows the next bytes of output, and tells of each command that starts or ends in them.
    pub(super) fn follow(&mut self, bytes: &[u8], mut tell: impl FnMut(CommandNews)) {
        let mut scanner = std::mem::take(&mut self.scanner);
        scanner.follow(bytes, |at, mark| {
            let seq = self.seq + at as u64;
            let news = self.take(seq, mark);
            if let Some(news) = news.filter(|_| seq > self.live_from) {
                tell(news);
            }
        });
        self.scanner = scanner;
        self.seq += bytes.len() as u64;
    }

    fn take(&mut self, seq: u64, mark: Mark) -> Option<CommandNews> {
        match mark {
            Mark::Started { command } => {
                let is_live = seq > self.live_from;
                let news = CommandNews {
                    seq,
                    command,
                    directory: self.directory.clone(),
                    trace: self.trace.take(),
                    started: is_live.then(SystemTime::now),
                    end: None,
                };
                self.running = Some(Running { news: news.clone(), since: is_live.then(Instant::now) });
                Some(news)
            }
            Mark::Finished { exit } => self.finish(exit),
            // A shell that was interrupted may come back to its prompt without a word about the command.
            Mark::Prompt => self.finish(None),
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

    fn finish(&mut self, exit: Option<u32>) -> Option<CommandNews> {
        let Running { news, since } = self.running.take()?;
        let duration = since.map(|since| since.elapsed());
        Some(CommandNews { end: Some(CommandEnd { exit, duration }), ..news })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of an output: command, directory, and the exit code of those that ended.
    type Told<'a> = (Option<&'a str>, Option<&'a str>, Option<Option<u32>>);

    fn told(mut commands: Commands, output: &str) -> Vec<CommandNews> {
        let mut told = Vec::new();
        for byte in output.bytes() {
            commands.follow(&[byte], |news| told.push(news));
        }
        told
    }

    fn check(output: &str, expected: &[Told<'_>]) {
        let told = told(Commands::default(), output);
        let told: Vec<Told<'_>> = told
            .iter()
            .map(|news| (news.command.as_deref(), news.directory.as_deref(), news.end.map(|end| end.exit)))
            .collect();
        assert_eq!(told, expected, "{output:?}");
    }

    #[test]
    fn a_command_is_told_twice() {
        check(
            "\x1b]7;file:///tmp\x07\x1b]133;A\x07$ \x1b]133;B\x07ls\r\n\x1b]133;C;cmdline_url=ls\x07a b\r\n\x1b]133;D;1\x07",
            &[(Some("ls"), Some("/tmp"), None), (Some("ls"), Some("/tmp"), Some(Some(1)))],
        );
    }

    #[test]
    fn an_empty_line_is_no_command() {
        check("\x1b]133;A\x07$ \x1b]133;B\x07\r\n\x1b]133;D;0\x07\x1b]133;A\x07", &[]);
    }

    #[test]
    fn the_next_prompt_ends_a_command_that_nobody_ended() {
        check("\x1b]133;C\x07\x1b]133;A\x07", &[(None, None, None), (None, None, Some(None))]);
    }

    #[test]
    fn a_trace_belongs_to_one_command() {
        let trace = "\x1b]633;P;Traceparent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\x07";
        let output = format!("{trace}\x1b]133;C\x07\x1b]133;D;0\x07\x1b]133;C\x07");
        let traced: Vec<bool> = told(Commands::default(), &output).iter().map(|news| news.trace.is_some()).collect();
        assert_eq!(traced, [true, true, false]);
    }

    #[test]
    fn history_is_remembered_and_not_told() {
        let old = "\x1b]133;C;cmdline_url=old\x07\x1b]133;D;0\x07\x1b]133;C;cmdline_url=make\x07";
        let commands = Commands::starting_at(100, 100 + old.len() as u64);
        let told = told(commands, &format!("{old}\x1b]133;D;2\x07"));
        let end = CommandEnd { exit: Some(2), duration: None };
        let seq = 100 + old.len() as u64;
        let make = CommandNews {
            seq,
            command: Some("make".to_owned()),
            directory: None,
            trace: None,
            started: None,
            end: Some(end),
        };
        assert_eq!(told, [make]);
    }
}
