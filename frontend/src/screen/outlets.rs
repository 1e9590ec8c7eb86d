//! Which screen shows which terminal; output that comes before its screen waits here.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    rc::{Rc, Weak},
};

use app::{
    protocol::{
        TerminalId,
        terminal::{TerminalAttached, TerminalResized},
    },
    trace::SpanContext,
};

use crate::js::{listener::Listener, payload::Output};

use super::{held::Held, surface::Surface};

/// The screens of the window by the terminal they show.
pub struct Outlets {
    screens: RefCell<BTreeMap<TerminalId, Weak<Surface>>>,
    held: RefCell<Held>,
    _visibility: Listener,
}

impl Outlets {
    /// No screen yet.
    pub fn new() -> Rc<Self> {
        Rc::new_cyclic(|this: &Weak<Self>| {
            let this = this.clone();
            let tell = move |hidden| {
                if let Some(outlets) = this.upgrade() {
                    outlets.all().iter().for_each(|screen| screen.tell_visibility(hidden));
                }
            };
            Self { screens: RefCell::default(), held: RefCell::default(), _visibility: Listener::on_visibility(tell) }
        })
    }

    /// Output came.
    pub fn output(&self, frame: Output, cause: Option<SpanContext>) {
        match self.screen(frame.terminal_id) {
            Some(screen) => screen.take(&frame, cause),
            None => self.held.borrow_mut().push(frame, cause),
        }
    }

    /// Output follows; asked for or not.
    pub fn attached(&self, attached: &TerminalAttached) {
        if let Some(screen) = self.screen(attached.terminal_id) {
            screen.begin(attached);
        }
    }

    /// Another size is in force.
    pub fn resized(&self, resized: &TerminalResized) {
        if let Some(screen) = self.screen(resized.terminal_id) {
            screen.set_size(resized.cols, resized.rows);
        }
    }

    /// From now on `screen` shows `terminal`; returns what came for it before.
    pub(super) fn plug(&self, terminal: TerminalId, screen: Weak<Surface>) -> Vec<(Output, Option<SpanContext>)> {
        self.screens.borrow_mut().insert(terminal, screen);
        self.held.borrow_mut().take(terminal)
    }

    /// `screen` no longer shows `terminal`.
    pub(super) fn unplug(&self, terminal: TerminalId, screen: &Weak<Surface>) {
        let mut screens = self.screens.borrow_mut();
        // Another screen may have taken the place.
        if screens.get(&terminal).is_some_and(|plugged| plugged.ptr_eq(screen)) {
            screens.remove(&terminal);
        }
    }

    fn screen(&self, terminal: TerminalId) -> Option<Rc<Surface>> {
        self.screens.borrow().get(&terminal)?.upgrade()
    }

    fn all(&self) -> Vec<Rc<Surface>> {
        self.screens.borrow().values().filter_map(Weak::upgrade).collect()
    }
}
