//! How far a program says it has come: `OSC 9 ; 4 ; state ; percent`, as ConEmu defined it.

/// What a program says of its progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many percent are done.
    Running(u8),
    /// It failed at so many percent.
    Failed(u8),
    /// It works, and cannot say how far it is.
    Busy,
    /// It waits at so many percent.
    Paused(u8),
}

impl Progress {
    /// Its word, as attributes and tests know it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running(_) => "running",
            Self::Failed(_) => "failed",
            Self::Busy => "busy",
            Self::Paused(_) => "paused",
        }
    }

    /// How much is done, where it is known.
    #[must_use]
    pub const fn percent(self) -> Option<u8> {
        match self {
            Self::Running(percent) | Self::Failed(percent) | Self::Paused(percent) => Some(percent),
            Self::Busy => None,
        }
    }

    /// The progress after the sequence `data` (what follows `OSC 9 ;`), when `before` was known. A sequence that is no
    /// progress is `Err`; one that is malformed changes nothing.
    ///
    /// # Errors
    /// When it is another of the sequences that begin with `OSC 9`.
    pub fn after(before: Option<Self>, data: &str) -> Result<Option<Self>, NotProgress> {
        let rest = data.strip_prefix("4;").ok_or(NotProgress)?;
        let (state, percent) = rest.split_once(';').unwrap_or((rest, ""));
        let given = percent.parse::<u8>().ok().map(|percent| percent.min(100));
        let known = before.and_then(Self::percent).unwrap_or(0);
        Ok(match (state, given) {
            ("0", _) => None,
            ("1", Some(percent)) => Some(Self::Running(percent)),
            ("2", percent) => Some(Self::Failed(percent.filter(|percent| *percent > 0).unwrap_or(known))),
            ("3", _) => Some(Self::Busy),
            ("4", percent) => Some(Self::Paused(percent.filter(|percent| *percent > 0).unwrap_or(known))),
            _ => before,
        })
    }
}

/// The sequence is about something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotProgress;

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: Option<Progress> = Some(Progress::Running(40));

    fn check(data: &str, expected: Option<Progress>) {
        assert_eq!(Progress::after(BEFORE, data), Ok(expected), "{data}");
    }

    #[test]
    fn each_state_is_read() {
        check("4;0", None);
        check("4;0;50", None);
        check("4;1;50", Some(Progress::Running(50)));
        check("4;1;200", Some(Progress::Running(100)));
        check("4;2;60", Some(Progress::Failed(60)));
        check("4;3", Some(Progress::Busy));
        check("4;4;70", Some(Progress::Paused(70)));
    }

    #[test]
    fn a_failure_or_pause_without_a_number_stands_where_it_was() {
        check("4;2", Some(Progress::Failed(40)));
        check("4;4;0", Some(Progress::Paused(40)));
    }

    #[test]
    fn what_is_malformed_changes_nothing() {
        for data in ["4;1", "4;1;x", "4;9;1", "4;", "4;1;5;5"] {
            check(data, BEFORE);
        }
    }

    #[test]
    fn other_sequences_are_not_ours() {
        assert_eq!(Progress::after(None, "a message"), Err(NotProgress));
        assert_eq!(Progress::after(None, "4"), Err(NotProgress));
    }
}
