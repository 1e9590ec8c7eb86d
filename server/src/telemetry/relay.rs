//! The relay: takes the spans that pages and programs post, and lets only what is valid, small and decent through.
//!
//! Nothing is forwarded byte by byte: a body is decoded, checked, redacted, stamped and encoded anew.

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::ResourceSpans;
use prost::Message;

use super::record::{Record, attribute, split, text};
use super::resource::Stamp;
use super::signal::Signal;

mod answer;
mod decode;
mod redact;
mod validate;

pub(super) use answer::RelayAnswer;
pub(super) use decode::Encoding;

/// The longest body on the wire.
pub(super) const MAX_BODY: usize = 512 << 10;
/// The longest body after decompression.
const MAX_DECODED: usize = 2 << 20;
/// How much longer than its compressed form a body may be.
const MAX_RATIO: usize = 100;
/// How deep JSON may nest.
const MAX_DEPTH: usize = 32;
/// How many spans one body may hold.
const MAX_SPANS: usize = 512;
/// How many attributes a span, event, link or resource keeps.
const MAX_ATTRIBUTES: usize = 64;
/// How long a text value stays, in bytes.
const MAX_VALUE: usize = 1 << 10;

/// The page's name for itself.
const PAGE_SERVICE: &str = "aetherterm-frontend";

/// What a program is called that does not say (OpenTelemetry, resource semantic conventions).
const UNKNOWN_SERVICE: &str = "unknown_service";

/// Who posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender<'a> {
    /// A page of ours, or a program with the server's token.
    Page,
    /// A program in the terminal with this id.
    Program(&'a str),
}

/// Takes one body of `POST /v1/traces` and returns the spans that may pass, with the answer for the sender.
pub(super) fn accept(
    body: &Bytes,
    content_type: Option<&str>,
    content_encoding: Option<&str>,
    (sender, stamp): (Sender<'_>, &Stamp),
    now: std::time::SystemTime,
) -> (RelayAnswer, Vec<Record>) {
    let Some(encoding) = Encoding::of(content_type) else {
        let problem = "the content type must be application/json or application/x-protobuf";
        return (RelayAnswer::refused(Encoding::Json, http::StatusCode::UNSUPPORTED_MEDIA_TYPE, problem), Vec::new());
    };
    let decoded = match decode::decode(body, encoding, content_encoding) {
        Ok(decoded) => decoded,
        Err(refusal) => return (RelayAnswer::refused(encoding, refusal.status(), refusal.to_string()), Vec::new()),
    };
    let mut rejected = decoded.rejected;
    let mut batch = decoded.batch;
    for of_resource in &mut batch {
        let resource = of_resource.resource.get_or_insert_default();
        redact::attributes(&mut resource.attributes, &mut resource.dropped_attributes_count);
        match sender {
            Sender::Page => claim(resource, stamp),
            Sender::Program(terminal) => mark(resource, stamp, terminal),
        }
        clean(of_resource, now, &mut rejected);
    }
    let body = ExportTraceServiceRequest { resource_spans: batch }.encode_to_vec();
    let records = split(Signal::Traces, body.into()).expect("what was encoded just now can be decoded");
    (RelayAnswer::accepted(encoding, rejected), records)
}

/// Spans that were left out, and the first reason.
#[derive(Debug, Default, PartialEq, Eq)]
struct Rejected {
    spans: u64,
    reason: Option<String>,
}

impl Rejected {
    fn add(&mut self, reason: impl Into<String>) {
        self.spans += 1;
        self.reason.get_or_insert_with(|| reason.into());
    }
}

fn clean(of_resource: &mut ResourceSpans, now: std::time::SystemTime, rejected: &mut Rejected) {
    for of_scope in &mut of_resource.scope_spans {
        if let Some(scope) = &mut of_scope.scope {
            redact::attributes(&mut scope.attributes, &mut scope.dropped_attributes_count);
        }
        of_scope.spans.retain_mut(|span| match validate::span(span, now) {
            Ok(()) => {
                redact::span(span);
                true
            }
            Err(reason) => {
                rejected.add(reason);
                false
            }
        });
    }
}

/// Says whose resource it is: the sender keeps its name unless that is the server's, and takes ours for the rest.
fn claim(resource: &mut Resource, stamp: &Stamp) {
    let name = text(&resource.attributes, "service.name").filter(|name| !name.is_empty() && *name != stamp.server_name);
    let name = name.unwrap_or(PAGE_SERVICE).to_owned();
    let ours = [
        ("service.name", name.as_str()),
        ("service.namespace", stamp.namespace),
        ("service.version", stamp.version),
        ("deployment.environment.name", stamp.environment.as_str()),
    ];
    resource.attributes.retain(|attribute| ours.iter().all(|(key, _)| *key != attribute.key));
    resource.attributes.extend(ours.map(|(key, value)| attribute(key, value)));
}

/// Says in which terminal a program ran. What it says of itself stays, except that it cannot be the server or a page.
fn mark(resource: &mut Resource, stamp: &Stamp, terminal: &str) {
    let ours = |name: &&str| !name.is_empty() && *name != stamp.server_name && *name != PAGE_SERVICE;
    let name = text(&resource.attributes, "service.name").filter(ours).unwrap_or(UNKNOWN_SERVICE).to_owned();
    let said = [("service.name", name.as_str()), ("socketio.terminal_id", terminal)];
    resource.attributes.retain(|attribute| said.iter().all(|(key, _)| *key != attribute.key));
    resource.attributes.extend(said.map(|(key, value)| attribute(key, value)));
}

#[cfg(test)]
mod tests;
