//! Who watches a terminal, in the order they came, and who of them leads: the one whose size counts and who answers queries. It is
//! nobody who may not type.

use std::{sync::Arc, time::Instant};

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

/// Who has brought about the size in force.
#[derive(Clone, Debug)]
pub(super) struct Sizer {
    /// They know it by the answer to their request, if that was one for a size.
    pub(super) answered: Option<ClientId>,
    pub(super) cause: Option<Cause>,
}

/// What the size of who leads may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Claim {
    /// Be in force: they have typed, or were the first to come.
    #[default]
    Full,
    /// Only give more room: they lead in the place of others, who may be back in a moment and whose screen is not to shrink. With
    /// what they have asked for in vain, which they get as soon as they type.
    Growth(Option<Size>),
}

/// What follows from it that somebody has typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Typed {
    /// They lead, and have not before.
    pub(super) leads_anew: bool,
    /// The size that is to be in force from now on.
    pub(super) size: Option<Size>,
}

/// The viewers of one terminal.
#[derive(Debug, Default)]
pub(super) struct Audience {
    /// The latest is last.
    viewers: Vec<ClientId>,
    /// Those of them who may not type.
    lookers: Vec<ClientId>,
    leader: Option<ClientId>,
    /// What the leader's size may do.
    claim: Claim,
    /// Until when those who watched are expected back, whose size is in force.
    expected: Option<Instant>,
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
        if self.leader.is_none() && self.appoint() {
            let is_first = self.expected.is_none_or(|until| Instant::now() >= until);
            self.claim = if is_first { Claim::Full } else { Claim::Growth(None) };
            return true;
        }
        leads && !types && self.appoint()
    }

    /// Expects those back until then whose size is in force: who comes before them does not shrink it.
    pub(super) fn expect_back(&mut self, until: Instant) {
        self.expected = Some(until);
    }

    /// The latest of those who may type leads; returns whether that is somebody else than before.
    fn appoint(&mut self) -> bool {
        let may_type = |viewer: &&ClientId| !self.lookers.contains(viewer);
        let leader = self.viewers.iter().rev().find(may_type).cloned();
        let is_new = self.leader != leader;
        self.leader = leader;
        self.claim = Claim::Growth(None);
        is_new
    }

    /// Notes that a client typed: it leads from now on if it is a viewer.
    pub(super) fn typed(&mut self, client: &ClientId) -> Typed {
        if !self.has(client) {
            return Typed::default();
        }
        let leads_anew = self.leader.as_ref() != Some(client);
        if leads_anew {
            self.leader = Some(Arc::clone(client));
        }
        let size = match std::mem::take(&mut self.claim) {
            Claim::Growth(wanted) if !leads_anew => wanted,
            Claim::Growth(_) | Claim::Full => None,
        };
        Typed { leads_anew, size }
    }

    /// Who leads.
    pub(super) fn leader(&self) -> Option<&ClientId> {
        self.leader.as_ref()
    }

    /// Notes the size a client has room for; returns the one to put in force instead of `now`, if that is for this client to bring
    /// about.
    pub(super) fn offer(&mut self, policy: ResizePolicy, client: &ClientId, size: Size, now: Size) -> Option<Size> {
        match policy {
            ResizePolicy::Leader => match (&self.leader, &mut self.claim) {
                (Some(leader), _) if leader != client => None,
                (Some(_), Claim::Growth(wanted)) if size.cols() < now.cols() || size.rows() < now.rows() => {
                    *wanted = Some(size);
                    None
                }
                _ => Some(size),
            },
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
    use std::time::Duration;

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
        assert!(audience.typed(&"b".into()).leads_anew);
        assert_eq!(audience.typed(&"b".into()), Typed::default(), "nothing changed");
        assert_eq!(audience.typed(&"stranger".into()), Typed::default(), "who does not watch does not lead");
        assert_eq!(audience.leader(), Some(&"b".into()));
    }

    fn size(cols: u32, rows: u32) -> Size {
        Size::clamped(cols, rows)
    }

    /// What becomes of an offer at a terminal of 120 columns and 40 rows whose leader's size counts.
    fn offer(audience: &mut Audience, client: &str, offered: Size) -> Option<Size> {
        audience.offer(ResizePolicy::Leader, &client.into(), offered, size(120, 40))
    }

    #[test]
    fn only_the_leaders_size_counts() {
        let mut audience = audience(&["desk", "phone"]);
        assert_eq!(offer(&mut audience, "desk", size(120, 40)), Some(size(120, 40)));
        assert_eq!(offer(&mut audience, "phone", size(40, 20)), None);
        audience.typed(&"phone".into());
        assert_eq!(offer(&mut audience, "phone", size(40, 20)), Some(size(40, 20)));
    }

    #[test]
    fn who_leads_in_the_place_of_others_shrinks_nothing_until_they_type() {
        let mut audience = audience(&["desk", "phone"]);
        assert!(audience.detach(&"desk".into()));
        assert_eq!(offer(&mut audience, "phone", size(40, 20)), None);
        assert_eq!(offer(&mut audience, "phone", size(200, 20)), None);
        assert_eq!(offer(&mut audience, "phone", size(120, 50)), Some(size(120, 50)));
        assert_eq!(offer(&mut audience, "phone", size(30, 20)), None);
        let typed = Typed { leads_anew: false, size: Some(size(30, 20)) };
        assert_eq!(audience.typed(&"phone".into()), typed, "what it has asked for last");
        assert_eq!(audience.typed(&"phone".into()), Typed::default());
        assert_eq!(offer(&mut audience, "phone", size(40, 20)), Some(size(40, 20)));
    }

    #[test]
    fn who_comes_first_while_others_are_expected_back_shrinks_nothing_until_they_type() {
        let mut expecting = Audience::default();
        expecting.expect_back(Instant::now() + Duration::from_secs(60));
        let phone = ClientId::from("phone");
        drop(expecting.attach(&phone));
        assert!(expecting.allow(&phone, true));
        assert_eq!(offer(&mut expecting, "phone", size(40, 20)), None);
        expecting.typed(&phone);
        assert_eq!(offer(&mut expecting, "phone", size(40, 20)), Some(size(40, 20)));

        let mut late = Audience::default();
        late.expect_back(Instant::now());
        drop(late.attach(&phone));
        assert!(late.allow(&phone, true));
        assert_eq!(offer(&mut late, "phone", size(40, 20)), Some(size(40, 20)));
    }

    #[test]
    fn the_smallest_is_what_everybody_has_room_for() {
        let mut audience = audience(&["desk", "phone"]);
        let policy = ResizePolicy::Smallest;
        let now = size(80, 24);
        assert_eq!(audience.offer(policy, &"desk".into(), size(120, 20), now), Some(size(120, 20)));
        assert_eq!(audience.offer(policy, &"phone".into(), size(40, 30), now), Some(size(40, 20)));
        assert_eq!(audience.offer(policy, &"stranger".into(), size(1, 1), now), None);
        assert_eq!(audience.offer(policy, &"desk".into(), size(120, 50), now), Some(size(40, 30)));
        audience.detach(&"phone".into());
        assert_eq!(audience.smallest(), Some(size(120, 50)));
    }

    #[test]
    fn a_fixed_size_is_nobodys() {
        let policy = ResizePolicy::Fixed(size(100, 30));
        assert_eq!(audience(&["desk"]).offer(policy, &"desk".into(), size(1, 1), size(80, 24)), Some(size(100, 30)));
    }

    #[test]
    fn when_the_leader_leaves_the_latest_leads() {
        let mut audience = audience(&["a", "b", "c"]);
        assert!(!audience.detach(&"b".into()), "it did not lead");
        assert!(audience.detach(&"a".into()));
        assert_eq!(audience.leader(), Some(&"c".into()));
        assert!(audience.detach(&"c".into()));
        assert_eq!(audience.leader(), None);
        assert!(offer(&mut audience, "anybody", size(80, 24)).is_some());
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
