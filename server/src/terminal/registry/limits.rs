//! What terminals may cost, and how long they may live.

use crate::terminal::lifetime::Lifetime;
use crate::terminal::mirror::LAG;
use crate::terminal::viewers::READ_AHEAD;

/// What terminals may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Terminals kept at once, ended ones that nobody has removed included.
    pub terminals: usize,
    /// The same for each owner.
    pub per_owner: usize,
    /// Bytes of the newest output kept of each terminal, at least 4 MiB: reading ahead and the screen model live on it.
    pub ring: usize,
    /// Lines kept of each terminal that scrolled off its screen.
    pub history: usize,
    /// How long a terminal lives that nobody uses.
    pub lifetime: Lifetime,
}

impl Limits {
    const RING_MIN: usize = 4 * 1024 * 1024;

    /// The same, with a ring that is large enough.
    pub(super) fn sound(self) -> Self {
        Self { ring: self.ring.max(Self::RING_MIN), ..self }
    }
}

// The ring must hold what the viewers and the screen model may still need.
const _: () = assert!(Limits::RING_MIN as u64 > 2 * (READ_AHEAD + LAG));

impl Default for Limits {
    fn default() -> Self {
        let lifetime = Lifetime::default();
        Self { terminals: 1024, per_owner: 1024, ring: Self::RING_MIN, history: 10_000, lifetime }
    }
}
