//! Tells the host which commands have been recorded, so that no later server records them again.

use std::sync::Arc;
use std::time::Duration;

use tokio::select;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::client::Host;
use crate::terminal::shared::Shared;

/// How long a server that leaves waits for the commands that have just ended: they are recorded at once, but in a flood.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Tells of one terminal until it is forgotten or this server leaves.
pub(in crate::terminal) fn pass_on(
    host: Arc<Host>,
    shared: &Arc<Shared>,
    leaving: CancellationToken,
) -> impl Future<Output = ()> + use<> {
    // The terminal is not kept by this: its end is the end of what there is to tell.
    let (name, shared, recorded) = (shared.name.clone(), Arc::downgrade(shared), shared.recorded.subscribe());
    async move {
        let mut word = Word { host, name, recorded };
        let is_forgotten = select! {
            () = word.tell() => true,
            () = leaving.cancelled() => false,
        };
        if is_forgotten {
            return;
        }
        let is_recording = || shared.upgrade().is_some_and(|shared| shared.is_recording());
        let settled = async { while is_recording() && word.recorded.changed().await.is_ok() {} };
        // Whoever does not come to it by then has too much to record.
        let _ = timeout(LAST_WORDS, settled).await;
        word.say().await;
    }
}

/// What is to be told.
struct Word {
    host: Arc<Host>,
    name: String,
    recorded: watch::Receiver<u64>,
}

impl Word {
    /// Tells whenever there is something new, until there will be nothing more.
    async fn tell(&mut self) {
        while self.recorded.changed().await.is_ok() {
            self.say().await;
        }
    }

    async fn say(&mut self) {
        let seq = *self.recorded.borrow_and_update();
        if seq > 0 {
            self.host.recorded(&self.name, seq).await;
        }
    }
}
