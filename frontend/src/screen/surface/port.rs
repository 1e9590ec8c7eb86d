//! A surface as the UI knows it.

use app::{
    client::{Jump, Screen, ScreenEvent, ScreenKey, ScreenModes, Search, Settings, Step},
    protocol::TerminalId,
};

use super::{Shown, Surface};

impl Screen for Surface {
    fn show(&self, terminal: TerminalId, seq: Option<u64>) {
        let new = Shown { terminal, epoch: 0, taken: 0, whole: false, flowing: false };
        let shown = match self.shown.get() {
            Some(shown) if shown.terminal == terminal => shown,
            Some(other) => {
                self.outlets.unplug(other.terminal, &self.this);
                self.xterm.reset();
                self.tail.borrow_mut().forget();
                self.painter.forget();
                Shown { epoch: other.epoch + 1, ..new }
            }
            None => new,
        };
        self.begin_at(match seq {
            Some(seq) => Shown { taken: seq, whole: true, flowing: true, ..shown },
            None => Shown { flowing: false, ..shown },
        });
        for (frame, cause) in self.outlets.plug(terminal, self.this.clone()) {
            self.take(&frame, cause);
        }
    }

    fn seq(&self) -> Option<u64> {
        self.shown.get().filter(|shown| shown.whole).map(|shown| shown.taken)
    }

    fn see(&self, seen: bool) {
        self.seen.set(seen);
    }

    fn lead(&self, leads: bool) {
        self.leads.set(leads);
    }

    fn resize(&self, cols: u16, rows: u16) {
        self.set_size(cols, rows);
    }

    fn fit(&self) -> (u16, u16) {
        if let Some(size) = self.xterm.proposal() {
            self.fitted.set(size);
        }
        self.fitted.get()
    }

    fn focus(&self) {
        self.xterm.focus();
    }

    fn press(&self, key: ScreenKey) {
        let application = self.xterm.application_cursor_keys();
        self.xterm.input(match (key, application) {
            (ScreenKey::Escape, _) => "\u{1b}",
            (ScreenKey::Tab, _) => "\t",
            (ScreenKey::Up, false) => "\u{1b}[A",
            (ScreenKey::Down, false) => "\u{1b}[B",
            (ScreenKey::Right, false) => "\u{1b}[C",
            (ScreenKey::Left, false) => "\u{1b}[D",
            (ScreenKey::Up, true) => "\u{1b}OA",
            (ScreenKey::Down, true) => "\u{1b}OB",
            (ScreenKey::Right, true) => "\u{1b}OC",
            (ScreenKey::Left, true) => "\u{1b}OD",
        });
    }

    fn paste(&self, text: String) {
        (self.events)(ScreenEvent::Pasted(text));
    }

    fn modes(&self) -> ScreenModes {
        self.xterm.modes()
    }

    fn answer(&self, text: &str) {
        self.xterm.answer(text);
    }

    fn selection(&self) -> String {
        self.xterm.selection()
    }

    fn find(&self, search: &Search, step: Step) {
        self.look_for(search.clone(), step);
    }

    fn end_find(&self) {
        self.forget_search();
    }

    fn jump(&self, to: Jump) {
        self.xterm.prompts().jump(to);
    }

    fn last_output(&self) -> Option<String> {
        self.xterm.prompts().last_output()
    }

    fn apply(&self, settings: &Settings) {
        self.settings.replace(settings.clone());
        self.dress();
        self.draw_as_set();
        self.fit_soon();
    }

    fn restyle(&self) {
        self.dress();
    }
}
