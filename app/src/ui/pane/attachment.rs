//! What binds a pane to its shell: it attaches or creates, and comes back after a broken link.

mod around;
mod clipboard;
mod events;
mod opening;

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};

use leptos::{
    prelude::{GetUntracked, ReadSignal, RwSignal, Set, set_timeout, untrack},
    task::spawn_local,
    web_sys::HtmlElement,
};

use crate::{
    client::{Found, LinkState, Screen, Settings},
    protocol::{
        PaneId, TerminalId,
        terminal::{TerminalClosed, TerminalDetach, TerminalResize},
    },
    workspace::Stir,
};

pub use self::{around::Around, clipboard::Answer};

use self::opening::Way;

use super::{
    super::work::nobody_has_the_keyboard,
    paste::Warning,
    phase::Phase,
    typist::Typist,
    wish::{HeldBack, Wish},
};

/// How long a rung bell shows.
const RINGING: Duration = Duration::from_millis(200);

/// Whether sizes may be sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sizing {
    /// At once.
    Free,
    /// One has just been sent.
    Sent,
    /// The same, and there has been another one since.
    Again,
}

/// One pane's shell, from the window's side.
pub struct Attachment {
    around: Around,
    pane: PaneId,
    typist: Rc<Typist>,
    screen: RefCell<Option<Rc<dyn Screen>>>,
    /// The terminal whose output the screen holds.
    held: Cell<Option<TerminalId>>,
    leads: Cell<bool>,
    /// Whether the pane can be seen.
    seen: Cell<bool>,
    /// Whether a size was sent just now.
    sizing: Cell<Sizing>,
    /// Grows with each opening: an answer to an earlier one is nobody's.
    opening: Cell<u64>,
    phase: RwSignal<Phase>,
    ringing: RwSignal<bool>,
    said: Said,
    held_back: HeldBack,
    this: Weak<Self>,
}

/// What the screen has said that the pane shows.
#[derive(Clone, Copy)]
pub struct Said {
    /// The address of the link under the pointer.
    pub link: RwSignal<Option<String>>,
    /// A paste that waits for a yes.
    pub question: RwSignal<Option<Warning>>,
    /// What the program wants of the clipboard, until the person has answered.
    pub wish: RwSignal<Option<Wish>>,
    /// Whether the search is open.
    pub finding: RwSignal<bool>,
    /// What it has found.
    pub found: RwSignal<Option<Found>>,
}

impl Attachment {
    /// A pane that has neither screen nor shell yet.
    pub fn new(around: Around, pane: PaneId) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            typist: Typist::new(around.client.link.clone(), around.workspace),
            around,
            pane,
            screen: RefCell::default(),
            held: Cell::new(None),
            leads: Cell::new(false),
            seen: Cell::new(true),
            sizing: Cell::new(Sizing::Free),
            opening: Cell::new(0),
            phase: RwSignal::new(Phase::default()),
            ringing: RwSignal::new(false),
            said: Said {
                link: RwSignal::new(None),
                question: RwSignal::new(None),
                wish: RwSignal::new(None),
                finding: RwSignal::new(false),
                found: RwSignal::new(None),
            },
            held_back: HeldBack::default(),
            this: this.clone(),
        })
    }

    /// Where it is with its shell.
    pub fn phase(&self) -> ReadSignal<Phase> {
        self.phase.read_only()
    }

    /// What is typed into it.
    pub fn typist(&self) -> &Typist {
        &self.typist
    }

    /// Whether the bell has just rung.
    pub fn ringing(&self) -> ReadSignal<bool> {
        self.ringing.read_only()
    }

    /// Whether its screen is the one that typed last.
    pub fn is_focused(&self) -> bool {
        let mut focused = false;
        self.with_screen(|screen| {
            let last = self.around.client.focus.screen();
            focused = last.is_some_and(|last| Rc::ptr_eq(&last, screen));
        });
        focused
    }

    /// What the screen has said.
    pub fn said(&self) -> Said {
        self.said
    }

    /// Opens the screen inside `mount`, once.
    pub fn mount(&self, mount: &HtmlElement) {
        if self.screen.borrow().is_none() {
            self.screen.replace(Some(self.around.client.screens.open(
                mount,
                &self.around.settings.now(),
                self.events(),
            )));
            self.with_screen(|screen| screen.see(self.seen.get()));
            self.focused();
        }
    }

    /// Takes the screen away; the shell goes on without it.
    pub fn leave(&self) {
        self.begin();
        self.screen.take();
        if let Some(terminal_id) = self.held.take() {
            // The screen is gone; whether the server has heard of it makes no difference to anybody here.
            drop(self.around.client.link.emit(&TerminalDetach { terminal_id }));
        }
    }

    /// The link has come or gone.
    pub fn follow(&self, state: &LinkState) {
        match state {
            LinkState::Online => self.open(),
            LinkState::Closing { .. } => {}
            LinkState::Connecting | LinkState::Waiting { .. } | LinkState::SignedOut => self.pause(),
        }
    }

    /// Whether this window leads is known anew: only who leads answers the program's questions and gives the size.
    pub fn lead(&self, leads: bool) {
        self.leads.set(leads);
        self.with_screen(|screen| screen.lead(leads));
        self.offer_size();
    }

    /// What the server says of the pane is known anew: another terminal may be in it than the one that is shown.
    pub fn look(&self, terminal: Option<TerminalId>, claimed: bool) {
        let outdated = match self.phase.get_untracked() {
            Phase::Waiting | Phase::Opening => false,
            Phase::Empty => terminal.is_some() || claimed,
            Phase::Live(shown) => terminal.is_some_and(|terminal| terminal != shown),
            Phase::Ended(closed) => terminal.is_some_and(|terminal| terminal != closed.terminal_id),
            Phase::Failed(_) => terminal.is_some() && terminal != self.held.get(),
        };
        if outdated {
            self.open();
        }
    }

    /// Whether the pane can be seen is known anew.
    pub fn see(&self, visible: bool) {
        self.seen.set(visible);
        self.with_screen(|screen| screen.see(visible));
    }

    /// The shell writes, which is marked where it cannot be seen.
    pub(super) fn stirred(&self) {
        if let Some(terminal) = self.held.get().filter(|_| !self.seen.get()) {
            self.around.workspace.terminal(terminal).stirred(Stir::Output);
        }
    }

    /// Whether the user may only look is known anew.
    pub fn restrict(&self, read_only: bool) {
        self.typist.restrict(read_only);
    }

    /// The shell has ended.
    pub fn end(&self, closed: TerminalClosed) {
        self.typist.forget();
        self.around.workspace.terminal(closed.terminal_id).progress.set(None);
        self.phase.set(Phase::Ended(closed));
    }

    /// Attaches to the pane's shell. Where there is none this window starts one if that is up to it.
    pub fn open(&self) {
        let pane = self.around.workspace.pane(self.pane);
        let may = || untrack(|| self.around.place.may_arrange());
        match pane.terminal.get_untracked() {
            Some(terminal) => self.reach(Way::Attach(terminal)),
            None if pane.claimed.get_untracked() && may() => {
                // What it has held is there no more.
                if self.held.take().is_some() {
                    self.typist.lost();
                }
                self.reach(Way::Create);
            }
            None => self.phase.set(Phase::Empty),
        }
    }

    /// The person wants another attempt.
    pub fn try_again(&self) {
        self.around.client.link.act("open");
        self.open();
    }

    /// Starts a shell in the pane, in place of one that has ended.
    pub fn start_anew(&self) {
        self.around.client.link.act("open");
        self.reach(Way::Create);
    }

    /// Takes the keyboard.
    pub fn focus(&self) {
        self.with_screen(|screen| screen.focus());
    }

    /// The screen has the keyboard.
    pub fn focused(&self) {
        self.with_screen(|screen| self.around.client.focus.take(screen));
    }

    /// The person has set something anew.
    pub fn apply(&self, settings: &Settings) {
        self.with_screen(|screen| screen.apply(settings));
        self.offer_size();
    }

    /// The page's colours have changed.
    pub fn restyle(&self) {
        self.with_screen(|screen| screen.restyle());
    }

    /// Begins an opening; whatever an earlier one is still told is void.
    fn begin(&self) -> u64 {
        self.opening.update(|count| count + 1);
        self.opening.get()
    }

    fn reach(&self, way: Way) {
        let online = self.around.client.link.status().state.get_untracked() == LinkState::Online;
        let Some(this) = self.this.upgrade().filter(|_| online && self.screen.borrow().is_some()) else { return };
        self.typist.pause();
        self.phase.set(Phase::Opening);
        let opening = self.begin();
        let link = self.around.client.link.bound();
        spawn_local(async move { this.step(way, opening, link).await });
    }

    fn live(&self, terminal: TerminalId) {
        if let Some(closed) = self.around.workspace.terminal(terminal).ended.get_untracked() {
            self.end(closed);
            return;
        }
        self.phase.set(Phase::Live(terminal));
        self.typist.send_to(terminal);
        self.offer_size();
        // While this one was opened another may have come into its place.
        self.look(self.around.workspace.pane(self.pane).terminal.get_untracked(), false);
        if nobody_has_the_keyboard() && untrack(|| self.around.place.pane()) == Some(self.pane) {
            self.focus();
        }
    }

    fn pause(&self) {
        self.begin();
        // What has ended stays so, whatever becomes of the link.
        if !matches!(self.phase.get_untracked(), Phase::Ended(_)) {
            self.typist.pause();
            self.phase.set(Phase::Waiting);
        }
    }

    /// Tells the server the size this window has room for; the one in force comes back as everybody's does. While a line is
    /// dragged there is another size with each frame: some of them are left out, the last never.
    fn offer_size(&self) {
        /// Of the messages that the server takes in a second this leaves most to others, even in a tab of many panes.
        const PACE: Duration = Duration::from_millis(100);
        if self.sizing.get() != Sizing::Free {
            self.sizing.set(Sizing::Again);
            return;
        }
        if self.send_size() {
            self.sizing.set(Sizing::Sent);
            let this = self.this.clone();
            let again = move || {
                with(&this, |attachment| {
                    if attachment.sizing.replace(Sizing::Free) == Sizing::Again {
                        attachment.offer_size();
                    }
                });
            };
            set_timeout(again, PACE);
        }
    }

    /// Sends the size, if it is this window's to give and another one than is in force.
    fn send_size(&self) -> bool {
        let Phase::Live(terminal_id) = self.phase.get_untracked() else { return false };
        if !self.leads.get() && !self.around.workspace.config().every_size_counts {
            return false;
        }
        let mut sent = false;
        self.with_screen(|screen| {
            let (cols, rows) = screen.fit();
            if self.around.workspace.terminal(terminal_id).size.get_untracked() != Some((cols, rows)) {
                let resize = TerminalResize { terminal_id, cols: i64::from(cols), rows: i64::from(rows) };
                // What is in force is told to every viewer, this one included.
                drop(self.around.client.link.emit(&resize));
                sent = true;
            }
        });
        sent
    }

    fn ring(&self) {
        if self.around.settings.now().bell_sound {
            self.around.client.browser.beep();
        }
        self.ringing.set(true);
        let ringing = self.ringing;
        // The pane may have gone meanwhile, and its signal with it.
        let end = move || {
            ringing.try_set(false);
        };
        set_timeout(end, RINGING);
    }

    pub(super) fn with_screen(&self, then: impl FnOnce(&Rc<dyn Screen>)) {
        // Cloned, because what the screen does may come back here.
        let screen = self.screen.borrow().clone();
        if let Some(screen) = screen {
            then(&screen);
        }
    }
}

fn with(attachment: &Weak<Attachment>, then: impl FnOnce(&Attachment)) {
    if let Some(attachment) = attachment.upgrade() {
        then(&attachment);
    }
}
