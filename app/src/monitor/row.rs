//! One row of the monitor: a request and what came of it, or an event that came unasked.

use std::borrow::Cow;

use crate::{
    protocol::{RequestId, TerminalId},
    trace::{SpanContext, SpanId, TraceId},
    tracking::{Ending, Micros, Settled, TraceLevel, TraceStatus},
};

/// The longest error message a row keeps, in bytes.
const MAX_MESSAGE: usize = 256;

/// A request with its response, or a received event; never holds payload.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its number in the journal, from zero; given by the journal.
    pub seq: u64,
    /// Which way it went, seen from the page.
    pub direction: Direction,
    /// The name of what was sent, or of what was received.
    pub event: Cow<'static, str>,
    /// The name of the response that is expected.
    pub expected: Option<Cow<'static, str>>,
    /// The name of the response that came.
    pub response: Option<Cow<'static, str>>,
    /// What has become of it.
    pub status: Status,
    /// When it was sent or received.
    pub started: Micros,
    /// How long it took until it ended, in microseconds.
    pub duration: Option<Micros>,
    /// The name of the request.
    pub request_id: Option<RequestId>,
    /// Its trace.
    pub trace_id: Option<TraceId>,
    /// Its span.
    pub span_id: Option<SpanId>,
    /// The terminal it is about.
    pub terminal_id: Option<TerminalId>,
    /// The payload's size, in bytes.
    pub size: Option<u32>,
    /// Why it failed.
    pub error: Option<RowError>,
}

/// Which way a message went, seen from the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the page to the server.
    Outbound,
    /// From the server to the page.
    Inbound,
}

/// What has become of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It waits for its answer.
    Pending,
    /// The answer was yes.
    Ok,
    /// The answer was no, or sending or reading failed.
    Error,
    /// No answer in time.
    Timeout,
    /// An answer, but after its time.
    Late,
    /// The connection went first.
    Disconnected,
    /// It came unasked.
    Received,
    /// It was sent and expects no answer.
    Sent,
}

/// Why a row failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// From a closed vocabulary.
    pub code: Cow<'static, str>,
    /// What went wrong, cut to 256 bytes.
    pub message: String,
}

impl Row {
    /// A request that waits for its answer; the other fields are for struct update syntax.
    #[must_use]
    pub fn request(event: impl Into<Cow<'static, str>>, started: Micros) -> Self {
        Self::new(Direction::Outbound, Status::Pending, event.into(), started)
    }

    /// A request that expects no answer.
    #[must_use]
    pub fn sent(event: impl Into<Cow<'static, str>>, started: Micros) -> Self {
        Self::new(Direction::Outbound, Status::Sent, event.into(), started)
    }

    /// An event that came unasked.
    #[must_use]
    pub fn received(event: impl Into<Cow<'static, str>>, started: Micros) -> Self {
        Self::new(Direction::Inbound, Status::Received, event.into(), started)
    }

    /// Adds the ids of its span.
    #[must_use]
    pub fn in_trace(self, context: SpanContext) -> Self {
        Self { trace_id: Some(context.trace_id), span_id: Some(context.span_id), ..self }
    }

    fn new(direction: Direction, status: Status, event: Cow<'static, str>, started: Micros) -> Self {
        Self {
            seq: 0,
            direction,
            event,
            expected: None,
            response: None,
            status,
            started,
            duration: None,
            request_id: None,
            trace_id: None,
            span_id: None,
            terminal_id: None,
            size: None,
            error: None,
        }
    }

    /// How long it took or, while it waits, has been waiting; `None` for what takes no time.
    #[must_use]
    pub fn elapsed(&self, now: Micros) -> Option<Micros> {
        match self.status {
            Status::Pending => Some(now.saturating_sub(self.started)),
            Status::Ok
            | Status::Error
            | Status::Timeout
            | Status::Late
            | Status::Disconnected
            | Status::Received
            | Status::Sent => self.duration,
        }
    }

    /// The pair that names it: `terminal:create -> terminal:created`, or the event alone.
    #[must_use]
    pub fn operation_name(&self) -> String {
        match self.expected.as_ref().or(self.response.as_ref()) {
            Some(response) => format!("{} -> {response}", self.event),
            None => self.event.to_string(),
        }
    }

    /// How much it matters, where answers from `slow` microseconds on are slow.
    #[must_use]
    pub fn level(&self, slow: Micros) -> TraceLevel {
        TraceLevel::of(self.status.in_three_words(), self.duration.unwrap_or(0), slow)
    }

    /// Writes down how its request ended.
    pub(super) fn settle(&mut self, settled: &Settled) {
        self.status = Status::from(&settled.ending);
        self.duration = Some(settled.duration);
        self.response.clone_from(&settled.response);
        self.error = settled.reason().map(|reason| RowError::new(reason.code.to_owned(), reason.message));
    }

    /// Writes down that the connection went before the answer.
    pub(super) fn disconnect(&mut self, now: Micros) {
        self.duration = self.elapsed(now);
        self.status = Status::Disconnected;
        self.error = Some(RowError::new("disconnected", "the connection broke before the answer"));
    }

    /// About how many bytes it takes in memory.
    pub(super) fn weight(&self) -> usize {
        let owned = |text: &Cow<'static, str>| match text {
            Cow::Borrowed(_) => 0,
            Cow::Owned(text) => text.capacity(),
        };
        let error = self.error.as_ref().map_or(0, |error| owned(&error.code) + error.message.capacity());
        // The id stands in the row and in the journal's index.
        let id = self.request_id.as_ref().map_or(0, |id| 2 * id.as_str().len());
        let names = [Some(&self.event), self.expected.as_ref(), self.response.as_ref()];
        size_of::<Self>() + names.into_iter().flatten().map(owned).sum::<usize>() + error + id
    }
}

impl RowError {
    /// An error whose message is cut to what a row keeps.
    #[must_use]
    pub fn new(code: impl Into<Cow<'static, str>>, message: &str) -> Self {
        Self { code: code.into(), message: message[..message.floor_char_boundary(MAX_MESSAGE)].to_owned() }
    }
}

impl Direction {
    /// The word as telemetry writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Outbound => "outbound",
            Self::Inbound => "inbound",
        }
    }
}

impl Status {
    /// Every status, in the order of a request's life.
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::Ok,
        Self::Error,
        Self::Timeout,
        Self::Late,
        Self::Disconnected,
        Self::Received,
        Self::Sent,
    ];

    /// The word as filters and exports write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Timeout => "timeout",
            Self::Late => "late",
            Self::Disconnected => "disconnected",
            Self::Received => "received",
            Self::Sent => "sent",
        }
    }

    /// Whether something went wrong.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Error | Self::Timeout | Self::Late | Self::Disconnected)
    }

    /// The notes' three words for it; what has not failed is ok.
    #[must_use]
    pub const fn in_three_words(self) -> TraceStatus {
        match self {
            Self::Pending | Self::Ok | Self::Received | Self::Sent => TraceStatus::Ok,
            Self::Error | Self::Disconnected => TraceStatus::Error,
            Self::Timeout | Self::Late => TraceStatus::Timeout,
        }
    }
}

impl From<&Ending> for Status {
    fn from(ending: &Ending) -> Self {
        match ending {
            Ending::Ok => Self::Ok,
            Ending::Error { .. } => Self::Error,
            Ending::Timeout => Self::Timeout,
            Ending::Late => Self::Late,
            Ending::Disconnected => Self::Disconnected,
            // Out of the tracker's table, yet its answer may still come.
            Ending::Evicted => Self::Pending,
        }
    }
}
