//! A connection's beginning and end.

use std::{convert::Infallible, fmt, sync::Arc, time::Instant};

use app::{
    protocol::session::UserRole,
    trace::{self, Carrier, SpanContext},
};
use socketioxide::{
    adapter::LocalAdapter,
    extract::SocketRef,
    handler::{FromConnectParts, Value},
    socket::{DisconnectReason, Socket},
};
use tracing::info;

use super::{
    audience::ClientId,
    client::Client,
    exchange::{micros, protocol, record_subject},
    hub::Hub,
    incoming,
    lane::{Lane, Metered},
    tally::Oddity,
    traced::Door,
};
use crate::{
    auth::Identity,
    telemetry::{
        Handshake,
        span::{self, Connection, Outcome, RemoteTrust},
    },
};

/// A socket that asks to be connected.
pub(super) struct Arriving {
    socket: Arc<Socket>,
    carrier: Carrier,
    /// The size of its `auth`, in bytes.
    bytes: usize,
}

impl FromConnectParts<LocalAdapter> for Arriving {
    type Error = Infallible;

    fn from_connect_parts(socket: &Arc<Socket>, auth: &Option<Value>) -> Result<Self, Infallible> {
        let bytes = match auth {
            Some(Value::Str(json, _)) => json.len(),
            Some(Value::Bytes(bytes)) => bytes.len(),
            None => 0,
        };
        Ok(Self { socket: Arc::clone(socket), carrier: incoming::carrier_of(auth.as_ref()), bytes })
    }
}

/// Why a connection is not made, as the client is told.
#[derive(Clone, Copy, Debug)]
pub(super) enum NotConnected {
    /// The gate in front let somebody through without saying who it is.
    Unauthenticated,
    /// The server is ending.
    ShuttingDown,
}

impl fmt::Display for NotConnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unauthenticated => "unauthenticated",
            Self::ShuttingDown => "shutting_down",
        })
    }
}

/// Makes a window of a socket and fits its handlers. This runs before CONNECT is answered: an event that came earlier than
/// the handlers would be lost without an answer.
pub(super) fn register(hub: &Arc<Hub>, arriving: Arriving, fit: fn(&Door<'_>)) -> Result<(), NotConnected> {
    let began = Instant::now();
    let Arriving { socket, carrier, bytes } = arriving;
    let id = mint();
    let identity = socket.req_parts().extensions.get::<Identity>();
    let mut trust = RemoteTrust::new(identity.is_some_and(|identity| identity.user.role == UserRole::Admin));
    let connection = of(hub, &id, &socket);
    let span = span::connect_span(connection, bytes, trust.admit(trace::extract(&carrier), began));

    let result = span.in_scope(|| {
        let user = identity.ok_or(NotConnected::Unauthenticated)?.user.clone();
        if hub.is_closing() {
            return Err(NotConnected::ShuttingDown);
        }
        let metrics = hub.settings.metrics.clone();
        let lane = Lane::open(Metered { outlet: Arc::downgrade(&socket), metrics });
        let client = Client::join(Arc::clone(hub), Arc::clone(&id), user, lane, trust);
        record_subject(&span, &client.subject());
        let door = Door::new(&socket, &client);
        fit(&door);
        hub.extra.fit(&door);
        door.refuse_the_rest();
        let connected = span::context_of(&span);
        socket.on_disconnect(move |socket: SocketRef, reason: DisconnectReason| async move {
            client.hub.settings.metrics.disconnected(began.elapsed());
            disconnected(&client, &socket, reason, connected);
        });
        Ok(())
    });
    let (outcome, response) = match &result {
        Ok(()) => (Outcome::Success, "connect"),
        Err(NotConnected::Unauthenticated) => {
            (Outcome::Failure { code: "unauthenticated", message: "no identity" }, "connect_error")
        }
        Err(NotConnected::ShuttingDown) => {
            (Outcome::Failure { code: "shutting_down", message: "the server is ending" }, "connect_error")
        }
    };
    span::record_outcome(&span, outcome, Some(response), began.elapsed());
    hub.settings.metrics.handshake(match &result {
        Ok(()) => Handshake::Accepted,
        Err(NotConnected::Unauthenticated) => Handshake::Unauthenticated,
        Err(NotConnected::ShuttingDown) => Handshake::Error,
    });
    result
}

/// What a lost connection leaves behind: nothing but its shells.
fn disconnected(client: &Client, socket: &Socket, reason: DisconnectReason, connected: Option<SpanContext>) {
    let began = Instant::now();
    let span = span::disconnect_span(of(&client.hub, &client.id, socket), &reason.to_string(), connected);
    record_subject(&span, &client.subject());
    // Of what is no packet at all, the transport says so by this alone.
    if matches!(reason, DisconnectReason::PacketParsingError) {
        client.hub.tally.count(Oddity::NotAnEvent, &*client.hub.tracker);
    }
    span.in_scope(|| {
        client.leave();
        client.lane.close();
        let open = client.hub.tracker.disconnect(Some(&client.id), micros());
        if client.hub.settings.detailed_logging {
            open.iter().for_each(|settled| info!("{settled}"));
        }
        info!(client_id = &*client.id, %reason, pending = open.len(), "a window is gone");
    });
    span::record_outcome(&span, Outcome::Success, None, began.elapsed());
}

fn of<'a>(hub: &'a Hub, client_id: &'a str, socket: &Socket) -> Connection<'a> {
    Connection { client_id, protocol: protocol(socket), service: &hub.settings.service_name }
}

/// A public name for one connection.
fn mint() -> ClientId {
    let bits = getrandom::u64().expect("the system's random source works from boot on");
    format!("c_{bits:016x}").into()
}
