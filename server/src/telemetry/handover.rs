//! How the SDK's OTLP exporters hand over what they have encoded: as HTTP clients that never touch a network.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use opentelemetry_http::{HttpClient, HttpError, Request, Response};

use super::outbox::Outbox;
use super::signal::Signal;

/// The address to give to an exporter. Explicit, or it would take the backend's from the environment, and with it the
/// credentials.
pub(super) fn address(signal: Signal) -> String {
    format!("http://outbox.invalid{}", signal.path())
}

/// The client of an exporter whose records nobody has counted before: each body goes into the outbox at once.
///
/// It always answers 200. An exporter that was told of a failure would sleep and send again, and what the outbox cannot
/// take is counted there.
#[derive(Clone, Debug)]
pub(super) struct HandOver {
    outbox: Outbox,
    signal: Signal,
}

#[cfg_attr(not(test), expect(dead_code, reason = "for the exporters of metrics and logs"))]
impl HandOver {
    /// Makes the client for an exporter of this signal.
    pub(super) fn new(outbox: Outbox, signal: Signal) -> Self {
        Self { outbox, signal }
    }
}

#[async_trait::async_trait]
impl HttpClient for HandOver {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        if let Err(error) = self.outbox.hand_over(self.signal, request.into_body()) {
            tracing::warn!(signal = %self.signal, %error, "an exporter encodes what is not OTLP");
        }
        Ok(Response::new(Bytes::new()))
    }
}

/// The client of an exporter whose records are counted already: it keeps the body for the thread that caused it.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot(Arc<Mutex<Option<Bytes>>>);

impl Slot {
    /// Takes the body of the latest export, if there was one.
    pub(super) fn take(&self) -> Option<Bytes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[async_trait::async_trait]
impl HttpClient for Slot {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(request.into_body());
        Ok(Response::new(Bytes::new()))
    }
}
