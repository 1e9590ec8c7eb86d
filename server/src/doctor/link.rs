//! A Socket.IO client by HTTP long polling, as far as asking one thing after another needs it. Any program could do the same.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde_json::{Value, json};
use tokio::time::timeout;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What stands between the packets of one body (Engine.IO 4).
const BETWEEN: char = '\u{1e}';

/// A running server as a client sees it.
#[derive(Clone)]
pub(super) struct Target {
    client: Client,
    base: Url,
    bearer: Option<String>,
}

/// One connection to it.
pub(super) struct Link {
    target: Target,
    /// Where its packets go. The transport's id in it is a capability: it is shown to nobody.
    path: String,
    asked: u64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum LinkError {
    /// There is no HTTP client.
    #[error("no HTTP client can be made: {0}")]
    Client(#[source] reqwest::Error),
    /// Nobody answers at that address.
    #[error("the server cannot be reached: {}", cause(.0))]
    Unreachable(reqwest::Error),
    /// The token is not the server's.
    #[error("the server has answered 401: --token is missing, or not its token")]
    Unauthenticated,
    /// It does not answer to that name.
    #[error("the server has answered 403: it does not answer to that host name; see --allow-origin")]
    Forbidden,
    /// It is something else.
    #[error("the server has answered {0}: at that address there is no aetherterm; is a --base-path missing?")]
    NotOurs(StatusCode),
    /// It does not speak the protocol.
    #[error("what answers there does not speak Socket.IO")]
    Foreign,
    /// It does not connect.
    #[error("the server refuses the connection: {0}")]
    Refused(String),
    /// It says nothing.
    #[error("the server has not answered within {PATIENCE:?}")]
    Silent,
}

impl Target {
    /// Says where, and with which token.
    pub(super) fn new(mut base: Url, bearer: Option<String>) -> Result<Self, LinkError> {
        // An error means that a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(concat!("aetherterm/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(LinkError::Client)?;
        base.set_query(None);
        base.set_fragment(None);
        Ok(Self { client, base, bearer })
    }

    /// The address without anything secret in it.
    pub(super) fn shown(&self) -> String {
        let mut shown = self.base.clone();
        // These fail only for addresses that cannot have a user, which then have none.
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
        shown.to_string()
    }

    /// Asks for what lies under the base path.
    pub(super) async fn get(&self, path: &str) -> Result<(StatusCode, String), LinkError> {
        self.send(self.client.get(self.address(path))).await
    }

    async fn post(&self, path: &str, body: String) -> Result<(StatusCode, String), LinkError> {
        let request = self.client.post(self.address(path)).header("content-type", "text/plain;charset=UTF-8");
        self.send(request.body(body)).await
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base.as_str().trim_end_matches('/'))
    }

    async fn send(&self, request: RequestBuilder) -> Result<(StatusCode, String), LinkError> {
        let request = match &self.bearer {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let exchange = async {
            let answer = request.send().await?;
            Ok((answer.status(), answer.text().await?))
        };
        // The address has the transport's id in it.
        let unreachable = |error: reqwest::Error| LinkError::Unreachable(error.without_url());
        timeout(PATIENCE, exchange).await.map_err(|_| LinkError::Silent)?.map_err(unreachable)
    }
}

impl Link {
    /// Connects.
    pub(super) async fn open(target: &Target) -> Result<Self, LinkError> {
        let path = "/socket.io/?EIO=4&transport=polling";
        let body = well(target.get(path).await?)?;
        let open = body.strip_prefix('0').and_then(|open| serde_json::from_str::<Value>(open).ok());
        let id = open.as_ref().and_then(|open| open["sid"].as_str()).ok_or(LinkError::Foreign)?;
        let mut link = Self { target: target.clone(), path: format!("{path}&sid={id}"), asked: 0 };
        link.write("40".to_owned()).await?;
        link.find(|packet| match packet.get(..2) {
            Some("40") => Some(Ok(())),
            Some("44") => Some(Err(LinkError::Refused(packet[2..].to_owned()))),
            _ => None,
        })
        .await??;
        Ok(link)
    }

    /// Emits an event and returns its ack.
    pub(super) async fn ask(&mut self, event: &str, payload: &Value) -> Result<Value, LinkError> {
        self.asked += 1;
        let head = format!("43{}[", self.asked);
        self.write(format!("42{}{}", self.asked, json!([event, payload]))).await?;
        let ack = self.find(|packet| packet.starts_with(&head).then(|| packet[head.len() - 1..].to_owned())).await?;
        let mut ack: Value = serde_json::from_str(&ack).map_err(|_| LinkError::Foreign)?;
        Ok(ack[0].take())
    }

    /// Says goodbye.
    pub(super) async fn close(self) {
        // A connection that nobody closes is closed by the server after a while.
        let _ = self.write("41".to_owned()).await;
    }

    async fn write(&self, packet: String) -> Result<(), LinkError> {
        well(self.target.post(&self.path, packet).await?).map(drop)
    }

    /// Reads packets until one is what is looked for; the others are for those who watch terminals.
    async fn find<T>(&mut self, wanted: impl Fn(&str) -> Option<T>) -> Result<T, LinkError> {
        let search = async {
            loop {
                let body = well(self.target.get(&self.path).await?)?;
                for packet in body.split(BETWEEN) {
                    match wanted(packet) {
                        Some(found) => return Ok(found),
                        None if packet == "2" => self.write("3".to_owned()).await?,
                        None => {}
                    }
                }
            }
        };
        timeout(PATIENCE, search).await.map_err(|_| LinkError::Silent)?
    }
}

/// The body of an answer, if that is a good one.
fn well((status, body): (StatusCode, String)) -> Result<String, LinkError> {
    match status {
        StatusCode::OK => Ok(body),
        StatusCode::UNAUTHORIZED => Err(LinkError::Unauthenticated),
        StatusCode::FORBIDDEN => Err(LinkError::Forbidden),
        other => Err(LinkError::NotOurs(other)),
    }
}

/// The innermost reason, which is the one that a person can do something about.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
