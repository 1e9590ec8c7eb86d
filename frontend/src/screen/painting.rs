//! Output on its way to the eye: what answers a key or a traced message is followed until it is painted.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::{Rc, Weak},
    time::Duration,
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

/// How many answers are followed at once; in a flood that paints nothing the oldest go.
const MAX_AWAITED: usize = 32;

/// Follows one screen's output.
pub struct Painter {
    line: Line,
    echo: RefCell<Echo>,
    /// In the order of their offsets.
    awaited: RefCell<VecDeque<Awaited>>,
    /// Everything before this has been parsed.
    parsed: Cell<u64>,
    frame: RefCell<Option<Frame>>,
    this: Weak<Self>,
}

/// Output that somebody waits for.
struct Awaited {
    terminal: TerminalId,
    /// The offset after its last byte.
    end: u64,
    span: Option<OpenSpan>,
    typed_at: Option<f64>,
}

impl Painter {
    /// Reports to `line`.
    pub fn new(line: Line) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            line,
            echo: RefCell::default(),
            awaited: RefCell::default(),
            parsed: Cell::new(0),
            frame: RefCell::default(),
            this: this.clone(),
        })
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
            let mut awaited = self.awaited.borrow_mut();
            if awaited.len() == MAX_AWAITED {
                awaited.pop_front();
            }
            awaited.push_back(Awaited { terminal, end, span, typed_at });
        }
    }

    /// Another terminal is shown: its offsets begin anew.
    pub fn forget(&self) {
        self.awaited.borrow_mut().clear();
        self.frame.take();
    }

    /// Everything before `end` has been parsed.
    pub fn parsed(&self, end: u64) {
        self.parsed.set(end);
        let waits = self.awaited.borrow().front().is_some_and(|first| first.end <= end);
        if !waits || self.frame.borrow().is_some() {
            return;
        }
        if page::hidden() {
            // Nothing is painted that nobody sees: the parse is its end.
            self.painted();
            return;
        }
        // The emulator asked for its own frame while it parsed, so it draws before this is called.
        let this = self.this.clone();
        self.frame.replace(Some(Frame::next(move || {
            if let Some(painter) = this.upgrade() {
                painter.painted();
            }
        })));
    }

    fn painted(&self) {
        self.frame.take();
        let parsed = self.parsed.get();
        while let Some(Awaited { terminal, span, typed_at, .. }) = self.next_painted(parsed) {
            if let Some(span) = span {
                self.line.service.end_effect(span);
            }
            if let Some(typed_at) = typed_at {
                let now = now_ms();
                let latency = self.echo.borrow_mut().painted(typed_at, now);
                self.line.service.echoed(Duration::from_secs_f64((now - typed_at).max(0.0) / 1_000.0));
                self.line.workspace.terminal(terminal).echo.set(Some(latency));
            }
        }
    }

    fn next_painted(&self, parsed: u64) -> Option<Awaited> {
        let mut awaited = self.awaited.borrow_mut();
        awaited.front().filter(|first| first.end <= parsed)?;
        awaited.pop_front()
    }
}
