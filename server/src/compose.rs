//! Puts the rooms together: the one file that knows them all, and the order in which they open and close.

mod witness;

use std::{
    io, mem,
    path::Path,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use app::{
    page::PageTracking,
    protocol::{Request, TerminalId},
    tracking::{
        NoOpSocketConnectionTracker, Settings as Tracking, Settled, SocketConnectionTracker, Subscription, Tracker,
    },
};
use axum::{Router, middleware};
use socketioxide::layer::SocketIoLayer;
use tokio::{
    task::spawn_blocking,
    time::{sleep, timeout},
};
use tracing::{info, warn};

use self::witness::Measured;
use crate::{
    auth::{CookieKey, Ingest},
    config::{Access, BasePath, Config, PtyHost},
    http::{self, IsThere},
    server::StartError,
    share::Shares,
    socket::{Handler, Lasting, NameTaken, Programs, Settings, Sockets, micros},
    store::{Condition, Saved, Store},
    telemetry::{
        self, Metrics, SocketTraceExporter, Telemetry, Transport,
        span::{Foresight, InputSampling},
    },
    terminal::{Holder, Host, Integration, Limits, Terminals, host::Program},
    workspace::Sessions,
};

/// Where Socket.IO is reached, below the base path.
const SOCKET_IO: &str = "/socket.io";

/// Lines kept of each terminal that scrolled off its screen.
const HISTORY: usize = 10_000;

/// The limit on pending requests is meant for one window; the server's tracker has those of all of them.
const WINDOWS: usize = 100;

/// How long shells have to end: they are asked, and half a second later killed.
const SHELLS: Duration = Duration::from_millis(1_500);

/// How often it is looked for requests whose time is up.
const EXPIRY: Duration = Duration::from_secs(1);

/// How long the last changes may take to reach the disk when the server ends.
const STORING: Duration = Duration::from_millis(500);

/// How long the last spans may take to leave when the server ends.
const FLUSH: Duration = Duration::from_millis(1_200);

/// The rooms behind the HTTP routes.
pub struct Rooms {
    base_path: BasePath,
    telemetry: Telemetry,
    store: Store,
    shares: Shares,
    /// The sessions that were there before, until they are put back.
    saved: Mutex<Saved>,
    holder: Holder,
    terminals: Arc<Terminals<TerminalId>>,
    sockets: Sockets,
    layer: SocketIoLayer,
    detailed_logging: bool,
    /// There when somebody wants to be told how requests end.
    endings: Option<Subscription>,
}

impl Rooms {
    /// Opens the rooms; nothing is reachable from outside yet. Shells that outlive the server are held for `data_dir`; what
    /// their programs may do is signed with `key`.
    ///
    /// # Errors
    ///
    /// Telemetry cannot be set up, or what is stored is not for this version.
    pub fn open(config: &Config, key: &CookieKey, data_dir: &Path) -> Result<Self, StartError> {
        // First, so that whatever happens next is recorded.
        let telemetry = telemetry::init(&config.telemetry, &config.log)?;
        let witness = witness::stored(telemetry.metrics().clone());
        let (store, mut saved) = Store::open(data_dir, witness)?;
        let watched = store.clone();
        telemetry.metrics().look_at_store(move || watched.condition() == Condition::Stored);
        let lasting = Lasting::new(&store, &mut saved);
        let (shares, saved) = (lasting.shares.clone(), Mutex::new(saved));
        let limits = Limits {
            terminals: config.max_terminals,
            per_owner: config.max_terminals_per_user,
            ring: config.ring,
            history: HISTORY,
            lifetime: config.lifetime,
        };
        let holder = match (config.pty_host, config.data_dir.is_some()) {
            (PtyHost::Process, true) => Holder::Away(Arc::new(Host::new(data_dir, Program::own()))),
            (PtyHost::Process | PtyHost::InProcess, _) => Holder::Here(config.spawner),
        };
        let terminals = Terminals::new(holder.clone(), limits);
        let terminals = Arc::new(terminals.witnessed_by(Arc::new(Measured(telemetry.metrics().clone()))));
        let rate = if config.telemetry.recording { config.telemetry.sampling.rate } else { 0.0 };
        let programs = config.shell_telemetry.then(|| Arc::new(Programs::new(Ingest::new(key.clone()), rate)));
        let tracking = &config.telemetry.tracking;
        let detailed_logging = tracking.enabled && tracking.detailed_logging;
        let settings = Settings {
            path: config.base_path.join(SOCKET_IO),
            account: config.owner_name.clone(),
            shell: config.shell.clone(),
            cwd: config.cwd.clone(),
            env: config.env.clone(),
            integration: config.shell_integration.then(|| integration(data_dir)).flatten(),
            programs,
            motd: config.motd.clone(),
            resize: config.resize_policy,
            service_name: config.telemetry.service_name.clone(),
            ordinary_timeout: Some(Duration::from_millis(tracking.timeout_ms.into())),
            detailed_logging,
            payload: config.telemetry.payload,
            foresight: Foresight { parent_based: config.telemetry.sampling.parent_based, detailed_logging },
            input: InputSampling::new(config.telemetry.page_telemetry.input_rate),
            metrics: telemetry.metrics().clone(),
            is_open: config.access == Access::Open,
            wire: config.wire,
            patience: config.patience,
        };
        let tracker = tracker(tracking);
        if tracking.enabled {
            tokio::spawn(expire(Arc::downgrade(&tracker)));
        }
        telemetry.look_at_figures(Arc::downgrade(&tracker));
        let (sockets, layer) = Sockets::open(settings, Sessions::default(), Arc::clone(&terminals), lasting, tracker);
        let base_path = config.base_path.clone();
        let mut rooms = Self {
            base_path,
            telemetry,
            store,
            shares,
            saved,
            holder,
            terminals,
            sockets,
            layer,
            detailed_logging,
            endings: None,
        };
        rooms.listen_to_endings();
        Ok(rooms)
    }

    /// Adds one more exporter of trace events.
    ///
    /// # Errors
    ///
    /// Its thread cannot be started.
    pub fn add_exporter(&mut self, name: &str, exporter: impl SocketTraceExporter) -> io::Result<()> {
        self.telemetry.add_exporter(name, exporter)?;
        self.listen_to_endings();
        Ok(())
    }

    /// Adds an event that is not ours.
    ///
    /// # Errors
    ///
    /// There is an event of that name.
    pub fn on<R: Request>(&self, handler: impl Handler<R>) -> Result<(), NameTaken> {
        self.sockets.on(handler)
    }

    /// Has telemetry told how requests end, once somebody there wants it: until then it costs nothing.
    fn listen_to_endings(&mut self) {
        if self.endings.is_none() && self.telemetry.wants_events() {
            let telemetry = self.telemetry.clone();
            let tell = move |settled: &Settled| telemetry.tell(settled);
            self.endings = Some(self.tracker().on_settled(Box::new(tell)));
        }
    }

    /// Says in the detailed log where records go.
    pub fn tell_tracking(&self) {
        if self.detailed_logging {
            info!("Socket tracking enabled with {}", self.telemetry.destinations().join(", "));
        }
    }

    /// Finds the shells of the server before this one, so that whoever comes finds them too, and prepares for new ones.
    pub async fn restore(&self) {
        let found = self.terminals.find().await;
        let saved = mem::take(&mut *self.saved.lock().unwrap_or_else(PoisonError::into_inner));
        self.sockets.restore(found, saved);
        if let Holder::Away(host) = &self.holder {
            let host = Arc::clone(host);
            // Nobody has to wait for it: a shell that is wanted before it is there waits itself.
            tokio::spawn(async move { host.prepare().await });
        }
    }

    /// Says where shells' programs reach the relay, once that is known.
    pub fn reachable_at(&self, endpoint: String) {
        self.sockets.reachable_at(endpoint);
    }

    /// Tells of an id whether there is such a terminal.
    pub fn is_there(&self) -> IsThere {
        let terminals = Arc::clone(&self.terminals);
        Box::new(move |id| id.parse().is_ok_and(|id: TerminalId| terminals.get(&id).is_some()))
    }

    /// The share links, by which guests come in.
    pub fn shares(&self) -> &Shares {
        &self.shares
    }

    /// Where changes are kept.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The tracker of every request that comes in.
    pub fn tracker(&self) -> &Arc<dyn Tracker> {
        self.sockets.tracker()
    }

    /// Where the gate says whom it does not let in.
    pub fn metrics(&self) -> &Metrics {
        self.telemetry.metrics()
    }

    /// Records and measures the requests to these routes.
    pub fn recorded(&self, routes: Router) -> Router {
        routes
            .layer(middleware::from_fn(telemetry::show_secrets))
            .layer(middleware::from_fn(telemetry::trace_headers))
            .layer(telemetry::http_layer())
            .layer(middleware::from_fn(telemetry::hide_secrets))
            .layer(middleware::from_fn_with_state(self.metrics().clone(), telemetry::measure))
    }

    /// Adds the rooms' own routes, unrecorded, or telemetry would record itself, and puts Socket.IO in front: Engine.IO's
    /// requests never come as far as the routes.
    pub fn application(&self, routes: Router) -> Router {
        let own = telemetry::routes(self.telemetry.clone()).merge(http::tracker_routes(self.sockets.clone()));
        let transport = Transport::new(self.metrics().clone(), &self.base_path.join(SOCKET_IO));
        let measured = middleware::from_fn_with_state(transport, telemetry::measure_transport);
        routes.merge(self.base_path.nest(own)).layer(self.layer.clone()).layer(measured)
    }

    /// Tells the viewers, ends the shells or lets them go on without this server, and sends off the last telemetry.
    pub async fn close(self) {
        self.sockets.announce_closing("The server is ending.");
        let living = self.terminals.living();
        let left = self.terminals.leave(SHELLS).await;
        match self.holder {
            Holder::Here(_) if left > 0 => warn!(left, "shells are left behind"),
            Holder::Away(_) if left > 0 => warn!(left, "shells do not take the input that was meant for them"),
            Holder::Away(_) if living > 0 => info!(living, "shells go on; `aetherterm stop --all` ends them"),
            Holder::Here(_) | Holder::Away(_) => {}
        }
        self.sockets.close().await;
        // What is still to be written waits for the disk, which no thread of the runtime should.
        let store = self.store;
        let stored = spawn_blocking(move || store.close());
        if timeout(STORING, stored).await.is_err() {
            warn!("not everything was stored in time");
        }
        self.telemetry.shutdown(FLUSH).await;
    }
}

/// Shells are started plain where the scripts cannot be written: a full disk is no reason to have no shell.
fn integration(data_dir: &Path) -> Option<Integration> {
    let installed = Integration::install(&data_dir.join("shell"));
    installed.inspect_err(|error| warn!(%error, "shells are started without integration")).ok()
}

/// Ends requests that nobody else ends: those which an extension tracks by hand. The door ends its own when their time is up;
/// so as not to come before it, this looks at them as they were a moment ago.
async fn expire(tracker: Weak<dyn Tracker>) {
    let moment = u64::try_from(EXPIRY.as_micros()).unwrap_or(u64::MAX);
    loop {
        sleep(EXPIRY).await;
        let Some(tracker) = tracker.upgrade() else { return };
        tracker.expire(micros().saturating_sub(moment));
    }
}

fn tracker(tracking: &PageTracking) -> Arc<dyn Tracker> {
    if !tracking.enabled {
        return Arc::new(NoOpSocketConnectionTracker);
    }
    let suffix = format!("{:04x}", getrandom::u32().unwrap_or_default() & 0xffff);
    let page = Tracking::from(tracking);
    let settings = Tracking { max_pending: page.max_pending.saturating_mul(WINDOWS), ..page };
    Arc::new(SocketConnectionTracker::new(settings, &suffix))
}
