//! The server's own requests: a span each, and its context in the answer.

use std::borrow::Cow;

use app::redact;
use app::trace::{Extracted, Sampling, SpanContext, b3};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use opentelemetry::Context;
use opentelemetry_instrumentation_tower::http::extractors::{AxumMatchedPathExtractor, NoOpExtractor};
use opentelemetry_instrumentation_tower::http::server::{Layer, LayerBuilder};

use crate::telemetry::propagator;

/// Query parameters whose values are never recorded beside those that every list of secrets has: what opens a session, and the
/// connection ids of Engine.IO.
const SENSITIVE: [&str; 5] = ["share", "sid", "sig", "code", "state"];

/// The OpenTelemetry layer for pages and API.
pub type HttpLayer = Layer<AxumMatchedPathExtractor, NoOpExtractor, NoOpExtractor>;

/// The address as it came, while it is recorded without its secrets.
#[derive(Clone)]
struct Original(Uri);

/// Middleware that hides what is secret in the query from [`http_layer`], which knows names only as they are written. It stands
/// outside of it, and [`show_secrets`] inside.
pub async fn hide_secrets(mut request: Request, next: Next) -> Response {
    if let Some(clean) = without_secrets(request.uri()) {
        let original = std::mem::replace(request.uri_mut(), clean);
        request.extensions_mut().insert(Original(original));
    }
    next.run(request).await
}

/// Middleware that gives handlers the address as it came.
pub async fn show_secrets(mut request: Request, next: Next) -> Response {
    if let Some(Original(uri)) = request.extensions_mut().remove() {
        *request.uri_mut() = uri;
    }
    next.run(request).await
}

/// An address without the secrets in its query; nothing where there are none.
fn without_secrets(uri: &Uri) -> Option<Uri> {
    let query = uri.query()?;
    let clean: Vec<_> = query.split('&').map(clean_pair).collect();
    if clean.iter().all(|pair| matches!(pair, Cow::Borrowed(_))) {
        return None;
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = format!("{}?{}", uri.path(), clean.join("&")).parse().ok();
    // What could not be written would be no address at all rather than one with a secret.
    Some(Uri::from_parts(parts).unwrap_or_default())
}

/// `name=value` as it is written, or without what is secret in it.
fn clean_pair(pair: &str) -> Cow<'_, str> {
    let Some((name, value)) = form_urlencoded::parse(pair.as_bytes()).next() else { return pair.into() };
    if redact::without_secrets(&name).is_some() {
        return redact::REDACTED.to_owned().into();
    }
    let is_secret =
        SENSITIVE.contains(&&*name) || redact::is_secret_key(&name) || redact::without_secrets(&value).is_some();
    if !is_secret {
        return pair.into();
    }
    let written = pair.split('=').next().unwrap_or_default();
    format!("{written}={}", redact::REDACTED).into()
}

/// Makes the layer that records requests. Add it with [`axum::Router::layer`] after the routes and after
/// `telemetry::init`, and not around telemetry's own routes: they would record themselves.
pub fn http_layer() -> HttpLayer {
    LayerBuilder::builder()
        .with_metrics(false)
        .build()
        .expect("the builder checks nothing, its error is for versions to come")
}

/// Makes "debug" into "sampled" in the headers of who is no admin: only they may overrule the sampler.
pub fn lower_debug(headers: &mut HeaderMap) {
    let lowered = match b3::extract_with(|name| headers.get(name)?.to_str().ok()) {
        Extracted::Parent(context) if context.sampling == Sampling::Debug => {
            b3::single(&SpanContext { sampling: Sampling::Accept, ..context })
        }
        Extracted::Root(Sampling::Debug) => "1".to_owned(),
        Extracted::Parent(_) | Extracted::Root(_) | Extracted::None | Extracted::Invalid => return,
    };
    [b3::TRACE_ID, b3::SPAN_ID, b3::SAMPLED, b3::FLAGS].into_iter().for_each(|name| drop(headers.remove(name)));
    let lowered = HeaderValue::try_from(lowered).expect("hexadecimal digits, dashes and a digit are fit for a header");
    headers.insert(b3::SINGLE, lowered);
}

/// Middleware that names the request's span in the answer, as `traceparent` and for the browser's Network tab as
/// `Server-Timing`. It stands inside [`http_layer`].
pub async fn trace_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(context) = propagator::span_context(&Context::current()) {
        let traceparent = app::trace::w3c::traceparent(&context);
        let timing = HeaderValue::try_from(format!("traceparent;desc=\"{traceparent}\""));
        if let (Ok(traceparent), Ok(timing)) = (HeaderValue::try_from(traceparent), timing) {
            let headers = response.headers_mut();
            headers.insert(HeaderName::from_static(app::trace::w3c::TRACEPARENT), traceparent);
            headers.append(HeaderName::from_static("server-timing"), timing);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, expected: &str) {
        let uri: Uri = address.parse().unwrap();
        assert_eq!(without_secrets(&uri).unwrap_or(uri).to_string(), expected);
    }

    #[test]
    fn what_is_secret_in_a_query_is_known_by_its_name_and_by_its_look() {
        check("/monitor", "/monitor");
        check("/api/traces?event=a%20b&limit=5", "/api/traces?event=a%20b&limit=5");
        for name in ["token", "share", "sid", "sig", "code", "state", "password", "api_key", "Api-Key", "api%5Fkey"] {
            check(&format!("/x?a=1&{name}=secret&b"), &format!("/x?a=1&{name}=REDACTED&b"));
        }
        check("/x?q=Bearer+secret", "/x?q=REDACTED");
        check("/x?eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "/x?REDACTED");
        check("http://h/x?token=a=b", "http://h/x?token=REDACTED");
    }
}
