//! All terminals of a server, by id.

use std::collections::HashMap;
use std::fmt::Display;
use std::hash::Hash;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use thiserror::Error;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::handle::Terminal;
use super::mirror::Mirror;
use super::output::Output;
use super::pty::Pty;
use super::screen::AvtScreen;
use super::shared::{QUEUE, Shared};
use super::task::Task;
use super::viewers::READ_AHEAD;
use super::{Size, SpawnError, SpawnSpec, Spawner};

/// What terminals may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Terminals kept at once, ended ones that nobody has removed included.
    pub terminals: usize,
    /// Bytes of the newest output kept of each terminal, at least 4 MiB: reading ahead and the screen model live on it.
    pub ring: usize,
    /// Lines kept of each terminal that scrolled off its screen.
    pub history: usize,
}

impl Limits {
    const RING_MIN: usize = 4 * 1024 * 1024;
}

// The ring must hold what the viewers and the screen model may still need.
const _: () = assert!(Limits::RING_MIN as u64 > 2 * (READ_AHEAD + super::mirror::LAG));

impl Default for Limits {
    fn default() -> Self {
        Self { terminals: 1024, ring: Self::RING_MIN, history: 10_000 }
    }
}

/// Why no terminal was created.
#[derive(Debug, Error)]
pub enum CreateError {
    /// As many terminals as are allowed are there.
    #[error("there are {0} terminals, and no more are allowed")]
    LimitReached(usize),
    /// Terminals are being closed for good.
    #[error("the server is shutting down")]
    ShuttingDown,
    /// The process could not be started.
    #[error(transparent)]
    Spawn(#[from] SpawnError),
}

/// The terminals. `Id` is minted by the caller and never used twice.
#[derive(Debug)]
pub struct Terminals<Id> {
    spawner: Spawner,
    limits: Limits,
    places: Arc<Semaphore>,
    tasks: TaskTracker,
    closing: CancellationToken,
    entries: RwLock<HashMap<Id, Entry>>,
}

#[derive(Debug)]
struct Entry {
    terminal: Terminal,
    _place: OwnedSemaphorePermit,
}

impl<Id: Copy + Eq + Hash + Display> Terminals<Id> {
    /// No terminals yet.
    pub fn new(spawner: Spawner, limits: Limits) -> Self {
        Self {
            spawner,
            limits: Limits { ring: limits.ring.max(Limits::RING_MIN), ..limits },
            places: Arc::new(Semaphore::new(limits.terminals.min(Semaphore::MAX_PERMITS))),
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
            entries: RwLock::default(),
        }
    }

    /// Spawns a terminal inside a `terminal.spawn` span.
    ///
    /// # Errors
    /// [`CreateError`]; nothing has been started then.
    pub async fn create(&self, id: Id, spec: SpawnSpec) -> Result<Terminal, CreateError> {
        let span = tracing::info_span!(
            "terminal.spawn",
            otel.kind = "internal",
            otel.status_code = tracing::field::Empty,
            "error.type" = tracing::field::Empty,
            socketio.terminal_id = %id,
        );
        let result = self.spawn(id, spec).instrument(span.clone()).await;
        match &result {
            Ok(_) => span.record("otel.status_code", "OK"),
            Err(error) => span.record("otel.status_code", "ERROR").record("error.type", error.kind()),
        };
        result
    }

    async fn spawn(&self, id: Id, spec: SpawnSpec) -> Result<Terminal, CreateError> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| CreateError::LimitReached(self.limits.terminals))?;
        let size = spec.size;
        let pty = self.spawner.spawn(spec).await?;

        // From here on nothing is awaited, so that nothing is half done when the caller goes away.
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if self.closing.is_cancelled() {
            return Err(CreateError::ShuttingDown);
        }
        let terminal = self.own(id.to_string(), size, pty);
        entries.insert(id, Entry { terminal: terminal.clone(), _place: place });
        Ok(terminal)
    }

    fn own(&self, name: String, size: Size, pty: Box<dyn Pty>) -> Terminal {
        let history = self.limits.history;
        let (commands, queue) = mpsc::channel(QUEUE);
        let shared = Arc::new(Shared {
            name,
            output: Mutex::new(Output::new(self.limits.ring)),
            mirror: Mirror::new(size, Box::new(move |size| Box::new(AvtScreen::new(size, history)))),
            commands,
            waiting: AtomicUsize::new(0),
            end: watch::Sender::new(0),
            size: watch::Sender::new(size),
            ended: watch::Sender::new(None),
            wake: Notify::new(),
            closing: self.closing.child_token(),
        });
        self.tasks.spawn(Task::new(Arc::clone(&shared), pty, queue).run());
        Terminal::new(shared)
    }

    /// The terminal of that id, ended or not.
    pub fn get(&self, id: Id) -> Option<Terminal> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.get(&id).map(|entry| entry.terminal.clone())
    }

    /// Forgets a terminal and begins to close it; [`Terminal::ended`] of what is returned tells when that is done.
    pub fn remove(&self, id: Id) -> Option<Terminal> {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.remove(&id)?;
        entry.terminal.close();
        Some(entry.terminal)
    }

    /// The ids of all terminals, in no order.
    pub fn ids(&self) -> Vec<Id> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }

    /// Closes all terminals for good and waits for the end of every process, at most until the deadline. Returns how
    /// many terminals had not ended by then.
    pub async fn close_all(&self, within: Duration) -> usize {
        {
            // Under the lock, so that a terminal being created is either seen here or sees this.
            let _entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
            self.closing.cancel();
        }
        self.tasks.close();
        // What is left afterwards is counted; that it took too long says nothing more.
        let _ = tokio::time::timeout(within, self.tasks.wait()).await;
        self.tasks.len()
    }
}

impl CreateError {
    /// What went wrong, in one low-cardinality word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::LimitReached(_) => "limit_reached",
            Self::ShuttingDown => "shutting_down",
            Self::Spawn(SpawnError::Directory { .. }) => "working_directory",
            Self::Spawn(SpawnError::Command { .. }) => "command",
            Self::Spawn(SpawnError::Pty(_)) => "pty",
        }
    }
}
