//! What a body holds: spans, log records or metrics, in the one shape that OTLP gives to all of them.

use std::time::SystemTime;

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::{Metric, ResourceMetrics, ScopeMetrics};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::{DecodeError, Message};
use serde::de::DeserializeOwned;

use super::{Rejected, redact, validate};
use crate::telemetry::{record::data_points, signal::Signal};

/// What one process or page has sent.
#[derive(Debug)]
pub(super) struct OfResource<T> {
    pub(super) resource: Option<Resource>,
    pub(super) schema_url: String,
    pub(super) scopes: Vec<OfScope<T>>,
}

/// What one instrumentation within it has made.
#[derive(Debug)]
pub(super) struct OfScope<T> {
    pub(super) scope: Option<InstrumentationScope>,
    pub(super) schema_url: String,
    pub(super) items: Vec<T>,
}

/// A span, a log record or a metric.
pub(super) trait Item: DeserializeOwned {
    /// The signal it belongs to.
    const SIGNAL: Signal;
    /// What it is called in messages.
    const NOUN: &'static str;

    /// Reads a body in Protobuf.
    fn read(body: Bytes) -> Result<Vec<OfResource<Self>>, DecodeError>;

    /// Writes a body in Protobuf.
    fn write(batch: Vec<OfResource<Self>>) -> Bytes;

    /// How much it counts: one, or its data points.
    fn weight(&self) -> usize;

    /// Checks it, cuts what is merely too long, and redacts; returns whether there is anything left of it.
    fn clean(&mut self, now: SystemTime, rejected: &mut Rejected) -> bool;
}

impl Item for Span {
    const SIGNAL: Signal = Signal::Traces;
    const NOUN: &'static str = "span";

    fn read(body: Bytes) -> Result<Vec<OfResource<Self>>, DecodeError> {
        let scope = |of: ScopeSpans| OfScope { scope: of.scope, schema_url: of.schema_url, items: of.spans };
        let resource = |of: ResourceSpans| {
            let scopes = of.scope_spans.into_iter().map(scope).collect();
            OfResource { resource: of.resource, schema_url: of.schema_url, scopes }
        };
        Ok(ExportTraceServiceRequest::decode(body)?.resource_spans.into_iter().map(resource).collect())
    }

    fn write(batch: Vec<OfResource<Self>>) -> Bytes {
        let scope = |of: OfScope<Self>| ScopeSpans { scope: of.scope, schema_url: of.schema_url, spans: of.items };
        let resource = |of: OfResource<Self>| {
            let scope_spans = of.scopes.into_iter().map(scope).collect();
            ResourceSpans { resource: of.resource, schema_url: of.schema_url, scope_spans }
        };
        let resource_spans = batch.into_iter().map(resource).collect();
        ExportTraceServiceRequest { resource_spans }.encode_to_vec().into()
    }

    fn weight(&self) -> usize {
        1
    }

    fn clean(&mut self, now: SystemTime, rejected: &mut Rejected) -> bool {
        match validate::span(self, now) {
            Ok(()) => redact::span(self),
            Err(reason) => {
                rejected.add(1, reason);
                return false;
            }
        }
        true
    }
}

impl Item for LogRecord {
    const SIGNAL: Signal = Signal::Logs;
    const NOUN: &'static str = "log record";

    fn read(body: Bytes) -> Result<Vec<OfResource<Self>>, DecodeError> {
        let scope = |of: ScopeLogs| OfScope { scope: of.scope, schema_url: of.schema_url, items: of.log_records };
        let resource = |of: ResourceLogs| {
            let scopes = of.scope_logs.into_iter().map(scope).collect();
            OfResource { resource: of.resource, schema_url: of.schema_url, scopes }
        };
        Ok(ExportLogsServiceRequest::decode(body)?.resource_logs.into_iter().map(resource).collect())
    }

    fn write(batch: Vec<OfResource<Self>>) -> Bytes {
        let scope = |of: OfScope<Self>| ScopeLogs { scope: of.scope, schema_url: of.schema_url, log_records: of.items };
        let resource = |of: OfResource<Self>| {
            let scope_logs = of.scopes.into_iter().map(scope).collect();
            ResourceLogs { resource: of.resource, schema_url: of.schema_url, scope_logs }
        };
        let resource_logs = batch.into_iter().map(resource).collect();
        ExportLogsServiceRequest { resource_logs }.encode_to_vec().into()
    }

    fn weight(&self) -> usize {
        1
    }

    fn clean(&mut self, now: SystemTime, rejected: &mut Rejected) -> bool {
        if let Err(reason) = validate::log(self, now) {
            rejected.add(1, reason);
            return false;
        }
        redact::log(self);
        true
    }
}

impl Item for Metric {
    const SIGNAL: Signal = Signal::Metrics;
    const NOUN: &'static str = "metric";

    fn read(body: Bytes) -> Result<Vec<OfResource<Self>>, DecodeError> {
        let scope = |of: ScopeMetrics| OfScope { scope: of.scope, schema_url: of.schema_url, items: of.metrics };
        let resource = |of: ResourceMetrics| {
            let scopes = of.scope_metrics.into_iter().map(scope).collect();
            OfResource { resource: of.resource, schema_url: of.schema_url, scopes }
        };
        Ok(ExportMetricsServiceRequest::decode(body)?.resource_metrics.into_iter().map(resource).collect())
    }

    fn write(batch: Vec<OfResource<Self>>) -> Bytes {
        let scope = |of: OfScope<Self>| ScopeMetrics { scope: of.scope, schema_url: of.schema_url, metrics: of.items };
        let resource = |of: OfResource<Self>| {
            let scope_metrics = of.scopes.into_iter().map(scope).collect();
            ResourceMetrics { resource: of.resource, schema_url: of.schema_url, scope_metrics }
        };
        let resource_metrics = batch.into_iter().map(resource).collect();
        ExportMetricsServiceRequest { resource_metrics }.encode_to_vec().into()
    }

    fn weight(&self) -> usize {
        data_points(self)
    }

    fn clean(&mut self, now: SystemTime, rejected: &mut Rejected) -> bool {
        // One that says nothing counts as one that says something wrong.
        let weight = self.weight().max(1) as u64;
        if let Err(reason) = validate::metric(self) {
            rejected.add(weight, reason);
            return false;
        }
        redact::metric(self);
        validate::points(self, now, rejected);
        self.weight() > 0
    }
}
