//! Where a terminal's screen model is: here, fed by the task that reads the PTY, or with the host that holds the PTY.

use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use super::handle::ScreenAt;
use super::host::{Host, HostError};
use super::mirror::{Blank, Mirror};
use super::output::Output;
use super::{Read, Size, lock};

/// One terminal's screen.
pub(super) enum Model {
    /// In this process.
    Here(Mirror),
    /// With the host: two emulators would cost twice and could disagree.
    Away(Away),
}

/// A screen that is asked for.
pub(super) struct Away {
    host: Arc<Host>,
    id: String,
    /// Draws the screen from what this process holds when the host is gone.
    blank: Blank,
    pub(super) title: watch::Sender<String>,
    pub(super) bells: watch::Sender<u64>,
}

impl Away {
    pub(super) fn new(host: Arc<Host>, id: String, blank: Blank, title: String) -> Self {
        Self { host, id, blank, title: watch::Sender::new(title), bells: watch::Sender::default() }
    }

    /// Asks the host.
    ///
    /// # Errors
    /// The host is gone, or does not know the terminal any more.
    pub(super) async fn snapshot(&self) -> Result<ScreenAt, HostError> {
        self.host.snapshot(&self.id).await
    }

    /// The screen as far as the output that is held here tells. Parses all of it: not for the runtime's threads.
    pub(super) fn redraw(&self, output: &Mutex<Output>, size: Size) -> ScreenAt {
        let mut model = (self.blank)(size);
        let mut seq = lock(output).ring.start();
        loop {
            let read = lock(output).ring.read(seq, STEP);
            let Read::Data(bytes) = read else { break };
            model.feed(&bytes);
            seq += bytes.len() as u64;
        }
        ScreenAt { seq, snapshot: model.snapshot() }
    }
}

/// How much is taken out of the ring at a time.
const STEP: usize = 64 * 1024;

impl Model {
    /// How far the model is behind the end of the output, as far as reading has to wait for it.
    pub(super) fn behind(&self, end: u64) -> u64 {
        match self {
            Self::Here(mirror) => end.saturating_sub(mirror.fed()),
            Self::Away(_) => 0,
        }
    }

    pub(super) fn title(&self) -> &watch::Sender<String> {
        match self {
            Self::Here(mirror) => &mirror.title,
            Self::Away(away) => &away.title,
        }
    }

    pub(super) fn bells(&self) -> &watch::Sender<u64> {
        match self {
            Self::Here(mirror) => &mirror.bells,
            Self::Away(away) => &away.bells,
        }
    }
}
