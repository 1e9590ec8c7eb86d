use std::time::Duration;

use app::{
    protocol::{
        Event,
        session::{UserRole, UserView},
    },
    tracking::{Capture, Settings as Tracking, SocketConnectionTracker},
};
use axum::{Extension, Router};
use futures_util::{SinkExt, StreamExt};
use opentelemetry::trace::{Status, TracerProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use socketioxide::{SocketIo, handler::ConnectHandler};
use tokio::{net::TcpListener, time::sleep};
use tokio_tungstenite::{connect_async, tungstenite::Message};
use tracing_subscriber::layer::SubscriberExt;

use super::*;
use crate::{
    auth::{Credential, Identity},
    socket::{
        Settings,
        answer::Reply,
        connect::{self, Arriving},
        hub::Hub,
    },
    telemetry::{self, LogConfig, TelemetryConfig},
    terminal::{Limits, Spawner, Terminals},
    workspace::Sessions,
};

/// A request whose handler does what it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "then")]
enum Behave {
    Answer,
    Panic,
    PanicLater,
    /// The right to answer is lost with who had it.
    PanicHanded,
    Hang,
    /// The right to answer is kept, and used by nobody.
    HangHanded,
    /// Answers with what the tracker shows of it.
    Look,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Behaved {
    seen: Option<Json>,
}

impl Event for Behave {
    const NAME: &'static str = "test:behave";
}

impl Event for Behaved {
    const NAME: &'static str = "test:behaved";
}

impl Request for Behave {
    type Response = Behaved;
    const TIMEOUT: Duration = Duration::from_millis(20);
}

fn behave(call: &Call, request: Behave) -> Result<Answer<Behaved>, Refusal> {
    match request {
        Behave::Answer => Ok(Reply::from(Behaved::default()).into()),
        Behave::Look => {
            let tracker = Arc::clone(&call.client.hub.tracker);
            Ok(Answer::later(async move {
                let seen = tracker.pending_requests().remove(0).data;
                Ok(Reply::from(Behaved { seen }))
            }))
        }
        Behave::Panic => panic!("as asked"),
        Behave::PanicLater => Ok(Answer::later(async { panic!("as asked") })),
        Behave::PanicHanded => Ok(Answer::handed(|_completion| panic!("as asked"))),
        Behave::Hang => Ok(Answer::later(std::future::pending())),
        Behave::HangHanded => Ok(Answer::handed(|completion| {
            let late = async move {
                sleep(3 * Behave::TIMEOUT).await;
                completion.finish(Ok(Behaved::default().into()));
            };
            tokio::spawn(late);
        })),
    }
}

/// Sends the requests one after the other over one connection; returns their acks and the tracker's counts of failures.
async fn acks(requests: &[Behave]) -> (Vec<Json>, u64, u64) {
    acks_with(Settings::default(), requests).await
}

async fn acks_with(settings: Settings, requests: &[Behave]) -> (Vec<Json>, u64, u64) {
    let tracking = Tracking { metrics: true, timeout_ms: 5_000, slow_ms: 1_000, max_pending: 100 };
    let terminals = Arc::new(Terminals::new(Spawner::Echo, Limits::default()));
    let tracker = Arc::new(SocketConnectionTracker::new(tracking, "test"));
    let lasting = crate::socket::Lasting::in_memory().unwrap();
    let hub = Arc::new(Hub::new(settings, Sessions::default(), terminals, lasting, tracker));
    let (layer, io) = SocketIo::new_layer();
    let register = {
        let hub = Arc::clone(&hub);
        move |arriving: Arriving| {
            let registered = connect::register(&hub, arriving, |door| door.on(behave));
            async move { registered }
        }
    };
    io.ns("/", (async || {}).with(register));
    let user = UserView { id: "ada".to_owned(), name: "Ada".to_owned(), role: UserRole::User };
    let identity = Identity { user, credential: Credential::Open };
    let router = Router::new().layer(layer).layer(Extension(identity));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });

    let (mut link, _) = connect_async(format!("ws://{address}/socket.io/?EIO=4&transport=websocket")).await.unwrap();
    link.send(Message::text("40")).await.unwrap();
    // An event that comes before CONNECT is answered ends the connection.
    while !link.next().await.expect("the connection is made").unwrap().to_text().unwrap().starts_with("40") {}
    let mut acks = Vec::new();
    for request in requests {
        link.send(Message::text(format!("427{}", json!(["test:behave", request])))).await.unwrap();
        let ack = loop {
            let frame = link.next().await.expect("the connection stays").unwrap();
            if let Some(ack) = frame.to_text().unwrap().strip_prefix("437") {
                break serde_json::from_str::<Json>(ack).unwrap();
            }
        };
        acks.push(ack[0].clone());
    }
    let metrics = hub.tracker.metrics(0);
    (acks, metrics.error_count, metrics.timeout_count)
}

#[tokio::test]
async fn a_handler_that_panics_is_our_fault_and_the_connection_stays() {
    let requests = [Behave::Panic, Behave::PanicLater, Behave::PanicHanded, Behave::Answer];
    let (acks, errors, _) = acks(&requests).await;
    let codes: Vec<_> = acks.iter().map(|ack| ack["error"]["code"].as_str()).collect();
    assert_eq!(codes, [Some("internal"), Some("internal"), Some("internal"), None]);
    assert_eq!(errors, 3);
}

#[tokio::test]
async fn a_handler_that_is_still_running_at_its_timeout_is_refused() {
    let (acks, _, timeouts) = acks(&[Behave::Hang, Behave::HangHanded, Behave::Answer]).await;
    let codes: Vec<_> = acks.iter().map(|ack| ack["error"]["code"].as_str()).collect();
    assert_eq!(codes, [Some("timeout"), Some("timeout"), None]);
    assert_eq!(timeouts, 2);
}

#[tokio::test]
async fn a_handler_that_fails_in_any_way_ends_its_span_in_error() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    let behaviour =
        [Behave::Panic, Behave::PanicLater, Behave::PanicHanded, Behave::Hang, Behave::HangHanded, Behave::Answer];
    acks(&behaviour).await;
    let ended = || {
        let spans = exporter.get_finished_spans().unwrap().into_iter();
        spans.filter(|span| span.name == "socketio.test:behave").collect::<Vec<_>>()
    };
    while ended().len() < behaviour.len() {
        tokio::task::yield_now().await;
    }
    let found = ended().into_iter().map(|span| {
        let attribute = |name: &str| {
            let pair = span.attributes.iter().find(|pair| pair.key.as_str() == name);
            pair.map(|pair| pair.value.to_string())
        };
        (matches!(span.status, Status::Error { .. }), attribute("error.type"), attribute("socketio.success"))
    });
    let failed = |code: &str| (true, Some(code.to_owned()), Some("false".to_owned()));
    let mut expected = ["internal", "internal", "internal", "timeout", "timeout"].map(failed).to_vec();
    expected.push((false, None, Some("true".to_owned())));
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn while_a_request_waits_the_tracker_shows_as_much_of_it_as_is_wanted() {
    for (payload, expected) in [
        (Capture::None, Json::Null),
        (Capture::Keys, json!({"then": "string"})),
        (Capture::Redacted, json!({"then": "look"})),
    ] {
        let (acks, ..) = acks_with(Settings { payload, ..Settings::default() }, &[Behave::Look]).await;
        assert_eq!(acks[0]["seen"], expected, "{payload:?}");
    }
}

#[tokio::test]
async fn a_timeout_is_counted_and_no_longer_pending() {
    let telemetry = telemetry::init(&TelemetryConfig::default(), &LogConfig::default()).unwrap();
    let metrics = telemetry.metrics().clone();
    let settings = Settings { metrics, ..Settings::default() };
    acks_with(settings, &[Behave::Hang, Behave::Answer]).await;
    let text = telemetry.exposition();
    for line in [
        "socketio_pending_requests 0",
        r#"socketio_requests_total{event_name="test:behave",side="server"} 2"#,
        r#"socketio_timeouts_total{event_name="test:behave",side="server"} 1"#,
        r#"socketio_errors_total{error_type="timeout",event_name="test:behave",side="server"} 1"#,
        r#"socketio_duration_seconds_bucket{event_name="test:behave",side="server",le="0.01"} 1"#,
        r#"socketio_duration_seconds_bucket{event_name="test:behave",side="server",le="+Inf"} 2"#,
    ] {
        assert!(text.lines().any(|there| there == line), "{line} is not in\n{text}");
    }
}
