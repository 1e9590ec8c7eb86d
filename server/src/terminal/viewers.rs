//! Who is looking, how far each has come, and whether the PTY has to wait for them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::lock;
use super::shared::Shared;

/// How much may be on its way to one viewer, sent and not yet acked, in bytes.
pub const CREDIT: u64 = 256 * 1024;

/// How far the PTY is read ahead of what the fastest active viewer has parsed, in bytes: its credit and as much again,
/// so that a fast viewer never waits for the PTY, and `^C` under a flood is at most this far from the prompt.
pub const READ_AHEAD: u64 = 2 * CREDIT;

/// How long a viewer that owes an ack is waited for. A page that parses at all acks within milliseconds.
const PATIENCE: Duration = Duration::from_secs(3);

/// How far the host reads a PTY ahead of what the server's connection has taken, in bytes: one block is read while another
/// is on its way. The kernel's socket buffer holds about as much again; all of it is passed on in a few milliseconds.
const HOP_AHEAD: u64 = 128 * 1024;

/// What kind of viewer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A page, which may be slow or stuck.
    Page,
    /// The server, which decides for its pages who is waited for, and is waited for itself for as long as it takes.
    Server,
}

/// One viewer's place at a terminal; dropping it is leaving.
#[derive(Debug)]
pub struct ViewerHandle {
    shared: Arc<Shared>,
    key: u64,
}

impl ViewerHandle {
    pub(super) fn enter(shared: Arc<Shared>, at: u64, kind: Kind) -> Self {
        let now = Instant::now();
        let key = lock(&shared.output).viewers.enter(at, kind, now);
        // Whoever comes keeps the terminal from being idle.
        shared.touched.send_replace(now);
        shared.watched.send_modify(|viewers| *viewers += 1);
        Self { shared, key }
    }

    /// Records that everything before `seq` has been sent to this viewer.
    pub fn sent(&self, seq: u64) {
        self.with(|viewer| viewer.sent(seq, Instant::now()));
    }

    /// Records that the viewer has parsed everything before `seq`; more than was sent counts as what was sent.
    pub fn acked(&self, seq: u64) {
        self.with(|viewer| viewer.acked(seq, Instant::now()));
    }

    /// Records that the server's connection has taken everything before `seq`.
    pub(super) fn taken(&self, seq: u64) {
        self.with(|viewer| (viewer.sent, viewer.acked) = (seq, seq));
    }

    /// Records that the viewer continues at `seq`, having been shown a snapshot taken there.
    pub fn moved(&self, seq: u64) {
        self.with(|viewer| {
            *viewer = Viewer { visible: viewer.visible, ..Viewer::new(seq, viewer.kind, Instant::now()) };
        });
    }

    /// Records whether the viewer's page is visible. Hidden ones are not waited for: browsers slow them to a crawl.
    pub fn set_visible(&self, visible: bool) {
        self.with(|viewer| {
            viewer.visible = visible;
            viewer.progress = Instant::now();
        });
    }

    /// Bytes sent to this viewer and not yet acked.
    pub fn unacked(&self) -> u64 {
        lock(&self.shared.output).viewers.list.get(&self.key).map_or(0, |viewer| viewer.sent - viewer.acked)
    }

    fn with(&self, change: impl FnOnce(&mut Viewer)) {
        if let Some(viewer) = lock(&self.shared.output).viewers.list.get_mut(&self.key) {
            change(viewer);
        }
        self.shared.wake.notify_one();
    }
}

impl Drop for ViewerHandle {
    fn drop(&mut self) {
        lock(&self.shared.output).viewers.list.remove(&self.key);
        self.shared.watched.send_modify(|viewers| *viewers -= 1);
        self.shared.wake.notify_one();
    }
}

/// Whether the PTY may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    Open,
    /// Shut until a viewer comes on, or at the latest until this instant, when one of them is no longer waited for.
    Shut(Instant),
}

/// The viewers of one terminal.
#[derive(Debug, Default)]
pub(super) struct Viewers {
    next: u64,
    list: BTreeMap<u64, Viewer>,
}

impl Viewers {
    fn enter(&mut self, at: u64, kind: Kind, now: Instant) -> u64 {
        self.next += 1;
        self.list.insert(self.next, Viewer::new(at, kind, now));
        self.next
    }

    /// Notes that output follows `end`. Whoever had been sent everything and has credit left owes nothing from before,
    /// so its patience starts anew.
    pub(super) fn output_follows(&mut self, end: u64, now: Instant) {
        for viewer in self.list.values_mut().filter(|viewer| viewer.sent >= end && viewer.has_credit()) {
            viewer.progress = now;
        }
    }

    /// Decides about reading on with the output's end at `end`: the fastest active viewer must be near it.
    pub(super) fn gate(&self, end: u64, now: Instant) -> Gate {
        let active = || self.list.values().filter(|viewer| viewer.is_active(now));
        match active().map(|viewer| viewer.acked + viewer.ahead()).max() {
            Some(limit) if end >= limit => {
                let until = active().map(|viewer| viewer.until(now)).min();
                until.map_or(Gate::Open, Gate::Shut)
            }
            _ => Gate::Open,
        }
    }
}

#[derive(Debug)]
struct Viewer {
    kind: Kind,
    sent: u64,
    acked: u64,
    visible: bool,
    /// When it last took or acked something: a viewer whose credit nobody uses is as stuck as one that never acks.
    progress: Instant,
}

impl Viewer {
    fn new(at: u64, kind: Kind, now: Instant) -> Self {
        Self { kind, sent: at, acked: at, visible: true, progress: now }
    }

    /// How far the PTY is read beyond what this viewer has taken.
    fn ahead(&self) -> u64 {
        match self.kind {
            Kind::Page => READ_AHEAD,
            Kind::Server => HOP_AHEAD,
        }
    }

    fn sent(&mut self, seq: u64, now: Instant) {
        if seq > self.sent {
            self.sent = seq;
            self.progress = now;
        }
    }

    fn acked(&mut self, seq: u64, now: Instant) {
        let seq = seq.min(self.sent);
        if seq > self.acked {
            self.acked = seq;
            self.progress = now;
        }
    }

    fn has_credit(&self) -> bool {
        self.sent - self.acked < CREDIT
    }

    fn is_active(&self, now: Instant) -> bool {
        self.visible && now < self.until(now)
    }

    /// Until when it is waited for.
    fn until(&self, now: Instant) -> Instant {
        match self.kind {
            Kind::Page => self.progress + PATIENCE,
            Kind::Server => now + PATIENCE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Viewers as `(sent, acked, visible, seconds since progress)`; the gate with the output's end at `end`.
    fn check(viewers: &[(u64, u64, bool, u64)], end: u64, open: bool) {
        let start = Instant::now();
        let now = start + Duration::from_secs(60);
        let list = viewers
            .iter()
            .map(|&(sent, acked, visible, ago)| Viewer {
                kind: Kind::Page,
                sent,
                acked,
                visible,
                progress: now - Duration::from_secs(ago),
            })
            .zip(0..)
            .map(|(viewer, key)| (key, viewer))
            .collect();
        let gate = Viewers { next: 0, list }.gate(end, now);
        assert_eq!(gate == Gate::Open, open, "{viewers:?} with the end at {end}: {gate:?}");
    }

    #[test]
    fn without_viewers_the_pty_is_read_freely() {
        check(&[], 10 * READ_AHEAD, true);
    }

    #[test]
    fn the_pty_waits_for_an_active_viewer_that_is_behind() {
        check(&[(0, 0, true, 0)], READ_AHEAD - 1, true);
        check(&[(0, 0, true, 0)], READ_AHEAD, false);
        check(&[(CREDIT, 0, true, 2)], READ_AHEAD, false);
    }

    #[test]
    fn hidden_and_stuck_viewers_are_not_waited_for() {
        check(&[(0, 0, false, 0)], READ_AHEAD, true);
        check(&[(CREDIT, 0, true, 3)], READ_AHEAD, true);
        check(&[(100, 0, true, 3)], READ_AHEAD, true);
    }

    #[test]
    fn the_fastest_active_viewer_decides() {
        check(&[(0, 0, true, 0), (READ_AHEAD, READ_AHEAD, true, 0)], READ_AHEAD, true);
        check(&[(0, 0, true, 0), (READ_AHEAD, READ_AHEAD, false, 0)], READ_AHEAD, false);
    }

    #[test]
    fn a_server_is_waited_for_however_long_it_takes() {
        let start = Instant::now();
        let later = start + Duration::from_secs(3600);
        let mut viewers = Viewers::default();
        viewers.enter(0, Kind::Server, start);
        assert_eq!(viewers.gate(HOP_AHEAD - 1, later), Gate::Open);
        assert_ne!(viewers.gate(HOP_AHEAD, later), Gate::Open);
    }

    #[test]
    fn acks_beyond_what_was_sent_count_as_what_was_sent() {
        let now = Instant::now();
        let mut viewer = Viewer::new(0, Kind::Page, now);
        viewer.sent(10, now);
        viewer.acked(u64::MAX, now);
        assert_eq!(viewer.acked, 10);
    }

    #[test]
    fn a_viewer_that_idled_is_waited_for_when_output_comes() {
        let start = Instant::now();
        let now = start + Duration::from_secs(60);
        let mut viewers = Viewers::default();
        viewers.enter(0, Kind::Page, start);
        assert_eq!(viewers.gate(READ_AHEAD, now), Gate::Open);
        viewers.output_follows(0, now);
        assert_eq!(viewers.gate(READ_AHEAD, now), Gate::Shut(now + PATIENCE));
    }
}
