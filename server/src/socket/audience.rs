//! Who watches a terminal, in the order they came, and who of them leads: the one whose size counts and who answers queries. It is
//! nobody who may not type.

use std::sync::Arc;

use app::protocol::terminal::TerminalClosed;
use tokio::sync::oneshot;

use crate::{
    telemetry::span::Cause,
    terminal::{ResizePolicy, Size},
};

/// The public name of one connection.
pub(super) type ClientId = Arc<str>;

/// Somebody who asked for the end of a terminal and is told by an answer instead of a notice.
#[derive(Debug)]
pub(super) struct Closer {
    pub(super) client: ClientId,
    pub(super) cause: Option<Cause>,
    pub(super) closed: oneshot::Sender<TerminalClosed>,
}

/// Whose size is in force. They know it by the answer to their request.
#[derive(Clone, Debug)]
pub(super) struct Sizer {
    pub(super) client: ClientId,
    pub(super) cause: Option<Cause>,
}

/// The viewers of one terminal.
#[derive(Debug, Default)]
pub(super) struct Audience {
    /// The latest is last.
    viewers: Vec<ClientId>,
    /// Those of them who may not type.
    lookers: Vec<ClientId>,
    leader: Option<ClientId>,
    sizer: Option<Sizer>,
    /// The size each has room for, as far as it has said.
    rooms: Vec<(ClientId, Size)>,
    closers: Vec<Closer>,
    closed: Option<TerminalClosed>,
}

impl Audience {
    /// Brings in a viewer; returns how the terminal ended if it has.
    pub(super) fn attach(&mut self, client: &ClientId) -> Option<TerminalClosed> {
        self.viewers.retain(|viewer| viewer != client);
        self.viewers.push(Arc::clone(client));
        self.closed.clone()
    }

    /// Takes a viewer out. When it led, another does; returns whether that is so.
    pub(super) fn detach(&mut self, client: &ClientId) -> bool {
        self.viewers.retain(|viewer| viewer != client);
        self.lookers.retain(|looker| looker != client);
        self.rooms.retain(|(viewer, _)| viewer != client);
        self.leader.as_ref() == Some(client) && self.appoint()
    }

    /// Notes whether a viewer may type. Who may leads if nobody does, and who may not any more leads no longer; returns whether
    /// another leads now.
    pub(super) fn allow(&mut self, client: &ClientId, types: bool) -> bool {
        self.lookers.retain(|looker| looker != client);
        if !self.has(client) {
            return false;
        }
        if !types {
            self.lookers.push(Arc::clone(client));
        }
        let leads = self.leader.as_ref() == Some(client);
        (self.leader.is_none() || leads && !types) && self.appoint()
    }

    /// The latest of those who may type leads; returns whether that is somebody else than before.
    fn appoint(&mut self) -> bool {
        let may_type = |viewer: &&ClientId| !self.lookers.contains(viewer);
        let leader = self.viewers.iter().rev().find(may_type).cloned();
        let is_new = self.leader != leader;
        self.leader = leader;
        is_new
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

    /// Notes the size a client has room for; returns the one to put in force, if that is for this client to bring about.
    pub(super) fn offer(&mut self, policy: ResizePolicy, client: &ClientId, size: Size) -> Option<Size> {
        match policy {
            ResizePolicy::Leader => self.leader.as_ref().is_none_or(|leader| leader == client).then_some(size),
            ResizePolicy::Fixed(size) => Some(size),
            ResizePolicy::Smallest => {
                self.rooms.retain(|(other, _)| other != client);
                if !self.has(client) {
                    return self.viewers.is_empty().then_some(size);
                }
                self.rooms.push((Arc::clone(client), size));
                self.smallest()
            }
        }
    }

    /// The largest size that everybody has room for; `None` while nobody has said.
    pub(super) fn smallest(&self) -> Option<Size> {
        let cols = self.rooms.iter().map(|(_, size)| size.cols()).min()?;
        let rows = self.rooms.iter().map(|(_, size)| size.rows()).min()?;
        Some(Size::clamped(cols.into(), rows.into()))
    }

    /// Notes whose size is in force; `None` when nobody has asked for it.
    pub(super) fn sized(&mut self, sizer: Option<Sizer>) {
        self.sizer = sizer;
    }

    /// Whose size is in force.
    pub(super) fn sizer(&self) -> Option<&Sizer> {
        self.sizer.as_ref()
    }

    /// Who watches.
    pub(super) fn viewers(&self) -> &[ClientId] {
        &self.viewers
    }

    /// Whether a client is a viewer.
    pub(super) fn has(&self, client: &ClientId) -> bool {
        self.viewers.contains(client)
    }

    /// Whether the end has been told.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.is_some()
    }

    /// How it ended, once that has been told.
    pub(super) fn closed(&self) -> Option<&TerminalClosed> {
        self.closed.as_ref()
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
        for viewer in viewers {
            let viewer = ClientId::from(*viewer);
            drop(audience.attach(&viewer));
            audience.allow(&viewer, true);
        }
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
    }

    fn size(cols: u32, rows: u32) -> Size {
        Size::clamped(cols, rows)
    }

    #[test]
    fn only_the_leaders_size_counts() {
        let mut audience = audience(&["desk", "phone"]);
        let mut offer = |client: &str, size| audience.offer(ResizePolicy::Leader, &client.into(), size);
        assert_eq!(offer("desk", size(120, 40)), Some(size(120, 40)));
        assert_eq!(offer("phone", size(40, 20)), None);
        audience.typed(&"phone".into());
        assert_eq!(audience.offer(ResizePolicy::Leader, &"phone".into(), size(40, 20)), Some(size(40, 20)));
    }

    #[test]
    fn the_smallest_is_what_everybody_has_room_for() {
        let mut audience = audience(&["desk", "phone"]);
        let policy = ResizePolicy::Smallest;
        assert_eq!(audience.offer(policy, &"desk".into(), size(120, 20)), Some(size(120, 20)));
        assert_eq!(audience.offer(policy, &"phone".into(), size(40, 30)), Some(size(40, 20)));
        assert_eq!(audience.offer(policy, &"stranger".into(), size(1, 1)), None);
        assert_eq!(audience.offer(policy, &"desk".into(), size(120, 50)), Some(size(40, 30)));
        audience.detach(&"phone".into());
        assert_eq!(audience.smallest(), Some(size(120, 50)));
    }

    #[test]
    fn a_fixed_size_is_nobodys() {
        let policy = ResizePolicy::Fixed(size(100, 30));
        assert_eq!(audience(&["desk"]).offer(policy, &"desk".into(), size(1, 1)), Some(size(100, 30)));
    }

    #[test]
    fn when_the_leader_leaves_the_latest_leads() {
        let mut audience = audience(&["a", "b", "c"]);
        assert!(!audience.detach(&"b".into()), "it did not lead");
        assert!(audience.detach(&"a".into()));
        assert_eq!(audience.leader(), Some(&"c".into()));
        assert!(audience.detach(&"c".into()));
        assert_eq!(audience.leader(), None);
        assert!(audience.offer(ResizePolicy::Leader, &"anybody".into(), size(80, 24)).is_some());
    }

    #[test]
    fn who_may_not_type_never_leads() {
        let mut audience = audience(&["typist"]);
        assert_eq!(audience.attach(&"looker".into()), None);
        assert!(!audience.allow(&"looker".into(), false));
        assert!(audience.detach(&"typist".into()), "the others are told");
        assert_eq!(audience.leader(), None);
        assert_eq!(audience.attach(&"typist".into()), None);
        assert!(audience.allow(&"typist".into(), true), "the others are told");
        assert_eq!(audience.leader(), Some(&"typist".into()));
        assert!(!audience.allow(&"looker".into(), true), "who leads goes on");
        assert!(audience.allow(&"typist".into(), false));
        assert_eq!(audience.leader(), Some(&"looker".into()));
        assert!(audience.allow(&"looker".into(), false) && audience.leader().is_none());
        assert!(!audience.allow(&"stranger".into(), true) && audience.leader().is_none());
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
