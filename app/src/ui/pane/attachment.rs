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
    prelude::{Get, GetUntracked, ReadSignal, RwSignal, Set, document, set_timeout, untrack},
    task::spawn_local,
    web_sys::HtmlElement,
};

use crate::{
    client::{Found, LinkState, Screen, Settings},
    protocol::{
        PaneId, TerminalId,
        terminal::{TerminalClosed, TerminalDetach, TerminalResize},
    },
};

pub use self::{around::Around, clipboard::Answer};

use self::opening::Way;

use super::{
    paste::Warning,
    phase::Phase,
    typist::Typist,
    wish::{HeldBack, Wish},
};

/// How long a rung bell shows.
const RINGING: Duration = Duration::from_millis(200);

/// One pane's shell, from the window's side.
pub struct Attachment {
    around: Around,
    pane: PaneId,
    typist: Rc<Typist>,
    screen: RefCell<Option<Rc<dyn Screen>>>,
    /// The terminal whose output the screen holds.
    held: Cell<Option<TerminalId>>,
    leads: Cell<bool>,
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

    /// The terminal in the pane, alive or ended; reading it in a view follows it.
    pub fn terminal(&self) -> Option<TerminalId> {
        let view = self.around.workspace.view().get()?;
        let mut panes = view.sessions.iter().flat_map(|session| &session.tabs).flat_map(|tab| &tab.panes);
        panes.find(|pane| pane.id == self.pane)?.terminal_id
    }

    /// Opens the screen inside `mount`, once.
    pub fn mount(&self, mount: &HtmlElement) {
        if self.screen.borrow().is_none() {
            self.screen.replace(Some(self.around.client.screens.open(
                mount,
                &self.around.settings.now(),
                self.events(),
            )));
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

    /// The shell has ended.
    pub fn end(&self, closed: TerminalClosed) {
        self.typist.forget();
        self.around.workspace.terminal(closed.terminal_id).progress.set(None);
        self.phase.set(Phase::Ended(closed));
    }

    /// Attaches to the pane's shell, or starts one where there is none.
    pub fn open(&self) {
        self.reach(untrack(|| self.terminal()).map_or(Way::Create, Way::Attach));
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
        if nobody_has_the_keyboard() {
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

    /// Tells the server the size this window has room for; the one in force comes back as everybody's does.
    fn offer_size(&self) {
        let Phase::Live(terminal_id) = self.phase.get_untracked() else { return };
        if !self.leads.get() && !self.around.workspace.config().every_size_counts {
            return;
        }
        self.with_screen(|screen| {
            let (cols, rows) = screen.fit();
            if self.around.workspace.terminal(terminal_id).size.get_untracked() != Some((cols, rows)) {
                let resize = TerminalResize { terminal_id, cols: i64::from(cols), rows: i64::from(rows) };
                // What is in force is told to every viewer, this one included.
                drop(self.around.client.link.emit(&resize));
            }
        });
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

/// Whether keys would go nowhere.
fn nobody_has_the_keyboard() -> bool {
    document().active_element().is_none_or(|element| element.tag_name() == "BODY")
}

fn with(attachment: &Weak<Attachment>, then: impl FnOnce(&Attachment)) {
    if let Some(attachment) = attachment.upgrade() {
        then(&attachment);
    }
}
