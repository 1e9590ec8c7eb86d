//! What a surface makes of what the emulator and the browser report.

use std::rc::{Rc, Weak};

use app::{
    client::{ClipboardWish, Progress, ScreenEvent},
    protocol::Data,
};

use crate::js::{browser, listener::Listener, media, size_observer::SizeObserver, xterm::Handlers};

use super::{super::focus, Surface, with};

impl Surface {
    pub(super) fn handlers(this: &Weak<Self>) -> Handlers {
        let (text, binary, bell, parsed) = (this.clone(), this.clone(), this.clone(), this.clone());
        let (progress, clipboard, selected) = (this.clone(), this.clone(), this.clone());
        let (link, silent) = (this.clone(), this.clone());
        Handlers {
            text: Box::new(move |keys| {
                with(&text, |surface| {
                    if !(focus::is_report(&keys) && surface.keeps_focus_to_itself()) {
                        surface.typed(Data::Text(keys));
                    }
                });
            }),
            binary: Box::new(move |keys| {
                // One byte per character, as xterm documents it.
                let bytes: Vec<u8> = keys.chars().map(|char| char as u8).collect();
                with(&binary, |surface| surface.typed(Data::Bytes(bytes.into())));
            }),
            bell: Box::new(move || with(&bell, |surface| (surface.events)(ScreenEvent::Bell))),
            parsed: Box::new(move |mark| with(&parsed, |surface| surface.parsed(mark))),
            progress: Box::new(move |data| progress.upgrade().is_some_and(|surface| surface.progressed(data))),
            clipboard: Box::new(move |data| {
                if let Some(wish) = ClipboardWish::read(data) {
                    with(&clipboard, |surface| (surface.events)(ScreenEvent::Clipboard(wish)));
                }
            }),
            selected: Box::new(move || with(&selected, |surface| surface.selecting.set(true))),
            link: Rc::new(move |address| with(&link, |surface| (surface.events)(ScreenEvent::Link(address)))),
            silent: Rc::new(move || silent.upgrade().is_none_or(|surface| !surface.leads.get())),
        }
    }

    pub(super) fn watch(&self) -> (SizeObserver, Vec<Listener>) {
        let (sized, styled) = (self.this.clone(), self.this.clone());
        let (pasted, pointed, released) = (self.this.clone(), self.this.clone(), self.this.clone());
        let observer = SizeObserver::new(&self.mount, move || with(&sized, Self::fit_soon));
        let mut listeners = media::on_change(move || with(&styled, Self::dress));
        listeners.extend([
            // Before the emulator sees it: a paste goes its own way.
            Listener::capturing(&self.mount, "paste", move |event| {
                if let Some(text) = browser::pasted(&event) {
                    with(&pasted, |surface| (surface.events)(ScreenEvent::Pasted(text)));
                }
            }),
            Listener::new(&self.mount, "pointermove", move |_| with(&pointed, Self::find_links)),
            // A selection may end anywhere.
            Listener::on_window("mouseup", move |_| with(&released, Self::copy_selected)),
        ]);
        (observer, listeners)
    }

    /// Whether the program is not to hear of the focus now: a snapshot sets the mode and thereby makes the emulator report what
    /// the program knows, and of several windows the one that leads has the focus, or a look at another would be typing.
    fn keeps_focus_to_itself(&self) -> bool {
        self.restoring.get() > 0 || !self.leads.get()
    }

    fn typed(&self, data: Data) {
        self.painter.typed();
        (self.events)(ScreenEvent::Input(data));
    }

    fn progressed(&self, data: &str) -> bool {
        let Ok(progress) = Progress::after(self.progress.get(), data) else { return false };
        if self.progress.replace(progress) != progress {
            (self.events)(ScreenEvent::Progress(progress));
        }
        true
    }

    fn copy_selected(&self) {
        if !self.selecting.replace(false) || !self.settings.borrow().copy_on_select {
            return;
        }
        let selected = self.xterm.selection();
        if !selected.is_empty() {
            (self.events)(ScreenEvent::Selected(selected));
        }
    }
}
