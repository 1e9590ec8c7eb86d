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
    outgoing::{BEFORE_ATTACH, Outgoing, PASTE},
    phase::Remark,
};

/// When input is tried again that the program did not read, for a server that does not say.
const AGAIN_MS: u64 = 100;
/// Interrupt and quit: whoever types them wants no more of what waits.
const STOPS: [&str; 2] = ["\u{3}", "\u{1c}"];

/// One pane's input.
pub struct Typist {
    link: Link,
    workspace: WorkspaceState,
    course: Cell<Course>,
    outgoing: RefCell<Outgoing>,
    waiting: RwSignal<usize>,
    remark: RwSignal<Option<Remark>>,
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

impl Typist {
    /// Input that waits for a shell.
    pub fn new(link: Link, workspace: WorkspaceState) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            link,
            workspace,
            course: Cell::new(Course::Waits),
            outgoing: RefCell::default(),
            waiting: RwSignal::new(0),
            remark: RwSignal::new(None),
            this: this.clone(),
        })
    }

    /// How many bytes wait.
    pub fn waiting(&self) -> ReadSignal<usize> {
        self.waiting.read_only()
    }

    /// What became of input that did not simply arrive.
    pub fn remark(&self) -> RwSignal<Option<Remark>> {
        self.remark
    }

    /// Takes what was typed.
    pub fn typed(&self, data: Data) {
        let limit = match self.course.get() {
            Course::To(_) => PASTE,
            Course::Waits => BEFORE_ATTACH,
            Course::Nowhere => return,
        };
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

    /// There is no shell to type to any more.
    pub fn forget(&self) {
        self.course.set(Course::Nowhere);
        *self.outgoing.borrow_mut() = Outgoing::default();
        self.show();
    }

    fn flow(&self) {
        while let Course::To(terminal) = self.course.get() {
            let next = self.outgoing.borrow_mut().next();
            let Some(piece) = next else { break };
            self.send(terminal, piece);
        }
        self.show();
    }

    fn send(&self, terminal_id: TerminalId, piece: Data) {
        let input = TerminalInput { terminal_id, data: piece };
        let answer = self.link.emit(&input);
        let this = self.this.clone();
        spawn_local(async move {
            let answer = answer.await;
            if let Some(typist) = this.upgrade().filter(|typist| typist.course.get() == Course::To(terminal_id)) {
                typist.answered(input.data, answer.err());
            }
        });
    }

    fn answered(&self, piece: Data, failure: Option<Failure>) {
        self.outgoing.borrow_mut().answered(piece.len());
        match failure {
            None => {
                // The program reads again.
                if self.remark.get_untracked() == Some(Remark::NotRead) {
                    self.remark.set(None);
                }
                self.flow();
            }
            Some(Failure::Refused(refusal)) if refusal.code == RefusalCode::Busy => {
                if self.outgoing.borrow_mut().take_back(piece) {
                    self.remark.set(Some(Remark::NotRead));
                    self.flow_after(refusal.retry_after_ms.unwrap_or(AGAIN_MS));
                } else {
                    self.refused(refusal.message);
                }
            }
            // The pause that follows says what may be lost.
            Some(Failure::Disconnected) => {}
            Some(failure) => self.refused(failure.to_string()),
        }
        self.show();
    }

    /// What would follow refused input is not sent either: it was meant to stand behind it.
    fn refused(&self, why: String) {
        self.outgoing.borrow_mut().clear();
        self.remark.set(Some(Remark::Refused(why)));
    }

    fn flow_after(&self, delay_ms: u64) {
        let this = self.this.clone();
        let flow = move || {
            if let Some(typist) = this.upgrade() {
                typist.flow();
            }
        };
        set_timeout(flow, Duration::from_millis(delay_ms));
    }

    fn show(&self) {
        self.waiting.set(self.outgoing.borrow().waiting());
    }
}
