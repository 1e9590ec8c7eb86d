//! Output on its way to the eye: what answers a key or a traced message is followed until it is painted.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

use app::{
    protocol::{
        TerminalId,
        event::{Event, Subject},
        terminal::TerminalOutput,
    },
    trace::SpanContext,
};
use leptos::prelude::Set;

use crate::{
    js::{clock::now_ms, frame::Frame, page},
    tracked::OpenSpan,
};

use super::{Line, echo::Echo};

/// Follows one screen's output, one answer at a time.
pub struct Painter {
    line: Line,
    echo: RefCell<Echo>,
    awaited: RefCell<Option<Awaited>>,
    this: Weak<Self>,
}

/// Output that somebody waits for.
struct Awaited {
    /// The offset after its last byte.
    end: u64,
    span: Option<OpenSpan>,
    typed_at: Option<f64>,
    frame: Option<Frame>,
}

impl Painter {
    /// Reports to `line`.
    pub fn new(line: Line) -> Rc<Self> {
        Rc::new_cyclic(|this| Self { line, echo: RefCell::default(), awaited: RefCell::default(), this: this.clone() })
    }

    /// A key was typed.
    pub fn typed(&self) {
        self.echo.borrow_mut().typed(now_ms());
    }

    /// Output came whose last byte stands before `end`; `cause` is the span that made it, where it says so.
    pub fn came(&self, terminal: TerminalId, end: u64, cause: Option<SpanContext>) {
        let typed_at = self.echo.borrow_mut().answered(now_ms());
        let subject = Subject { terminal: Some(terminal), ..Subject::default() };
        let span = cause.and_then(|cause| self.line.service.begin_effect(cause, TerminalOutput::NAME, subject));
        let span = span.map(|span| span.describing("first output → painted"));
        if typed_at.is_some() || span.is_some() {
            self.awaited.replace(Some(Awaited { end, span, typed_at, frame: None }));
        }
    }

    /// Everything before `end` has been parsed.
    pub fn parsed(&self, end: u64) {
        let mut awaited = self.awaited.borrow_mut();
        let Some(waiting) = awaited.as_mut().filter(|waiting| waiting.end <= end && waiting.frame.is_none()) else {
            return;
        };
        if page::hidden() {
            // Nothing is painted that nobody sees: the parse is its end.
            drop(awaited);
            self.painted();
            return;
        }
        // The emulator asked for its own frame while it parsed, so it draws before this is called.
        let this = self.this.clone();
        waiting.frame = Some(Frame::next(move || {
            if let Some(painter) = this.upgrade() {
                painter.painted();
            }
        }));
    }

    fn painted(&self) {
        let Some(Awaited { span, typed_at, .. }) = self.awaited.take() else { return };
        if let Some(span) = span {
            self.line.service.end_effect(span);
        }
        if let Some(typed_at) = typed_at {
            let latency = self.echo.borrow_mut().painted(typed_at, now_ms());
            self.line.link.status().echo.set(Some(latency));
        }
    }
}
