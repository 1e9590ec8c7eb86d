//! What goes to a client: encoded once, whoever receives it and however often it has to be tried.

use std::{sync::Arc, time::Instant};

use app::{
    protocol::{Event, RequestId, event::Subject, legacy::ShellOutput, terminal::TerminalOutput},
    trace::Carrier,
};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tokio_util::sync::CancellationToken;

use super::exchange::record_subject;
use crate::telemetry::span::{self, Cause, Recipients};

/// An event or an ack; goes before terminal output.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) kind: Kind,
    pub(super) body: Arc<RawValue>,
}

/// How a message is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// By its name.
    Event(&'static str),
    /// By the number of the packet it answers.
    Ack(i64),
}

/// A piece of terminal output.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) output: Output,
    /// The write that this output answers, where that was sampled.
    pub(super) trace: Option<Carrier>,
    /// Cancelled when the viewer is gone: nobody is sent what it has not received by then.
    pub(super) viewer: CancellationToken,
}

/// Output as its viewer takes it.
#[derive(Debug)]
pub(super) enum Output {
    /// As the PTY produced it.
    Bytes(TerminalOutput),
    /// As text, for clients of before there were bytes.
    Text(ShellOutput),
}

impl Output {
    /// The name of the event that carries it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Bytes(_) => TerminalOutput::NAME,
            Self::Text(_) => ShellOutput::NAME,
        }
    }

    /// How long it is.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Bytes(output) => output.data.len(),
            Self::Text(output) => output.data.len(),
        }
    }
}

/// A body with the envelope's fields beside its own.
#[derive(Serialize)]
pub(super) struct Enveloped<'a, T> {
    #[serde(flatten)]
    pub(super) body: &'a T,
    #[serde(rename = "_requestId", skip_serializing_if = "Option::is_none")]
    pub(super) request_id: Option<&'a RequestId>,
    #[serde(rename = "_trace", skip_serializing_if = "Option::is_none")]
    pub(super) trace: Option<&'a Carrier>,
}

impl Message {
    /// What nobody asked for, or somebody else did, under the span of what caused it, if something did. What nobody gets has
    /// no span.
    pub(super) fn fan_out<E: Event + Serialize>(
        event: &E,
        subject: Subject,
        recipients: Recipients<'_>,
        cause: Option<Cause>,
    ) -> Self {
        if recipients.count() == 0 {
            return Self::event(E::NAME, event, None, None);
        }
        let began = Instant::now();
        let span = span::emit_span(E::NAME, recipients, cause);
        record_subject(&span, &subject);
        let message = Self::event(E::NAME, event, None, span::carrier_of(&span).as_ref());
        span::record_written(&span, message.bytes(), began.elapsed());
        message
    }

    /// An event with its envelope.
    pub(super) fn event<T: Serialize>(
        name: &'static str,
        body: &T,
        request_id: Option<&RequestId>,
        trace: Option<&Carrier>,
    ) -> Self {
        Self::new(Kind::Event(name), &Enveloped { body, request_id, trace })
    }

    /// The answer to the packet numbered `id`.
    pub(super) fn ack<T: Serialize>(id: i64, body: &T) -> Self {
        Self::new(Kind::Ack(id), body)
    }

    fn new<T: Serialize>(kind: Kind, body: &T) -> Self {
        let body = to_raw_value(body).expect("the wire's types have string keys and serialise without fail");
        Self { kind, body: body.into() }
    }

    /// Its size on the wire, without a few bytes for the packet's head.
    pub(super) fn bytes(&self) -> usize {
        self.body.get().len()
    }
}
