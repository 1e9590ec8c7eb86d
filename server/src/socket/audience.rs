//! Who watches a terminal, in the order they came, and who of them leads: the one whose size counts and who answers queries.

use std::sync::Arc;

use app::{protocol::terminal::TerminalClosed, trace::SpanContext};
use tokio::sync::oneshot;

/// The public name of one connection.
pub(super) type ClientId = Arc<str>;

/// Somebody who asked for the end of a terminal and is told by an answer instead of a notice.
#[derive(Debug)]
pub(super) struct Closer {
    pub(super) client: ClientId,
    pub(super) cause: Option<SpanContext>,
    pub(super) closed: oneshot::Sender<TerminalClosed>,
}

/// Whose size is in force. They know it by the answer to their request.
#[derive(Clone, Debug)]
pub(super) struct Sizer {
    pub(super) client: ClientId,
    pub(super) cause: Option<SpanContext>,
}

/// The viewers of one terminal.
#[derive(Debug, Default)]
pub(super) struct Audience {
    /// The latest is last.
    viewers: Vec<ClientId>,
    leader: Option<ClientId>,
    sizer: Option<Sizer>,
    closers: Vec<Closer>,
    closed: Option<TerminalClosed>,
}

impl Audience {
    /// Brings in a viewer, who leads if nobody does; returns how the terminal ended if it has.
    pub(super) fn attach(&mut self, client: &ClientId) -> Option<TerminalClosed> {
        self.viewers.retain(|viewer| viewer != client);
        self.viewers.push(Arc::clone(client));
        self.leader.get_or_insert_with(|| Arc::clone(client));
        self.closed.clone()
    }

    /// Takes a viewer out. When it led, the latest of the others does; returns whether that is so.
    pub(super) fn detach(&mut self, client: &ClientId) -> bool {
        self.viewers.retain(|viewer| viewer != client);
        let led = self.leader.as_ref() == Some(client);
        if led {
            self.leader = self.viewers.last().cloned();
        }
        led
    }

    /// Notes that a client typed: it leads from now on if it is a viewer. Returns whether that is new.
    pub(super) fn typed(&mut self, client: &ClientId) -> bool {
        let is_new = self.leader.as_ref() != Some(client) && self.has(client);
        if is_new {
            self.leader = Some(Arc::clone(client));
        }
        is_new
    }

    /// Who leads.
    pub(super) fn leader(&self) -> Option<&ClientId> {
        self.leader.as_ref()
    }

    /// Whether a client's size counts: it leads, or nobody does.
    pub(super) fn may_size(&self, client: &ClientId) -> bool {
        self.leader.as_ref().is_none_or(|leader| leader == client)
    }

    /// Notes whose size is in force.
    pub(super) fn sized(&mut self, sizer: Sizer) {
        self.sizer = Some(sizer);
    }

    /// Whose size is in force.
    pub(super) fn sizer(&self) -> Option<&Sizer> {
        self.sizer.as_ref()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.viewers.len()
    }

    /// Whether a client is a viewer.
    pub(super) fn has(&self, client: &ClientId) -> bool {
        self.viewers.contains(client)
    }

    /// Waits for the end, or returns how it was.
    pub(super) fn wait_for_close(&mut self, closer: Closer) -> Option<TerminalClosed> {
        if self.closed.is_none() {
            // Those who gave up meanwhile are of no use any more; they hear of the end like everybody else.
            self.closers.retain(|closer| !closer.closed.is_closed());
            self.closers.push(closer);
        }
        self.closed.clone()
    }

    /// Notes the end; returns who waits for it and who watches.
    pub(super) fn close(&mut self, closed: TerminalClosed) -> (Vec<Closer>, Vec<ClientId>) {
        self.closed = Some(closed);
        (std::mem::take(&mut self.closers), self.viewers.clone())
    }
}

#[cfg(test)]
mod tests {
    use app::protocol::{TerminalId, terminal::CloseReason};

    use super::*;

    fn audience(viewers: &[&str]) -> Audience {
        let mut audience = Audience::default();
        viewers.iter().for_each(|viewer| drop(audience.attach(&ClientId::from(*viewer))));
        audience
    }

    #[test]
    fn whoever_attaches_first_leads() {
        assert_eq!(audience(&["a", "b"]).leader(), Some(&"a".into()));
    }

    #[test]
    fn whoever_typed_last_leads() {
        let mut audience = audience(&["a", "b"]);
        assert!(audience.typed(&"b".into()));
        assert!(!audience.typed(&"b".into()), "nothing changed");
        assert!(!audience.typed(&"stranger".into()), "who does not watch does not lead");
        assert_eq!(audience.leader(), Some(&"b".into()));
        assert!(audience.may_size(&"b".into()) && !audience.may_size(&"a".into()));
    }

    #[test]
    fn when_the_leader_leaves_the_latest_leads() {
        let mut audience = audience(&["a", "b", "c"]);
        assert!(!audience.detach(&"b".into()), "it did not lead");
        assert!(audience.detach(&"a".into()));
        assert_eq!(audience.leader(), Some(&"c".into()));
        assert!(audience.detach(&"c".into()));
        assert_eq!(audience.leader(), None);
        assert!(audience.may_size(&"anybody".into()));
    }

    #[test]
    fn attaching_again_makes_the_latest_and_keeps_the_lead() {
        let mut audience = audience(&["a", "b", "a"]);
        assert_eq!(audience.leader(), Some(&"a".into()));
        assert!(audience.detach(&"a".into()));
        assert_eq!(audience.leader(), Some(&"b".into()));
    }

    #[test]
    fn the_end_is_told_to_those_who_wait_and_those_who_come_later() {
        let mut audience = audience(&["a"]);
        let (closed, _told) = oneshot::channel();
        assert_eq!(audience.wait_for_close(Closer { client: "a".into(), cause: None, closed }), None);
        let terminal_id = TerminalId::from_random(1);
        let end = TerminalClosed { terminal_id, exit_code: Some(0), signal: None, reason: CloseReason::Exited };
        let (closers, viewers) = audience.close(end.clone());
        assert_eq!((closers.len(), viewers), (1, vec!["a".into()]));
        assert_eq!(audience.attach(&"b".into()), Some(end.clone()));
        let (closed, _told) = oneshot::channel();
        assert_eq!(audience.wait_for_close(Closer { client: "b".into(), cause: None, closed }), Some(end));
    }
}
