//! How the SDK's OTLP exporter hands over what it has encoded: to an HTTP client that never touches a network.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use opentelemetry_http::{HttpClient, HttpError, Request, Response};

use super::signal::Signal;

/// The address to give to an exporter. Explicit, or it would take the backend's from the environment, and with it the
/// credentials.
pub(super) fn address(signal: Signal) -> String {
    format!("http://outbox.invalid{}", signal.path())
}

/// The client: it keeps the body for the thread that caused it.
///
/// It always answers 200. An exporter that was told of a failure would sleep and send again, and what the outbox cannot
/// take is counted there.
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
