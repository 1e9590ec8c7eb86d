//! Sends what is typed, in order; what cannot go yet waits visibly, and what may not have arrived is said, not repeated.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};

use leptos::{
    prelude::{GetUntracked, ReadSignal, RwSignal, Set, set_timeout},
    task::spawn_local,
};

use crate::{
    client::{Failure, Link},
    protocol::{Data, RefusalCode, TerminalId, terminal::TerminalInput},
    workspace::WorkspaceState,
};

use super::{
    outgoing::{BEFORE_ATTACH, Outgoing, PASTE, Pasting, Piece},
    paste::Pasted,
    phase::Remark,
};

/// When input is tried again that the program did not read, for a server that does not say; each time in a row twice as late.
const AGAIN_MS: u64 = 5;
/// The longest of these waits.
const AGAIN_AT_MOST_MS: u64 = 200;
/// How often in a row input is not read before that is said: a program that reads slowly is no news.
const UNREAD: u32 = 10;
/// Interrupt and quit: whoever types them wants no more of what waits.
const STOPS: [&str; 2] = ["\u{3}", "\u{1c}"];

/// One pane's input.
pub struct Typist {
    link: Link,
    workspace: WorkspaceState,
    course: Cell<Course>,
    outgoing: RefCell<Outgoing>,
    waiting: RwSignal<usize>,
    pasting: RwSignal<Option<Pasting>>,
    /// The link for the pieces of a paste, as long as any are left.
    paste_link: RefCell<Option<Link>>,
    /// How often in a row the server could not take a piece.
    unread: Cell<u32>,
    remark: RwSignal<Option<Remark>>,
    reader: Cell<Reader>,
    this: Weak<Self>,
}

/// Where input goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Course {
    /// Into a shell.
    To(TerminalId),
    /// Nowhere yet: it waits.
    Waits,
    /// Nowhere: the shell has ended.
    Nowhere,
}

/// Whether the user may type at all.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// They may.
    MayType,
    /// They may not, and have not tried.
    MayLook,
    /// They have tried, and were told once.
    Told,
}

impl Typist {
    /// Input that waits for a shell.
    pub fn new(link: Link, workspace: WorkspaceState) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            link,
            workspace,
            course: Cell::new(Course::Waits),
            outgoing: RefCell::default(),
            waiting: RwSignal::new(0),
            pasting: RwSignal::new(None),
            paste_link: RefCell::default(),
            unread: Cell::new(0),
            remark: RwSignal::new(None),
            reader: Cell::new(Reader::MayType),
            this: this.clone(),
        })
    }

    /// How many typed bytes wait.
    pub fn waiting(&self) -> ReadSignal<usize> {
        self.waiting.read_only()
    }

    /// How far a paste has come.
    pub fn pasting(&self) -> ReadSignal<Option<Pasting>> {
        self.pasting.read_only()
    }

    /// What became of input that did not simply arrive.
    pub fn remark(&self) -> RwSignal<Option<Remark>> {
        self.remark
    }

    /// Takes what was typed.
    pub fn typed(&self, data: Data) {
        let Some(limit) = self.limit() else { return };
        let stops = matches!(&data, Data::Text(text) if STOPS.contains(&text.as_str()));
        let piece = self.workspace.config().max_input_bytes;
        let taken = {
            let mut outgoing = self.outgoing.borrow_mut();
            if stops {
                outgoing.clear();
            }
            outgoing.push(data, piece, limit)
        };
        if taken.is_err() {
            self.remark.set(Some(Remark::Full));
        }
        self.flow();
    }

    /// Takes what was pasted; it stands behind what was typed before, and what is typed from now on behind it.
    pub fn paste(&self, pasted: Pasted) {
        let Some(limit) = self.limit() else { return };
        self.link.act("paste");
        self.paste_link.replace(Some(self.link.bound()));
        let taken = self.outgoing.borrow_mut().paste(pasted, self.workspace.config().max_input_bytes, limit);
        if taken.is_err() {
            self.remark.set(Some(Remark::Full));
        }
        self.flow();
    }

    /// Sends no more of a paste.
    pub fn cancel_paste(&self) {
        self.outgoing.borrow_mut().cancel_paste();
        self.flow();
    }

    /// Input goes to `terminal` from now on, what has waited first.
    pub fn send_to(&self, terminal: TerminalId) {
        self.course.set(Course::To(terminal));
        self.flow();
    }

    /// Input has to wait; what was under way may or may not have arrived.
    pub fn pause(&self) {
        self.course.set(Course::Waits);
        let uncertain = self.outgoing.borrow_mut().broke();
        if uncertain > 0 {
            self.remark.set(Some(Remark::Uncertain(uncertain)));
        }
        self.show();
    }

    /// The shell that was typed to is gone without a word, and another one takes its place: what waits was not meant for that.
    pub fn lost(&self) {
        let waiting = std::mem::take(&mut *self.outgoing.borrow_mut()).all();
        if waiting > 0 {
            self.remark.set(Some(Remark::Unsent(waiting)));
        }
        self.show();
    }

    /// There is no shell to type to any more.
    pub fn forget(&self) {
        self.course.set(Course::Nowhere);
        *self.outgoing.borrow_mut() = Outgoing::default();
        self.show();
    }

    /// Whether the user may only look is known anew.
    pub fn restrict(&self, read_only: bool) {
        match (read_only, self.reader.get()) {
            (true, Reader::MayType) => {
                self.reader.set(Reader::MayLook);
                self.outgoing.borrow_mut().clear();
                self.show();
            }
            (false, Reader::MayLook | Reader::Told) => {
                self.reader.set(Reader::MayType);
                if self.remark.get_untracked() == Some(Remark::ReadOnly) {
                    self.remark.set(None);
                }
            }
            _ => {}
        }
    }

    /// Whether nothing can be typed now; who may not is told.
    pub fn refuses(&self) -> bool {
        self.limit().is_none()
    }

    /// How much may wait now; `None` when there is nobody to type to, or the user may not, which is said once.
    fn limit(&self) -> Option<usize> {
        match self.reader.get() {
            Reader::MayType => {}
            Reader::MayLook => {
                self.reader.set(Reader::Told);
                self.remark.set(Some(Remark::ReadOnly));
                return None;
            }
            Reader::Told => return None,
        }
        match self.course.get() {
            Course::To(_) => Some(PASTE),
            Course::Waits => Some(BEFORE_ATTACH),
            Course::Nowhere => None,
        }
    }

    fn flow(&self) {
        while let Course::To(terminal) = self.course.get() {
            let next = self.outgoing.borrow_mut().next();
            let Some(piece) = next else { break };
            self.send(terminal, piece);
        }
        self.show();
    }

    fn send(&self, terminal_id: TerminalId, piece: Piece) {
        let paste_link = self.paste_link.borrow().clone().filter(|_| piece.is_pasted());
        let link = paste_link.as_ref().unwrap_or(&self.link);
        let answer = link.emit(&TerminalInput { terminal_id, data: piece.data.clone() });
        let this = self.this.clone();
        spawn_local(async move {
            let answer = answer.await;
            if let Some(typist) = this.upgrade().filter(|typist| typist.course.get() == Course::To(terminal_id)) {
                typist.answered(piece, answer.err());
            }
        });
    }

    fn answered(&self, piece: Piece, failure: Option<Failure>) {
        self.outgoing.borrow_mut().answered(&piece);
        match failure {
            None => {
                self.unread.set(0);
                // The program reads again.
                if self.remark.get_untracked() == Some(Remark::NotRead) {
                    self.remark.set(None);
                }
                self.flow();
            }
            Some(Failure::Refused(refusal)) if is_passing(refusal.code) => {
                if self.outgoing.borrow_mut().take_back(piece) {
                    self.flow_later(refusal.retry_after_ms);
                } else {
                    self.refused(Failure::Refused(refusal));
                }
            }
            // The pause that follows says what may be lost.
            Some(Failure::Disconnected) => {}
            Some(failure) => self.refused(failure),
        }
        self.show();
    }

    /// What would follow refused input is not sent either: it was meant to stand behind it.
    fn refused(&self, why: Failure) {
        self.outgoing.borrow_mut().clear();
        self.remark.set(Some(Remark::Refused(why)));
    }

    /// Tries again what could not be taken.
    fn flow_later(&self, after_ms: Option<u64>) {
        let before = self.unread.get();
        self.unread.set(before + 1);
        if before == UNREAD {
            self.remark.set(Some(Remark::NotRead));
        }
        let delay_ms = after_ms.unwrap_or((AGAIN_MS << before.min(16)).min(AGAIN_AT_MOST_MS));
        let this = self.this.clone();
        let flow = move || {
            if let Some(typist) = this.upgrade() {
                typist.flow();
            }
        };
        set_timeout(flow, Duration::from_millis(delay_ms));
    }

    fn show(&self) {
        let (waiting, pasting) = {
            let outgoing = self.outgoing.borrow();
            (outgoing.waiting(), outgoing.pasting())
        };
        if pasting.is_none() {
            self.paste_link.take();
        }
        self.waiting.set(waiting);
        self.pasting.set(pasting);
    }
}

/// Whether the same piece may be taken a little later.
fn is_passing(code: RefusalCode) -> bool {
    matches!(code, RefusalCode::Busy | RefusalCode::RateLimited)
}
