//! The server's own requests, measured: `http.server.request.duration` of the OpenTelemetry conventions.
//!
//! The layer that makes their spans could measure them too, but takes any method for a label that a client cares to invent.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;

use crate::telemetry::Metrics;

/// Middleware that measures each request that comes as far as a route. It stands outside of [`super::http_layer`].
pub async fn measure(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    measured(&metrics, route.as_ref().map(MatchedPath::as_str), request, next).await
}

/// Where the requests of Engine.IO are measured: its polling, and the beginning of its WebSockets. They never come as far as a
/// route, and have no spans: what they carry has its own.
#[derive(Clone, Debug)]
pub struct Transport {
    metrics: Metrics,
    path: Arc<str>,
}

impl Transport {
    /// Measures what begins with `path`, which is also the route in the label.
    pub fn new(metrics: Metrics, path: &str) -> Self {
        Self { metrics, path: path.into() }
    }
}

/// Middleware that measures Engine.IO's requests. It stands outside of the layer that answers them.
pub async fn measure_transport(State(transport): State<Transport>, request: Request, next: Next) -> Response {
    if request.uri().path().starts_with(&*transport.path) {
        measured(&transport.metrics, Some(&transport.path), request, next).await
    } else {
        next.run(request).await
    }
}

async fn measured(metrics: &Metrics, route: Option<&str>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = method(request.method());
    let response = next.run(request).await;
    metrics.http_request(method, route, response.status().as_u16(), began.elapsed());
    response
}

/// The method, or what the conventions call every unknown one.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::CONNECT => "CONNECT",
        Method::OPTIONS => "OPTIONS",
        Method::TRACE => "TRACE",
        Method::PATCH => "PATCH",
        _ => "_OTHER",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_that_a_client_invents_is_another() {
        assert_eq!(method(&Method::GET), "GET");
        assert_eq!(method(&Method::from_bytes(b"BREW").unwrap()), "_OTHER");
    }
}
