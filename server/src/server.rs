//! A server that can be started in a test as well as by `main`: new, listen, shut down.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use app::{page::ShellProps, protocol::Request, tracking::Tracker};
use axum::serve::ListenerExt;
use tokio::{net::TcpListener, task::JoinHandle, time::timeout};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::warn;

use crate::{
    auth::{Auth, CookieKey},
    compose::Rooms,
    config::{Access, Config},
    data_dir::{DataDir, DataDirError},
    http::{self, Gate, Http, MissingSite, Places, Policy, Readiness, Site},
    socket::{Handler, NameTaken},
    store::StoreError,
    telemetry::SocketTraceExporter,
};

/// How long the rooms have to close, and how long open requests have after that: together less than the 5 s that the end of
/// the server may take.
const ROOMS_CLOSE: Duration = Duration::from_millis(3_500);
const REQUESTS_END: Duration = Duration::from_millis(1_000);

/// One server. Dropping it stops it without waiting for anybody.
pub struct Server {
    config: Config,
    key: CookieKey,
    site: Option<Arc<Site>>,
    rooms: Rooms,
    readiness: Readiness,
    serving: Option<Serving>,
    _data_dir: DataDir,
}

struct Serving {
    address: SocketAddr,
    stop: DropGuard,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    /// Prepares everything; nothing listens yet.
    ///
    /// # Errors
    ///
    /// The data directory or the site cannot be used.
    pub fn new(config: Config) -> Result<Self, StartError> {
        let data_dir = match &config.data_dir {
            Some(path) => DataDir::open(path)?,
            None => DataDir::temporary()?,
        };
        let key = CookieKey::new(data_dir.secret("cookie.key")?);
        let site = config.site.as_deref().map(Site::open).transpose()?.map(Arc::new);
        let rooms = Rooms::open(&config, &key, data_dir.path())?;
        let readiness = Readiness::new(rooms.store().clone());
        Ok(Self { config, key, site, rooms, readiness, serving: None, _data_dir: data_dir })
    }

    /// Adds an event type with the handler that answers it. That is all there is to do: limits, span, tracker entry, metric
    /// label, timeout, ack and refusals follow from the type, and there is no way to have one without the others.
    ///
    /// # Errors
    ///
    /// There is an event of that name.
    pub fn with_event<R: Request>(self, handler: impl Handler<R>) -> Result<Self, StartError> {
        self.rooms.on(handler)?;
        Ok(self)
    }

    /// Adds an exporter that is told of every request that has ended, with a queue and a row in the ledger of its own, and
    /// `name` for both. What it does, and how long that takes, touches nothing else.
    ///
    /// # Errors
    ///
    /// Its thread cannot be started.
    pub fn with_exporter(mut self, name: &str, exporter: impl SocketTraceExporter) -> Result<Self, StartError> {
        self.rooms.add_exporter(name, exporter).map_err(StartError::Exporter)?;
        Ok(self)
    }

    /// Begins to accept connections and returns the address, which matters when the port was 0.
    ///
    /// # Errors
    ///
    /// The address cannot be bound.
    pub async fn listen(&mut self) -> Result<SocketAddr, StartError> {
        let bind = |source| StartError::Bind { address: self.config.listen, source };
        let listener = TcpListener::bind(self.config.listen).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        self.rooms.reachable_at(format!("http://{}{}", reachable(address), self.config.base_path.as_str()));
        // Before anybody is let in: a page that comes back is to find its terminal, and the rest of its output.
        self.rooms.restore().await;
        // A keystroke's answer is a small packet that must not wait for a larger one.
        let listener = listener.tap_io(|connection| {
            if let Err(error) = connection.set_nodelay(true) {
                warn!(%error, "a connection keeps its delay");
            }
        });
        let application = self.application(address.port()).into_make_service_with_connect_info::<SocketAddr>();
        let stop = CancellationToken::new();
        let serve = axum::serve(listener, application).with_graceful_shutdown(stop.clone().cancelled_owned());
        let task = tokio::spawn(serve.into_future());
        self.rooms.tell_tracking();
        self.readiness.set(true);
        self.serving = Some(Serving { address, stop: stop.drop_guard(), task });
        Ok(address)
    }

    /// Returns the URL that opens the page, with the token if there is one; `None` before the server listens.
    pub fn url(&self) -> Option<String> {
        let address = reachable(self.serving.as_ref()?.address);
        let query = match &self.config.access {
            Access::Token(token) => format!("?{}", token.to_query()),
            Access::Open => String::new(),
        };
        Some(format!("http://{address}{}{query}", self.config.base_path.join("/")))
    }

    /// The tracker of every request that comes in over the socket.
    pub fn tracker(&self) -> &Arc<dyn Tracker> {
        self.rooms.tracker()
    }

    /// Ends the server: viewers are told, shells end unless a host holds them, telemetry is sent, open requests finish; all within 5 s.
    pub async fn shutdown(self) {
        self.readiness.set(false);
        if timeout(ROOMS_CLOSE, self.rooms.close()).await.is_err() {
            warn!("not everything was closed in time");
        }
        let Some(Serving { stop, mut task, .. }) = self.serving else { return };
        drop(stop);
        match timeout(REQUESTS_END, &mut task).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => warn!(%error, "the listener failed"),
            Ok(Err(error)) => warn!(%error, "the listener ended early"),
            // Dropping the rest is what the limit is for.
            Err(_) => task.abort(),
        }
    }

    fn application(&self, port: u16) -> axum::Router {
        let Config { base_path, page, .. } = &self.config;
        let public = self.site.as_ref().map(|site| site.public().clone()).unwrap_or_default();
        let vendor = self.site.as_ref().map(|site| site.vendor().clone()).unwrap_or_default();
        let (access, name, key) = (self.config.access.clone(), self.config.owner_name.clone(), self.key.clone());
        let auth = Auth::new(access, name, key, port, base_path, self.rooms.shares().clone())
            .with_metrics_token(self.config.metrics_token.clone());
        let places = Places::new(base_path.clone(), public);
        let gate = Gate::new(auth, self.config.allow_origins.clone(), places, self.rooms.is_there());
        let gate = Arc::new(gate.counting(self.rooms.metrics().clone()));
        let http = Http {
            base_path: base_path.clone(),
            site: self.site.clone(),
            shell: ShellProps {
                page: page.clone(),
                vendor: vendor.under(base_path.as_str()),
                reload_port: self.config.reload_port,
            },
            policy: Policy::new(self.config.reload_port),
            gate: Arc::clone(&gate),
            readiness: self.readiness.clone(),
        };
        let routes = http::router(&http, |routes| self.rooms.recorded(routes));
        http::guarded(self.rooms.application(routes), gate)
    }
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory is in use or not usable.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// What is stored cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Telemetry cannot be set up.
    #[error(transparent)]
    Telemetry(#[from] crate::telemetry::InitError),
    /// The name of an event is taken.
    #[error(transparent)]
    Event(#[from] NameTaken),
    /// An exporter has no thread.
    #[error("the thread of an exporter cannot be started: {0}")]
    Exporter(#[source] io::Error),
    /// The page cannot be served.
    #[error(transparent)]
    Site(#[from] MissingSite),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; choose another address with --listen")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

/// The address to open in a browser: "all addresses" is none.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
