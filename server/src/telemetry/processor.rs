//! Between the SDK and the outbox: a span processor that only counts and hands over, and a thread that encodes.
//!
//! The SDK's own batch processor drops without counting, waits five seconds and needs a runtime it does not have.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use opentelemetry::Context;
use opentelemetry::trace::Span as _;
use opentelemetry_otlp::{Protocol, RetryPolicy, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{Span, SpanData, SpanExporter, SpanProcessor};

use super::InitError;
use super::config::SpanLimits;
use super::handover::{Slot, address};
use super::ledger::{Ledger, Reason};
use super::limits;
use super::outbox::Outbox;
use super::record::{split, weigh};
use super::signal::Signal;
use super::tail::{Outcome, Tail};

/// Ended spans waiting for the thread: about two seconds of a very busy server.
const MAX_WAITING: usize = 2_048;
/// How many spans are encoded at once at most.
const MAX_BATCH: usize = 512;
/// How long a span waits for company: short, because the page shows it after that.
const MAX_DELAY: Duration = Duration::from_millis(100);
/// How long a flush that names no time may take; encoding takes milliseconds.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(5);

/// Hands ended spans to the thread; a full queue costs the span, never the time of whoever ended it.
#[derive(Debug)]
pub(super) struct HandOverProcessor {
    waiting: SyncSender<Message>,
    /// How many spans wait.
    count: Arc<AtomicUsize>,
    /// Sleeps while spans gather.
    encoder: Thread,
    ledger: Arc<Ledger>,
    tail: Tail,
}

enum Message {
    Span(Box<SpanData>),
    Flush(SyncSender<()>),
}

impl HandOverProcessor {
    /// Starts the thread that encodes for the outbox. What sampling has rejected is kept when it takes so long, or fails.
    ///
    /// # Errors
    ///
    /// When the exporter cannot be built, or the thread not be started.
    pub(super) fn start(
        resource: &Resource,
        limits: SpanLimits,
        slow: Duration,
        outbox: Outbox,
        ledger: Arc<Ledger>,
    ) -> Result<Self, InitError> {
        let slot = Slot::default();
        let mut exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_http_client(slot.clone())
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(address(Signal::Traces))
            .with_timeout(Duration::from_secs(10))
            .with_retry_policy(RetryPolicy::disabled())
            .build()?;
        exporter.set_resource(resource);
        let (waiting, ended) = sync_channel(MAX_WAITING);
        let count = Arc::new(AtomicUsize::new(0));
        let encoder =
            Encoder { exporter, slot, limits, outbox, count: Arc::clone(&count), ledger: Arc::clone(&ledger) };
        let thread = thread::Builder::new()
            .name("telemetry".to_owned())
            .spawn(move || encoder.run(&ended))
            .map_err(InitError::Thread)?;
        Ok(Self { waiting, count, encoder: thread.thread().clone(), ledger, tail: Tail::new(slow) })
    }
}

impl SpanProcessor for HandOverProcessor {
    fn on_start(&self, span: &mut Span, _: &Context) {
        let context = span.span_context();
        if !context.is_sampled() {
            self.take(self.tail.began(context.trace_id(), Instant::now()));
        }
    }

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() {
            self.hand_over(span);
        } else {
            self.take(self.tail.ended(span, Instant::now()));
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.flush(FLUSH_TIMEOUT)
    }

    /// The provider makes no more spans after this; the thread ends with the provider.
    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.flush(timeout)
    }
}

impl HandOverProcessor {
    /// Passes on what is kept, and counts what could have been and is not there any more.
    fn take(&self, Outcome { kept, lost }: Outcome) {
        kept.into_iter().for_each(|span| self.hand_over(span));
        if lost > 0 {
            self.ledger.created(Signal::Traces, lost);
            self.ledger.dropped(Signal::Traces, lost, Reason::HoldingFull);
        }
    }

    /// From here on the span counts as created: what sampling rejects and nobody keeps never does.
    fn hand_over(&self, span: SpanData) {
        self.ledger.created(Signal::Traces, 1);
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let lost = match self.waiting.try_send(Message::Span(Box::new(span))) {
            Ok(()) if count == MAX_BATCH => return self.encoder.unpark(),
            Ok(()) => return,
            Err(TrySendError::Full(_)) => Reason::QueueFull,
            Err(TrySendError::Disconnected(_)) => Reason::Shutdown,
        };
        self.count.fetch_sub(1, Ordering::Relaxed);
        self.ledger.dropped(Signal::Traces, 1, lost);
    }

    /// Returns when everything that ended before is in the outbox.
    fn flush(&self, timeout: Duration) -> OTelSdkResult {
        let (flushed, done) = sync_channel(1);
        let ended = || OTelSdkError::InternalFailure("the telemetry thread has ended".to_owned());
        self.waiting.send(Message::Flush(flushed)).map_err(|_| ended())?;
        self.encoder.unpark();
        match done.recv_timeout(timeout) {
            Ok(()) => Ok(()),
            Err(RecvTimeoutError::Timeout) => Err(OTelSdkError::Timeout(timeout)),
            Err(RecvTimeoutError::Disconnected) => Err(ended()),
        }
    }
}

/// The thread's side: gathers spans for a moment, has the exporter encode them, passes the result on.
struct Encoder {
    exporter: opentelemetry_otlp::SpanExporter,
    slot: Slot,
    limits: SpanLimits,
    outbox: Outbox,
    count: Arc<AtomicUsize>,
    ledger: Arc<Ledger>,
}

impl Encoder {
    fn run(self, ended: &Receiver<Message>) {
        while let Ok(first) = ended.recv() {
            let (batch, flushed) = gather(first, ended);
            self.count.fetch_sub(batch.len(), Ordering::Relaxed);
            if !batch.is_empty() {
                self.export(batch);
            }
            if let Some(flushed) = flushed {
                // Whoever waited may have given up.
                let _ = flushed.send(());
            }
        }
    }

    fn export(&self, mut batch: Vec<SpanData>) {
        batch.iter_mut().for_each(|span| limits::cut(span, &self.limits));
        let spans = batch.len() as u64;
        // The client answers at once, so the future is ready when first asked; what the exporter thinks of the
        // answer does not matter, only whether it produced a body.
        let _ = self.exporter.export(batch).now_or_never();
        let records = self.slot.take().and_then(|body| split(Signal::Traces, body).ok());
        match records {
            Some(records) if weigh(&records) == spans => self.outbox.offer(Signal::Traces, records),
            Some(_) | None => self.ledger.dropped(Signal::Traces, spans, Reason::Encoding),
        }
    }
}

/// Gathers until there are enough, the first has waited long enough, or somebody wants them flushed. It sleeps meanwhile: to be
/// woken for each one would cost more than to encode it.
fn gather(first: Message, ended: &Receiver<Message>) -> (Vec<SpanData>, Option<SyncSender<()>>) {
    let deadline = Instant::now() + MAX_DELAY;
    let mut batch = Vec::new();
    let mut next = Ok(first);
    loop {
        match next {
            Ok(Message::Span(span)) => batch.push(*span),
            Ok(Message::Flush(flushed)) => return (batch, Some(flushed)),
            Err(TryRecvError::Disconnected) => break,
            Err(TryRecvError::Empty) => {
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    break;
                }
                thread::park_timeout(left);
            }
        }
        if batch.len() == MAX_BATCH {
            break;
        }
        next = ended.try_recv();
    }
    (batch, None)
}
