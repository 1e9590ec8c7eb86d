//! The task that posts one signal to one backend: batches, retries for a while, counts, and never makes anybody wait.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use flate2::Compression as Level;
use flate2::write::GzEncoder;
use http::{StatusCode, header};
use prost::Message;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::telemetry::config::{BackendConfig, BatchConfig, Compression};
use crate::telemetry::ledger::{Ledger, Reason};
use crate::telemetry::record::{Record, join, weigh};

/// The pause after the first failure; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause between two attempts.
const MAX_PAUSE: Duration = Duration::from_secs(10);
/// An answer is only read for its count of rejected records.
const MAX_ANSWER: usize = 64 << 10;

/// A backend with everything its task needs.
pub(super) struct Backend {
    pub(super) config: BackendConfig,
    pub(super) batch: BatchConfig,
    pub(super) client: reqwest::Client,
    pub(super) ledger: Arc<Ledger>,
    /// Its account in the ledger.
    pub(super) account: usize,
    /// Cancelled when the server stops: no more waiting for better times.
    pub(super) closing: CancellationToken,
}

/// How one attempt ended.
enum Attempt {
    /// The backend has the batch, except for so many records.
    Done { rejected: u64 },
    /// Not now; the backend may say when.
    Later { pause: Option<Duration>, problem: String },
    /// Never.
    Refused { problem: String },
}

impl Backend {
    /// Sends what arrives until the queue is closed and empty.
    pub(super) async fn run(self, mut queue: Receiver<Record>) {
        // The first batch leaves at once: it carries the self-test, whose result somebody is waiting for.
        let mut delay = Duration::ZERO;
        loop {
            let mut batch = Vec::with_capacity(self.batch.max_batch);
            if queue.recv_many(&mut batch, self.batch.max_batch).await == 0 {
                return;
            }
            let deadline = Instant::now() + delay;
            while batch.len() < self.batch.max_batch && !self.closing.is_cancelled() {
                let room = self.batch.max_batch - batch.len();
                tokio::select! {
                    received = timeout_at(deadline, queue.recv_many(&mut batch, room)) => match received {
                        Ok(0) | Err(_) => break,
                        Ok(_) => {}
                    },
                    () = self.closing.cancelled() => break,
                }
            }
            self.deliver(&batch).await;
            delay = self.batch.schedule_delay;
        }
    }

    async fn deliver(&self, batch: &[Record]) {
        let account = self.ledger.account(self.account);
        let records = weigh(batch);
        let body = self.encode(batch);
        let deadline = Instant::now() + self.batch.export_timeout;
        let mut pause = FIRST_PAUSE;
        loop {
            match self.attempt(body.clone()).await {
                Attempt::Done { rejected } => {
                    let rejected = rejected.min(records);
                    account.exported(records - rejected);
                    account.dropped(rejected, Reason::Rejected);
                    self.report(Ok(()));
                    return;
                }
                Attempt::Refused { problem } => {
                    account.dropped(records, Reason::Rejected);
                    self.report(Err(problem));
                    return;
                }
                Attempt::Later { pause: asked, problem } => {
                    self.report(Err(problem));
                    let next = Instant::now() + asked.unwrap_or_else(|| jittered(pause));
                    if self.closing.is_cancelled() || next > deadline {
                        let closing = self.closing.is_cancelled();
                        account.dropped(records, if closing { Reason::Shutdown } else { Reason::Unreachable });
                        return;
                    }
                    tokio::select! {
                        () = sleep_until(next) => {}
                        () = self.closing.cancelled() => {}
                    }
                    pause = (pause * 2).min(MAX_PAUSE);
                }
            }
        }
    }

    async fn attempt(&self, body: Bytes) -> Attempt {
        let mut request = self
            .client
            .post(self.config.url.clone())
            .timeout(self.config.timeout)
            .headers(self.config.headers.clone())
            .header(header::CONTENT_TYPE, "application/x-protobuf")
            .body(body);
        if self.config.compression == Compression::Gzip {
            request = request.header(header::CONTENT_ENCODING, "gzip");
        }
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Attempt::Later { pause: None, problem: cause(error) },
        };
        let status = response.status();
        if status.is_success() {
            return Attempt::Done { rejected: rejected(&mut response).await };
        }
        let problem = format!("answered {status}");
        match status {
            StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => {
                let asked = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
                Attempt::Later { pause: asked.and_then(retry_after), problem }
            }
            _ => Attempt::Refused { problem },
        }
    }

    fn encode(&self, batch: &[Record]) -> Bytes {
        let body = join(batch);
        match self.config.compression {
            Compression::None => body,
            Compression::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Level::fast());
                let written = encoder.write_all(&body).and_then(|()| encoder.finish());
                written.expect("writing to a vector does not fail").into()
            }
        }
    }

    /// Logs how exporting goes, once per change; the first line is the result of the self-test.
    fn report(&self, outcome: Result<(), String>) {
        let BackendConfig { name, signal, variable, .. } = &self.config;
        let address = self.config.address();
        if self.ledger.account(self.account).outcome(outcome.clone()) {
            match outcome {
                Ok(()) => info!(backend = name, %signal, address, "export ok"),
                Err(problem) => warn!(backend = name, %signal, address, variable, "export failed: {problem}"),
            }
        }
    }
}

/// The answers of the three signals, which have the same shape.
#[derive(Clone, PartialEq, Message)]
struct Response {
    #[prost(message, optional, tag = "1")]
    partial_success: Option<PartialSuccess>,
}

#[derive(Clone, PartialEq, Message)]
struct PartialSuccess {
    #[prost(int64, tag = "1")]
    rejected: i64,
    #[prost(string, tag = "2")]
    message: String,
}

/// How many records a success left out.
async fn rejected(response: &mut reqwest::Response) -> u64 {
    let mut answer = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        if answer.len() + chunk.len() > MAX_ANSWER {
            return 0;
        }
        answer.extend_from_slice(&chunk);
    }
    let partial = Response::decode(answer.as_slice()).ok().and_then(|answer| answer.partial_success);
    partial.map_or(0, |partial| u64::try_from(partial.rejected).unwrap_or(0))
}

/// The innermost cause, which says what happened; the outer ones repeat the address, which may hold a password.
fn cause(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Reads `Retry-After`: seconds, or a date.
fn retry_after(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

/// Between half and the whole of a pause, so that servers which failed together do not come back together.
fn jittered(pause: Duration) -> Duration {
    let random = getrandom::u32().unwrap_or_default();
    pause.mul_f64(0.5 + f64::from(random) / f64::from(u32::MAX) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(retry_after("120"), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        assert_eq!(retry_after("soon"), None);
    }

    #[test]
    fn a_pause_is_spread_but_never_longer() {
        for _ in 0..100 {
            let pause = jittered(Duration::from_secs(2));
            assert!((Duration::from_secs(1)..=Duration::from_secs(2)).contains(&pause), "{pause:?}");
        }
    }
}
