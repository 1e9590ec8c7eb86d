//! A collector of log records and spans, in Protobuf as the server sends them.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, extract::State, routing::post};
use opentelemetry_proto::tonic::{
    collector::{logs::v1::ExportLogsServiceRequest, trace::v1::ExportTraceServiceRequest},
    common::v1::{KeyValue, any_value::Value},
    logs::v1::LogRecord,
    trace::v1::Span,
};
use prost::Message;
use tokio::net::TcpListener;

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub struct Collector {
    pub address: SocketAddr,
    taken: Arc<Mutex<Vec<Logged>>>,
    spans: Arc<Mutex<Vec<Span>>>,
}

/// A record and who made it.
#[derive(Clone, Debug)]
pub struct Logged {
    pub service: String,
    /// The terminal in which it ran.
    pub terminal: Option<String>,
    pub scope: String,
    pub record: LogRecord,
}

impl Collector {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let collector = Self { address: listener.local_addr().unwrap(), taken: Arc::default(), spans: Arc::default() };
        let app = Router::new().route("/v1/logs", post(receive)).route("/v1/traces", post(receive_spans));
        let app = app.with_state(collector.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        collector
    }

    pub fn taken(&self) -> Vec<Logged> {
        self.taken.lock().unwrap().clone()
    }

    /// The spans of that name, in the order in which they came.
    pub fn spans(&self, name: &str) -> Vec<Span> {
        self.spans.lock().unwrap().iter().filter(|span| span.name == name).cloned().collect()
    }

    /// The first record of a service whose text begins so, once it has come.
    pub async fn record(&self, service: &str, beginning: &str) -> Logged {
        let started = Instant::now();
        loop {
            let taken = self.taken();
            let found = taken.iter().find(|logged| logged.service == service && logged.text().starts_with(beginning));
            if let Some(found) = found {
                return found.clone();
            }
            let said: Vec<_> = taken.iter().map(|logged| (&logged.service, logged.text())).collect();
            assert!(started.elapsed() < PATIENCE, "no {beginning} of {service} in {said:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Logged {
    /// What it says.
    pub fn text(&self) -> &str {
        match self.record.body.as_ref().and_then(|body| body.value.as_ref()) {
            Some(Value::StringValue(text)) => text,
            _ => "",
        }
    }

    /// An attribute as text.
    pub fn attribute(&self, key: &str) -> Option<String> {
        attribute(&self.record.attributes, key)
    }

    /// The trace and the span it was written in, as they are written.
    pub fn ids(&self) -> (String, String) {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        (hex(&self.record.trace_id), hex(&self.record.span_id))
    }
}

async fn receive(State(collector): State<Collector>, body: Bytes) {
    let request = ExportLogsServiceRequest::decode(body).unwrap();
    for of_resource in request.resource_logs {
        let who = of_resource.resource.unwrap().attributes;
        let (service, terminal) = (attribute(&who, "service.name").unwrap(), attribute(&who, "socketio.terminal_id"));
        for of_scope in of_resource.scope_logs {
            let scope = of_scope.scope.map(|scope| scope.name).unwrap_or_default();
            let logged =
                |record| Logged { service: service.clone(), terminal: terminal.clone(), scope: scope.clone(), record };
            collector.taken.lock().unwrap().extend(of_scope.log_records.into_iter().map(logged));
        }
    }
}

async fn receive_spans(State(collector): State<Collector>, body: Bytes) {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let scopes = request.resource_spans.into_iter().flat_map(|of_resource| of_resource.scope_spans);
    collector.spans.lock().unwrap().extend(scopes.flat_map(|of_scope| of_scope.spans));
}

pub fn attribute(attributes: &[KeyValue], key: &str) -> Option<String> {
    let attribute = attributes.iter().find(|attribute| attribute.key == key)?;
    Some(match attribute.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => text.clone(),
        Value::BoolValue(value) => value.to_string(),
        Value::IntValue(value) => value.to_string(),
        Value::DoubleValue(value) => value.to_string(),
        other => format!("{other:?}"),
    })
}
