//! When everything is asked for anew: after a gap, one question at a time, until what was heard of is there.

use std::collections::BTreeMap;

use crate::protocol::{SessionId, workspace::Workspace};

/// What a window has heard of and does not have.
#[derive(Debug, Default)]
pub struct Missing {
    heard: BTreeMap<SessionId, u64>,
    asking: bool,
}

impl Missing {
    /// A change was told of that does not follow what is there; whether to ask now.
    pub fn gap(&mut self, session: SessionId, revision: u64) -> bool {
        let heard = self.heard.entry(session).or_default();
        *heard = revision.max(*heard);
        !std::mem::replace(&mut self.asking, true)
    }

    /// An answer has been taken over; whether to ask again, because it was older than what has been heard of.
    ///
    /// A session that is not in the answer is none of this user's any more.
    pub fn answered(&mut self, workspace: &Workspace) -> bool {
        self.heard.retain(|id, heard| {
            workspace.sessions.iter().any(|session| session.id == *id && session.revision < *heard)
        });
        self.asking = !self.heard.is_empty();
        self.asking
    }

    /// There was no answer: the next gap asks again.
    pub fn unanswered(&mut self) {
        self.asking = false;
    }

    /// Everything is there from here on.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::tests::session;

    const ID: SessionId = SessionId::from_random(1);

    fn answer(revision: u64) -> Workspace {
        Workspace {
            sessions: vec![crate::protocol::workspace::Session { revision, ..session() }],
            ..Workspace::default()
        }
    }

    #[test]
    fn one_question_is_asked_at_a_time() {
        let mut missing = Missing::default();
        assert!(missing.gap(ID, 5));
        assert!(!missing.gap(ID, 6));
        assert!(!missing.answered(&answer(6)));
        assert!(missing.gap(ID, 9));
    }

    #[test]
    fn an_answer_that_is_too_old_is_asked_for_again() {
        let mut missing = Missing::default();
        missing.gap(ID, 5);
        missing.gap(ID, 7);
        assert!(missing.answered(&answer(6)));
        assert!(!missing.answered(&answer(7)));
    }

    #[test]
    fn a_session_that_is_gone_is_not_waited_for() {
        let mut missing = Missing::default();
        missing.gap(ID, 5);
        assert!(!missing.answered(&Workspace::default()));
    }

    #[test]
    fn after_no_answer_the_next_gap_asks() {
        let mut missing = Missing::default();
        missing.gap(ID, 5);
        missing.unanswered();
        assert!(missing.gap(ID, 6));
    }
}
