//! The commands run in a terminal, as shell integration marks them in the output.

mod mark;
mod past;
mod scanner;

use std::time::{Duration, Instant, SystemTime};

use app::trace::SpanContext;
use serde::{Deserialize, Serialize};

use mark::Mark;
pub use past::Past;
use scanner::Scanner;

/// Something that happened to a command: it was started, or it has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandNews {
    /// Where its output begins, as an offset in the terminal's. No two commands of a terminal have the same.
    pub seq: u64,
    /// What was typed, on one line and cut to 4 KiB, if the shell says.
    pub command: Option<String>,
    /// The shell's directory when it was started, if the shell says.
    pub directory: Option<String>,
    /// The trace context that the command was given.
    pub trace: Option<SpanContext>,
    /// When it was started.
    pub started: SystemTime,
    /// How it ended; none while it runs.
    pub end: Option<CommandEnd>,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandEnd {
    /// Its exit code, if the shell says.
    pub exit: Option<u32>,
    /// How long it ran.
    pub duration: Duration,
}

/// Follows a terminal's output from command to command.
#[derive(Debug, Default)]
pub(super) struct Commands {
    scanner: Scanner,
    /// The offset after the last byte seen.
    seq: u64,
    /// Of output before this offset everything is known already.
    known: u64,
    directory: Option<String>,
    past: Past,
    /// When the command that runs was started; none if it was started under somebody else's eyes.
    since: Option<Instant>,
}

impl Commands {
    /// Begins at the offset `start` and goes on from what another follower knew. Output that it had seen is only read so that
    /// a sequence which is cut there is whole.
    pub(super) fn going_on(start: u64, past: Past, directory: Option<String>) -> Self {
        Self { seq: start, known: past.seq, directory, past, ..Self::default() }
    }

    /// The shell's directory, if the shell says.
    pub(super) fn directory(&self) -> Option<&str> {
        self.directory.as_deref()
    }

    /// What has been seen so far, for who comes later.
    pub(super) fn past(&self) -> &Past {
        &self.past
    }

    /// Notes that commands up to the one at `seq` have been recorded.
    pub(super) fn recorded(&mut self, seq: u64) {
        self.past.recorded(seq);
    }

    /// Follows the next bytes of output, which begin at `start`, and tells of each command that starts or ends in them.
    pub(super) fn follow(&mut self, start: u64, bytes: &[u8], mut tell: impl FnMut(CommandNews)) {
        let mut scanner = std::mem::take(&mut self.scanner);
        if start != self.seq {
            // What was in between is lost, and with it the rest of any sequence.
            scanner = Scanner::default();
        }
        scanner.follow(bytes, |at, mark| {
            let seq = start + at as u64;
            if seq <= self.known {
                return;
            }
            if let Some(news) = self.take(seq, mark) {
                self.past.note(&news);
                tell(news);
            }
        });
        self.scanner = scanner;
        self.seq = start + bytes.len() as u64;
        self.past.seq = self.known.max(self.seq);
    }

    /// The shell has ended, and with it the command that it was running, which is told of. `exit` is what the process ended with:
    /// that of the command, where it was put in the shell's place or ended it.
    pub(super) fn end(&mut self, exit: Option<u32>) -> Option<CommandNews> {
        let news = self.finish(exit)?;
        self.past.note(&news);
        Some(news)
    }

    fn take(&mut self, seq: u64, mark: Mark) -> Option<CommandNews> {
        match mark {
            Mark::Started { command } => {
                self.since = Some(Instant::now());
                let (directory, trace) = (self.directory.clone(), self.past.trace.take());
                Some(CommandNews { seq, command, directory, trace, started: SystemTime::now(), end: None })
            }
            Mark::Finished { exit } => self.finish(exit),
            // A shell that was interrupted may come back to its prompt without a word about the command.
            Mark::Prompt => self.finish(None),
            Mark::Directory(directory) => {
                self.directory = Some(directory);
                None
            }
            Mark::Trace(trace) => {
                self.past.trace = Some(trace);
                None
            }
            Mark::Input => None,
        }
    }

    fn finish(&mut self, exit: Option<u32>) -> Option<CommandNews> {
        let running = self.past.running()?.clone();
        // A clock that was set back meanwhile says nothing.
        let elsewhere = || running.started.elapsed().unwrap_or_default();
        let duration = self.since.take().map_or_else(elsewhere, |since| since.elapsed());
        Some(CommandNews { end: Some(CommandEnd { exit, duration }), ..running })
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
            commands.follow(commands.seq, &[byte], |news| told.push(news));
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

    /// What another follower leaves behind after this output.
    fn past(output: &str) -> Past {
        let mut commands = Commands::default();
        commands.follow(0, output.as_bytes(), |_| {});
        commands.past().clone()
    }

    #[test]
    fn who_goes_on_knows_the_command_that_runs_and_tells_nothing_twice() {
        let old = "\x1b]133;C;cmdline_url=old\x07\x1b]133;D;0\x07\x1b]133;C;cmdline_url=make\x07\x1b]133;";
        let past = past(old);
        let make = past.running().cloned().unwrap();
        // The output before it is read again from anywhere before the sequence that is cut.
        for from in 0..=old.len() - "\x1b]133;".len() {
            let commands = Commands::going_on(from as u64, past.clone(), None);
            let told = told(commands, &format!("{}D;2\x07", &old[from..]));
            let [ended] = &told[..] else { panic!("from {from}: {told:?}") };
            assert_eq!(ended.end.unwrap().exit, Some(2));
            assert_eq!(CommandNews { end: None, ..ended.clone() }, make);
        }
    }

    #[test]
    fn who_goes_on_knows_the_trace_and_the_directory_of_the_next_command() {
        let trace = "\x1b]633;P;Traceparent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\x07";
        let past = past(trace);
        let told = told(Commands::going_on(past.seq, past, Some("/tmp".to_owned())), "\x1b]133;C\x07");
        assert!(told[0].trace.is_some());
        assert_eq!(told[0].directory.as_deref(), Some("/tmp"));
    }

    #[test]
    fn after_a_gap_nothing_of_the_sequence_before_it_is_left() {
        let (mut commands, mut told) = (Commands::default(), Vec::new());
        commands.follow(0, b"\x1b]133;C;cmdline_url=a", |news| told.push(news));
        commands.follow(1_000, b"b\x07\x1b]133;C;cmdline_url=c\x07", |news| told.push(news));
        let told: Vec<_> = told.iter().map(|news| (news.seq, news.command.as_deref())).collect();
        assert_eq!(told, [(1_024, Some("c"))]);
    }
}
