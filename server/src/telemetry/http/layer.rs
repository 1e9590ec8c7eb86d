//! The server's own requests: a span each, and its context in the answer.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use opentelemetry::Context;
use opentelemetry_instrumentation_tower::http::extractors::{AxumMatchedPathExtractor, NoOpExtractor};
use opentelemetry_instrumentation_tower::http::server::{Layer, LayerBuilder};

use crate::telemetry::propagator;

/// Query parameters whose values are never recorded: credentials, and the connection ids of Engine.IO.
const SENSITIVE: [&str; 6] = ["token", "share", "sid", "sig", "code", "state"];

/// The OpenTelemetry layer for pages and API.
pub type HttpLayer = Layer<AxumMatchedPathExtractor, NoOpExtractor, NoOpExtractor>;

/// Makes the layer that records requests. Add it with [`axum::Router::layer`] after the routes and after
/// `telemetry::init`, and not around telemetry's own routes: they would record themselves.
pub fn http_layer() -> HttpLayer {
    LayerBuilder::builder()
        .with_sensitive_query_parameters(SENSITIVE)
        .with_metrics(false)
        .build()
        .expect("the builder checks nothing, its error is for versions to come")
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
