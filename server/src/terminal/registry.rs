//! All terminals of a server, by id.

mod error;
mod limits;

use std::collections::HashMap;
use std::fmt::Display;
use std::hash::Hash;
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::commands::{Commands, Past};
use super::handle::Terminal;
use super::host::{Host, Kept, Link, Stream, Streaming, pass_on};
use super::lifetime;
use super::mirror::{Blank, Mirror};
use super::model::{Away, Model};
use super::output::Output;
use super::places::{Place, Places};
use super::pty::Pty;
use super::screen::Emulator;
use super::shared::{Beginning, Shared};
use super::task::Task;
use super::witness::{Nobody, Witness};
use super::{Size, SpawnSpec, Spawner};

pub use self::error::CreateError;
pub use self::limits::Limits;

/// Who holds the PTYs.
#[derive(Clone, Debug)]
pub enum Holder {
    /// This process: they end with it.
    Here(Spawner),
    /// A host, which outlives this process.
    Away(Arc<Host>),
}

impl From<Spawner> for Holder {
    fn from(spawner: Spawner) -> Self {
        Self::Here(spawner)
    }
}

/// A terminal that was there before this process.
#[derive(Debug)]
pub struct Found<Id> {
    /// Its id.
    pub id: Id,
    /// The terminal, which may have ended.
    pub terminal: Terminal,
    /// What its creator wanted to be told.
    pub label: String,
}

/// The terminals. `Id` is minted by the caller and never used twice.
#[derive(Debug)]
pub struct Terminals<Id> {
    holder: Holder,
    limits: Limits,
    places: Places,
    tasks: TaskTracker,
    /// Ends every terminal.
    closing: CancellationToken,
    /// Lets go of those that a host holds.
    leaving: CancellationToken,
    entries: RwLock<HashMap<Id, Entry>>,
    witness: Arc<dyn Witness>,
}

#[derive(Debug)]
struct Entry {
    terminal: Terminal,
    label: String,
    place: Place,
}

impl<Id: Clone + Eq + Hash + Display + Send + 'static> Terminals<Id> {
    /// No terminals yet.
    pub fn new(holder: impl Into<Holder>, limits: Limits) -> Self {
        Self {
            holder: holder.into(),
            places: Places::new(limits.terminals, limits.per_owner),
            limits,
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
            leaving: CancellationToken::new(),
            entries: RwLock::default(),
            witness: Arc::new(Nobody),
        }
    }

    /// The same, with somebody who hears how much goes through them.
    #[must_use]
    pub fn witnessed_by(self, witness: Arc<dyn Witness>) -> Self {
        Self { witness, ..self }
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
        let result = self.spawn(id, spec, self.limits).instrument(span.clone()).await;
        match &result {
            Ok(_) => span.record("otel.status_code", "OK"),
            Err(error) => span.record("otel.status_code", "ERROR").record("error.type", error.kind()),
        };
        result
    }

    /// Spawns a terminal that is to cost no more than these limits say.
    ///
    /// # Errors
    /// As [`Terminals::create`].
    pub(super) async fn spawn(&self, id: Id, spec: SpawnSpec, limits: Limits) -> Result<Terminal, CreateError> {
        let limits = limits.sound();
        let place = self.places.take(&spec.owner)?;
        let label = spec.label.clone();
        let born = match &self.holder {
            Holder::Here(spawner) => {
                let (size, greeting) = (spec.size, spec.greeting.clone());
                Born::Here { pty: spawner.spawn(spec).await?, size, greeting }
            }
            Holder::Away(host) => Born::Away(Arc::clone(host), host.create(&id.to_string(), spec, limits).await?),
        };

        // From here on nothing is awaited, so that nothing is half done when the caller goes away.
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if self.closing.is_cancelled() {
            return Err(CreateError::ShuttingDown);
        }
        let terminal = self.own(id.to_string(), born, limits);
        entries.insert(id, Entry { terminal: terminal.clone(), label, place });
        Ok(terminal)
    }

    fn own(&self, name: String, born: Born, limits: Limits) -> Terminal {
        let history = limits.history;
        let blank: Blank = Box::new(move |size| Box::new(Emulator::new(size, history)));
        let (closing, witness) = (self.closing.child_token(), Arc::clone(&self.witness));
        let shared = match born {
            Born::Here { pty, size, greeting } => {
                let model = Model::Here(Mirror::new(size, blank));
                let (output, followed) = (Output::new(limits.ring), Commands::default());
                let beginning = Beginning { output, followed, size, live_from: 0 };
                let (shared, queue) = Shared::new(name, beginning, model, closing, witness);
                let shared = Arc::new(shared);
                if !greeting.is_empty() {
                    shared.append(0, greeting.as_bytes());
                }
                self.tasks.spawn(Task::new(Arc::clone(&shared), pty, queue).run());
                shared
            }
            Born::Away(host, Stream { socket, streaming }) => {
                let Streaming { start, end, size, title, directory, commands } = streaming;
                let model = Model::Away(Away::new(Arc::clone(&host), name.clone(), blank, title));
                let output = Output::starting_at(limits.ring, start);
                let past = commands.map_or_else(|| Past::unknown(end), |past| *past);
                let followed = Commands::going_on(start, past, directory);
                let beginning = Beginning { output, followed, size, live_from: end };
                let (shared, queue) = Shared::new(name, beginning, model, closing, witness);
                let shared = Arc::new(shared);
                self.tasks.spawn(pass_on(Arc::clone(&host), &shared, self.leaving.clone()));
                let link = Link::new(Arc::clone(&shared), host, socket, queue, self.leaving.clone());
                self.tasks.spawn(link.run());
                shared
            }
        };
        if limits.lifetime.is_bounded() {
            // It ends with the terminal.
            tokio::spawn(lifetime::keep(Arc::clone(&shared), limits.lifetime));
        }
        Terminal::new(shared)
    }

    /// The terminal of that id, ended or not.
    pub fn get(&self, id: &Id) -> Option<Terminal> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.get(id).map(|entry| entry.terminal.clone())
    }

    /// Forgets a terminal and begins to close it; [`Terminal::ended`] of what is returned tells when that is done.
    pub fn remove(&self, id: Id) -> Option<Terminal> {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.remove(&id)?;
        entry.terminal.close();
        if let Holder::Away(host) = &self.holder {
            let host = Arc::clone(host);
            // Nobody waits for it: a host that cannot be asked has nothing left to forget.
            self.tasks.spawn(async move { host.remove(&id.to_string()).await });
        }
        Some(entry.terminal)
    }

    /// The ids of all terminals, in no order.
    pub fn ids(&self) -> Vec<Id> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// Owner and label of each terminal, in no order.
    pub(super) fn list(&self) -> Vec<(Id, String, String)> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let told = |(id, entry): (&Id, &Entry)| (id.clone(), entry.place.owner().to_owned(), entry.label.clone());
        entries.iter().map(told).collect()
    }

    /// Closes all terminals for good and waits for the end of every process, at most until the deadline. Returns how
    /// many terminals had not ended by then.
    pub async fn close_all(&self, within: Duration) -> usize {
        {
            // Under the lock, so that a terminal being created is either seen here or sees this.
            let _entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
            self.closing.cancel();
        }
        self.settle(within).await
    }

    /// How many have not ended.
    pub fn living(&self) -> usize {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.values().filter(|entry| entry.terminal.end().borrow().is_none()).count()
    }

    /// Ends what ends with this process: everything, or, where a host holds the terminals, nothing but our interest in
    /// them, once it has been given the input that was taken. Returns how many were not done by the deadline.
    pub async fn leave(&self, within: Duration) -> usize {
        match self.holder {
            Holder::Here(_) => self.close_all(within).await,
            Holder::Away(_) => {
                self.leaving.cancel();
                self.settle(within).await
            }
        }
    }

    async fn settle(&self, within: Duration) -> usize {
        self.tasks.close();
        // What is left afterwards is counted; that it took too long says nothing more.
        let _ = tokio::time::timeout(within, self.tasks.wait()).await;
        self.tasks.len()
    }
}

impl<Id: Clone + Eq + Hash + Display + FromStr + Send + 'static> Terminals<Id> {
    /// Finds the terminals that a host has kept, each with all the output it holds. Waits for that output, though not for
    /// ever: what is late arrives as it comes.
    pub async fn find(&self) -> Vec<Found<Id>> {
        let Holder::Away(host) = &self.holder else { return Vec::new() };
        let kept = host.find().await;
        let mut found = Vec::with_capacity(kept.len());
        for Kept { id: name, owner, label, stream } in kept {
            let Ok(id) = name.parse::<Id>() else {
                tracing::warn!(terminal = name, "a terminal of the host has no id of ours and stays there unused");
                continue;
            };
            let end = stream.streaming.end;
            let terminal = self.own(name, Born::Away(Arc::clone(host), stream), self.limits.sound());
            let entry = Entry { terminal: terminal.clone(), label: label.clone(), place: self.places.find(&owner) };
            self.entries.write().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), entry);
            found.push((Found { id, terminal, label }, end));
        }
        let arrived = async {
            for (Found { terminal, .. }, end) in &found {
                // The sender lives as long as the terminal.
                let _ = terminal.subscribe().wait_for(|at| at >= end).await;
            }
        };
        let _ = tokio::time::timeout(BACKLOG, arrived).await;
        found.into_iter().map(|(found, _)| found).collect()
    }
}

/// How long a start waits for the output that a host has kept: 4 MiB take some milliseconds.
const BACKLOG: Duration = Duration::from_secs(2);

/// A terminal that has begun, and what it is made of.
enum Born {
    Here { pty: Box<dyn Pty>, size: Size, greeting: String },
    Away(Arc<Host>, Stream),
}
