//! The parts of telemetry that `aetherterm doctor` tries, one by one: recording, the body that is sent, the backends.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post as route;
use http::{HeaderMap, StatusCode};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, any_value::Value};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;
use opentelemetry_proto::tonic::metrics::v1::{Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use reqwest::Url;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};
use tracing_subscriber::layer::SubscriberExt;

use super::config::{BackendConfig, TelemetryConfig};
use super::outbox::{Answer, Clients, post};
use super::record::{attribute, text};
use super::signal::Signal;
use super::{Telemetry, subscriber};

mod message;

/// How long a span may take through the pipeline.
const PATIENCE: Duration = Duration::from_secs(10);

/// The name of what is sent to try.
const NAME: &str = "telemetry.doctor";

/// What was posted, and the type it was said to have.
type Body = (Option<String>, Bytes);

/// A receiver in this process, for those who have no backend.
#[derive(Clone, Debug)]
pub struct Receiver {
    url: Url,
    bodies: Arc<Mutex<Vec<Body>>>,
}

impl Receiver {
    /// Starts one on a free port of this machine; it ends with the runtime.
    ///
    /// # Errors
    ///
    /// When there is no port.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}/v1/traces", listener.local_addr()?);
        let url = Url::parse(&address).expect("a socket's address makes an address");
        let receiver = Self { url, bodies: Arc::default() };
        let router = Router::new().route("/v1/traces", route(receive)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(receiver)
    }

    /// A backend that sends here.
    pub fn backend(&self) -> BackendConfig {
        BackendConfig::new("built-in", Signal::Traces, "the built-in receiver", self.url.clone())
    }

    fn bodies(&self) -> Vec<Body> {
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let content_type = headers.get("content-type").and_then(|value| value.to_str().ok()).map(str::to_owned);
    receiver.bodies.lock().unwrap_or_else(PoisonError::into_inner).push((content_type, body));
    StatusCode::OK
}

/// Records the span of a Socket.IO message with these settings, sends it to the receiver, and returns what was sent; the
/// settings' own backends get nothing of it.
///
/// # Errors
///
/// Says in a sentence what did not work.
pub async fn record(settings: &TelemetryConfig, receiver: &Receiver) -> Result<Recorded, String> {
    let backends = vec![receiver.backend()];
    let config = TelemetryConfig { backends, recording: true, spool: Default::default(), ..settings.clone() };
    let telemetry = Telemetry::start(&config).map_err(|error| error.to_string())?;
    let subscriber = tracing_subscriber::registry().with(subscriber::layer(&telemetry.inner.provider));
    tracing::subscriber::with_default(subscriber, message::record);
    let deadline = Instant::now() + PATIENCE;
    while receiver.bodies().is_empty() {
        if Instant::now() > deadline {
            return Err(format!("the span has not arrived within {PATIENCE:?}: {:?}", telemetry.ledger()));
        }
        sleep(Duration::from_millis(10)).await;
    }
    let local = telemetry.ledger().destinations.first().map_or(0, |destination| destination.exported);
    telemetry.shutdown(PATIENCE).await;
    let (content_type, body) = receiver.bodies().remove(0);
    Ok(Recorded { local, content_type, body })
}

/// A span as it was sent.
#[derive(Debug)]
pub struct Recorded {
    /// How many spans the local store has.
    pub local: u64,
    content_type: Option<String>,
    body: Bytes,
}

impl Recorded {
    /// Checks the body as a strict collector would, and returns what it says of who sends.
    ///
    /// # Errors
    ///
    /// Says in a sentence what is wrong with it.
    pub fn check(&self) -> Result<String, String> {
        if self.content_type.as_deref() != Some("application/x-protobuf") {
            return Err(format!("the content type is {:?}", self.content_type));
        }
        let request = ExportTraceServiceRequest::decode(self.body.clone()).map_err(|error| error.to_string())?;
        let of_resource = request.resource_spans.first().ok_or("the request is empty")?;
        let attributes =
            of_resource.resource.as_ref().map(|resource| resource.attributes.as_slice()).unwrap_or_default();
        for wanted in ["service.name", "service.version", "service.instance.id", "telemetry.sdk.name"] {
            if text(attributes, wanted).is_none_or(str::is_empty) {
                return Err(format!("the resource has no {wanted}"));
            }
        }
        let span =
            of_resource.scope_spans.first().and_then(|of_scope| of_scope.spans.first()).ok_or("there is no span")?;
        let is_id = |id: &[u8], length| id.len() == length && id.iter().any(|byte| *byte != 0);
        if !is_id(&span.trace_id, 16) || !is_id(&span.span_id, 8) {
            return Err("its ids are not valid".to_owned());
        }
        if span.end_time_unix_nano < span.start_time_unix_nano || span.start_time_unix_nano == 0 {
            return Err("its times are not what was recorded".to_owned());
        }
        message::check(span)?;
        Ok(text(attributes, "service.name").unwrap_or_default().to_owned())
    }
}

/// Sends one record to a backend, in the very way in which the outbox does.
///
/// # Errors
///
/// Says what was answered, or what has failed, and which setting to look at.
pub async fn send(backend: &BackendConfig) -> Result<(), String> {
    let address = backend.address();
    let client = Clients::default().of(&backend.tls).map_err(|error| error.to_string())?;
    let mut tries = 0;
    let problem = loop {
        tries += 1;
        match post(&client, backend, &sample(backend.signal)).await {
            Answer::Taken { rejected: 0, .. } => return Ok(()),
            Answer::Taken { said, .. } => {
                break format!("took the request and rejected the record: {}", said.unwrap_or_default());
            }
            Answer::Later { problem, .. } if tries < TRIES && is_hung_up(&problem) => {}
            Answer::Later { problem, .. } | Answer::Indigestible { problem } | Answer::Refused { problem } => {
                break problem;
            }
        }
    };
    Err(format!("{}: {address}: {problem}", suspect(backend, &problem)))
}

/// How often a backend is tried that hangs up without a word.
const TRIES: u32 = 5;

/// Whether nothing is known but that the connection is gone. With TLS 1.3 a backend refuses a client's certificate after the client
/// has shaken hands; whether its reason is read or the connection found closed first is chance.
fn is_hung_up(problem: &str) -> bool {
    ["connection was not ready", "connection closed"].iter().any(|words| problem.contains(words))
}

/// The setting that a problem points at.
fn suspect(backend: &BackendConfig, problem: &str) -> String {
    let is_standard = backend.setting.starts_with("OTEL_EXPORTER_OTLP_");
    if problem.contains("answered 401") || problem.contains("answered 403") {
        return match backend.setting.as_str() {
            "VITE_TELEMETRY_ENDPOINT" => "VITE_TELEMETRY_HEADERS".to_owned(),
            "VITE_OPENOBSERVE_ENDPOINT" => "VITE_OPENOBSERVE_USER, VITE_OPENOBSERVE_PASS".to_owned(),
            _ if is_standard => "OTEL_EXPORTER_OTLP_HEADERS".to_owned(),
            other => other.replacen("endpoint of", "headers of", 1),
        };
    }
    let problem = problem.to_ascii_lowercase();
    if problem.contains("certificaterequired") {
        // It asks who comes, and has not been told.
        return match &backend.tls.client {
            Some((_, certificate)) => certificate.setting.clone(),
            None if is_standard => "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE".to_owned(),
            None => backend.setting.clone(),
        };
    }
    if problem.contains("certificate") {
        return match &backend.tls.trusted {
            Some(file) => file.setting.clone(),
            None if is_standard => "OTEL_EXPORTER_OTLP_CERTIFICATE".to_owned(),
            None => backend.setting.clone(),
        };
    }
    backend.setting.clone()
}

/// A request with one record.
fn sample(signal: Signal) -> Bytes {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos() as u64;
    let resource = || {
        let attributes = vec![attribute("service.name", "aetherterm-doctor")];
        Some(Resource { attributes, ..Resource::default() })
    };
    let body = match signal {
        Signal::Traces => {
            let id: [u8; 16] = getrandom::u64().map_or([1; 16], |random| {
                let half = (random | 1).to_be_bytes();
                std::array::from_fn(|index| half[index % 8])
            });
            let span = Span {
                trace_id: id.to_vec(),
                span_id: id[..8].to_vec(),
                name: NAME.to_owned(),
                kind: 1,
                start_time_unix_nano: now,
                end_time_unix_nano: now,
                ..Span::default()
            };
            let scope_spans = vec![ScopeSpans { spans: vec![span], ..ScopeSpans::default() }];
            let of_resource = ResourceSpans { resource: resource(), scope_spans, ..ResourceSpans::default() };
            ExportTraceServiceRequest { resource_spans: vec![of_resource] }.encode_to_vec()
        }
        Signal::Logs => {
            let body = Some(AnyValue { value: Some(Value::StringValue(NAME.to_owned())) });
            let record = LogRecord { time_unix_nano: now, severity_number: 9, body, ..LogRecord::default() };
            let scope_logs = vec![ScopeLogs { log_records: vec![record], ..ScopeLogs::default() }];
            let of_resource = ResourceLogs { resource: resource(), scope_logs, ..ResourceLogs::default() };
            ExportLogsServiceRequest { resource_logs: vec![of_resource] }.encode_to_vec()
        }
        Signal::Metrics => {
            let point = NumberDataPoint { time_unix_nano: now, value: Some(Number::AsInt(1)), ..Default::default() };
            let data = Some(Data::Gauge(Gauge { data_points: vec![point] }));
            let metric = Metric { name: "aetherterm.doctor".to_owned(), data, ..Metric::default() };
            let scope_metrics = vec![ScopeMetrics { metrics: vec![metric], ..ScopeMetrics::default() }];
            let of_resource = ResourceMetrics { resource: resource(), scope_metrics, ..ResourceMetrics::default() };
            ExportMetricsServiceRequest { resource_metrics: vec![of_resource] }.encode_to_vec()
        }
    };
    body.into()
}
