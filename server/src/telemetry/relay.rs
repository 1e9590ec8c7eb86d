//! The relay: takes the spans, log records and metrics that pages and programs post, and lets only what is valid, small and decent through.
//!
//! Nothing is forwarded byte by byte: a body is decoded, checked, redacted, stamped and encoded anew.

use std::time::SystemTime;

use bytes::Bytes;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;

use super::metrics::{Added, Registry};
use super::record::{Record, attribute, split, text};
use super::resource::Stamp;

mod answer;
mod decode;
mod extent;
mod item;
pub(super) mod redact;
mod validate;

pub(super) use answer::RelayAnswer;
pub(super) use decode::Encoding;
use item::{Item, OfResource};

/// The longest body on the wire.
pub(super) const MAX_BODY: usize = 512 << 10;
/// The longest body after decompression.
const MAX_DECODED: usize = 2 << 20;
/// How much longer than its compressed form a body may be.
const MAX_RATIO: usize = 100;
/// How deep JSON may nest.
const MAX_DEPTH: usize = 32;
/// How many spans, log records or data points one body may hold.
const MAX_ITEMS: usize = 512;
/// How many values, such as attributes, one body may hold in all: four for each attribute of as many spans as may be.
const MAX_PARTS: usize = 4 * MAX_ATTRIBUTES * MAX_ITEMS;
/// How many attributes a span, event, link, log record, data point or resource keeps.
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

/// One body as it was posted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Post<'a> {
    pub(super) body: &'a Bytes,
    pub(super) content_type: Option<&'a str>,
    pub(super) content_encoding: Option<&'a str>,
    pub(super) sender: Sender<'a>,
}

/// Takes a body of `POST /v1/traces`; returns the answer for the sender, and the spans that may pass.
pub(super) fn traces(post: Post<'_>, stamp: &Stamp, now: SystemTime) -> (RelayAnswer, Vec<Record>) {
    match Opened::<Span>::open(post, stamp, now) {
        Ok(opened) => opened.close(),
        Err(refused) => (refused, Vec::new()),
    }
}

/// Takes a body of `POST /v1/logs`; returns the answer for the sender, and the log records that may pass.
pub(super) fn logs(post: Post<'_>, stamp: &Stamp, now: SystemTime) -> (RelayAnswer, Vec<Record>) {
    match Opened::<LogRecord>::open(post, stamp, now) {
        Ok(opened) => opened.close(),
        Err(refused) => (refused, Vec::new()),
    }
}

/// Takes a body of `POST /v1/metrics`; returns the answer for the sender, and the metrics that may pass. What a page has
/// counted of ours is added to ours and goes no further by itself; nothing is, nor passes, of a body that is not new.
pub(super) fn metrics(
    post: Post<'_>,
    stamp: &Stamp,
    now: SystemTime,
    registry: &Registry,
    is_new: impl FnOnce() -> bool,
) -> (RelayAnswer, Vec<Record>) {
    match Opened::<Metric>::open(post, stamp, now) {
        Ok(mut opened) => {
            if post.sender == Sender::Page && !opened.is_empty() {
                let is_new = is_new();
                opened.keep(|metric, rejected| {
                    is_new
                        && match registry.add(metric) {
                            Added::Unknown => true,
                            Added::But(points, reason) => {
                                reason.into_iter().for_each(|reason| rejected.add(points, reason));
                                false
                            }
                        }
                });
            }
            opened.close()
        }
        Err(refused) => (refused, Vec::new()),
    }
}

/// A body that has been read, with what may pass of it.
struct Opened<T> {
    encoding: Encoding,
    batch: Vec<OfResource<T>>,
    rejected: Rejected,
}

impl<T: Item> Opened<T> {
    fn open(post: Post<'_>, stamp: &Stamp, now: SystemTime) -> Result<Self, RelayAnswer> {
        let Post { body, content_type, content_encoding, sender } = post;
        let encoding = Encoding::of(content_type).ok_or_else(|| {
            let problem = "the content type must be application/json or application/x-protobuf";
            RelayAnswer::refused(Encoding::Json, http::StatusCode::UNSUPPORTED_MEDIA_TYPE, problem)
        })?;
        let decoded = decode::decode(body, encoding, content_encoding)
            .map_err(|refusal| RelayAnswer::refused(encoding, refusal.status(), refusal.to_string()))?;
        let mut opened = Self { encoding, batch: decoded.batch, rejected: decoded.rejected };
        for of_resource in &mut opened.batch {
            let resource = of_resource.resource.get_or_insert_default();
            redact::attributes(&mut resource.attributes, &mut resource.dropped_attributes_count);
            match sender {
                Sender::Page => claim(resource, stamp),
                Sender::Program(terminal) => mark(resource, stamp, terminal),
            }
            for scope in of_resource.scopes.iter_mut().filter_map(|of_scope| of_scope.scope.as_mut()) {
                redact::attributes(&mut scope.attributes, &mut scope.dropped_attributes_count);
            }
        }
        opened.keep(|item, rejected| item.clean(now, rejected));
        Ok(opened)
    }

    fn keep(&mut self, mut keep: impl FnMut(&mut T, &mut Rejected) -> bool) {
        let Self { batch, rejected, .. } = self;
        for of_scope in batch.iter_mut().flat_map(|of_resource| &mut of_resource.scopes) {
            of_scope.items.retain_mut(|item| keep(item, rejected));
        }
    }

    fn is_empty(&self) -> bool {
        self.batch.iter().flat_map(|of_resource| &of_resource.scopes).all(|of_scope| of_scope.items.is_empty())
    }

    fn close(self) -> (RelayAnswer, Vec<Record>) {
        let Self { encoding, batch, rejected } = self;
        let records = split(T::SIGNAL, T::write(batch)).expect("what was encoded just now can be decoded");
        (RelayAnswer::accepted(encoding, T::SIGNAL, rejected), records)
    }
}

/// Spans, log records or data points that were left out, and the first reason.
#[derive(Debug, Default, PartialEq, Eq)]
struct Rejected {
    items: u64,
    reason: Option<String>,
}

impl Rejected {
    fn add(&mut self, items: u64, reason: impl Into<String>) {
        self.items += items;
        self.reason.get_or_insert_with(|| reason.into());
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
