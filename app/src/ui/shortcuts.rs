//! The keys of the page itself: combinations that terminals cannot send or that no shell gives a meaning of its own, so that
//! none is missed. Those that move things are held with Ctrl+Shift, those that move the view with Alt+Shift.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast, web_sys::Element};

use super::{
    later::{Later, use_later},
    palette::{Actions, Command, PaletteState, use_palette},
    work::{Arranger, Deed, use_arranger},
};

/// Opens the commands; ⌘K does too.
pub const COMMANDS: &str = "Ctrl+Shift+P";
/// Opens and closes the dock.
pub const DOCK: &str = "Ctrl+Shift+M";
/// Shows the sessions.
pub const SESSIONS: &str = "Ctrl+Shift+S";
/// Shows the people.
pub const PEOPLE: &str = "Ctrl+Shift+G";
/// Shows the chat.
pub const CHAT: &str = "Ctrl+Shift+Y";
/// Opens the search; ⌘F does too.
pub const FIND: &str = "Ctrl+Shift+F";
/// Copies what is selected; ⌘C does too.
pub const COPY: &str = "Ctrl+Shift+C";
/// Shows the command before.
pub const PREVIOUS: &str = "Ctrl+Shift+Z";
/// Shows the command after.
pub const NEXT: &str = "Ctrl+Shift+X";
/// Opens the settings; ⌘, does too.
pub const SETTINGS: &str = "Ctrl+,";
/// Makes the letters larger.
pub const LARGER: &str = "Ctrl+=";
/// Makes the letters smaller.
pub const SMALLER: &str = "Ctrl+-";
/// Gives the letters the size they had.
pub const RESET: &str = "Ctrl+0";

/// Makes a tab.
pub const NEW_TAB: &str = "Ctrl+Shift+A";
/// Shows the tab after.
pub const NEXT_TAB: &str = "Alt+Shift+PageDown";
/// Shows the tab before.
pub const PREVIOUS_TAB: &str = "Alt+Shift+PageUp";
/// Puts the tab one place further.
pub const TAB_LATER: &str = "Ctrl+Shift+PageDown";
/// Puts the tab one place back.
pub const TAB_EARLIER: &str = "Ctrl+Shift+PageUp";
/// Divides the pane; the new one stands at the right.
pub const SPLIT_RIGHT: &str = "Ctrl+Shift+E";
/// Divides the pane; the new one stands below.
pub const SPLIT_BELOW: &str = "Ctrl+Shift+O";
/// Takes the pane away.
pub const CLOSE_PANE: &str = "Ctrl+Shift+D";
/// Shows the pane alone, or all again.
pub const ZOOM: &str = "Ctrl+Shift+Enter";
/// Goes to the pane at the left.
pub const GO_LEFT: &str = "Alt+Shift+←";
/// Goes to the pane at the right.
pub const GO_RIGHT: &str = "Alt+Shift+→";
/// Goes to the pane above.
pub const GO_UP: &str = "Alt+Shift+↑";
/// Goes to the pane below.
pub const GO_DOWN: &str = "Alt+Shift+↓";

/// Gives the pane more of the width.
pub const WIDER: &str = "Ctrl+Shift+→";
/// Gives the pane less of the width.
pub const NARROWER: &str = "Ctrl+Shift+←";
/// Gives the pane more of the height.
pub const TALLER: &str = "Ctrl+Shift+↓";
/// Gives the pane less of the height.
pub const SHORTER: &str = "Ctrl+Shift+↑";

/// What a combination asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shortcut {
    Commands,
    Run(Command),
}

/// What is held with a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    Ctrl,
    CtrlShift,
    AltShift,
    Meta,
    Other,
}

/// Does what the page's keys ask for.
#[derive(Clone, Copy)]
pub struct Keys {
    palette: PaletteState,
    actions: Actions,
    arranger: Arranger,
    later: Later,
}

impl Keys {
    /// Takes what it needs from the context.
    pub fn from_context() -> Self {
        let (palette, later) = (use_palette(), use_later());
        Self { palette, actions: Actions::from_context(), arranger: use_arranger(), later }
    }

    /// Does what a key asks for; whether it is one of the page's.
    pub fn take(self, event: &ev::KeyboardEvent) -> bool {
        if event.key() == "Escape" && self.arranger.stop_dragging() {
            event.prevent_default();
            return true;
        }
        let held = match (event.ctrl_key(), event.shift_key(), event.meta_key(), event.alt_key()) {
            (true, false, false, false) => Held::Ctrl,
            (true, true, false, false) => Held::CtrlShift,
            (false, true, false, true) => Held::AltShift,
            (false, false, true, false) => Held::Meta,
            _ => Held::Other,
        };
        let Some(shortcut) = read(&event.key(), held) else { return false };
        if is_in_a_field(event) && event.key().starts_with("Arrow") {
            // There it selects by word and by line.
            return false;
        }
        event.prevent_default();
        match shortcut {
            Shortcut::Commands => self.palette.open(),
            Shortcut::Run(command) => self.actions.run(command),
        }
        true
    }

    /// Listens as long as the page lives.
    pub fn follow(self) {
        Effect::new(move || {
            let listening = window_event_listener(ev::keydown, move |event| {
                // Nothing of the page has the keyboard, or it has left the key alone.
                if !self.later.keep(&event) {
                    self.take(&event);
                }
            });
            on_cleanup(move || listening.remove());
        });
    }
}

/// Whether a key goes to a field that is no terminal.
fn is_in_a_field(event: &ev::KeyboardEvent) -> bool {
    const FIELDS: &str = "input, textarea:not(.xterm-helper-textarea)";
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.matches(FIELDS) == Ok(true))
}

fn read(key: &str, held: Held) -> Option<Shortcut> {
    let command = match (key, held) {
        ("P" | "p", Held::CtrlShift) | ("k", Held::Meta) => return Some(Shortcut::Commands),
        ("M" | "m", Held::CtrlShift) => Command::ToggleDock,
        ("S" | "s", Held::CtrlShift) => Command::ShowSessions,
        ("G" | "g", Held::CtrlShift) => Command::ShowPeople,
        ("Y" | "y", Held::CtrlShift) => Command::ShowChat,
        ("F" | "f", Held::CtrlShift) | ("f", Held::Meta) => Command::Find,
        // ⌘C is the browser's own, and the emulator answers it.
        ("C" | "c", Held::CtrlShift) => Command::Copy,
        ("Z" | "z", Held::CtrlShift) => Command::ShowPrevious,
        ("X" | "x", Held::CtrlShift) => Command::ShowNext,
        (",", Held::Ctrl | Held::Meta) => Command::Settings,
        ("=", Held::Ctrl | Held::Meta) | ("+", Held::Ctrl | Held::CtrlShift | Held::Meta) => Command::LargerText,
        ("-", Held::Ctrl | Held::Meta) => Command::SmallerText,
        ("0", Held::Ctrl | Held::Meta) => Command::ResetText,
        ("A" | "a", Held::CtrlShift) => Command::Work(Deed::NewTab),
        ("E" | "e", Held::CtrlShift) => Command::Work(Deed::SplitRight),
        ("O" | "o", Held::CtrlShift) => Command::Work(Deed::SplitBelow),
        ("D" | "d", Held::CtrlShift) => Command::Work(Deed::ClosePane),
        ("Enter", Held::CtrlShift) => Command::Work(Deed::ZoomPane),
        ("PageDown", Held::CtrlShift) => Command::Work(Deed::TabLater),
        ("PageUp", Held::CtrlShift) => Command::Work(Deed::TabEarlier),
        ("PageDown", Held::AltShift) => Command::Work(Deed::NextTab),
        ("PageUp", Held::AltShift) => Command::Work(Deed::PreviousTab),
        ("ArrowRight", Held::CtrlShift) => Command::Work(Deed::Wider),
        ("ArrowLeft", Held::CtrlShift) => Command::Work(Deed::Narrower),
        ("ArrowDown", Held::CtrlShift) => Command::Work(Deed::Taller),
        ("ArrowUp", Held::CtrlShift) => Command::Work(Deed::Shorter),
        ("ArrowLeft", Held::AltShift) => Command::Work(Deed::GoLeft),
        ("ArrowRight", Held::AltShift) => Command::Work(Deed::GoRight),
        ("ArrowUp", Held::AltShift) => Command::Work(Deed::GoUp),
        ("ArrowDown", Held::AltShift) => Command::Work(Deed::GoDown),
        _ => return None,
    };
    Some(Shortcut::Run(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(key: &str, held: Held, command: Command) {
        assert_eq!(read(key, held), Some(Shortcut::Run(command)), "{key}");
    }

    #[test]
    fn the_page_takes_its_own_keys() {
        assert_eq!(read("P", Held::CtrlShift), Some(Shortcut::Commands));
        assert_eq!(read("k", Held::Meta), Some(Shortcut::Commands));
        check("M", Held::CtrlShift, Command::ToggleDock);
        check("S", Held::CtrlShift, Command::ShowSessions);
        check("G", Held::CtrlShift, Command::ShowPeople);
        check("Y", Held::CtrlShift, Command::ShowChat);
        check("F", Held::CtrlShift, Command::Find);
        check("C", Held::CtrlShift, Command::Copy);
        check("Z", Held::CtrlShift, Command::ShowPrevious);
        check("X", Held::CtrlShift, Command::ShowNext);
        check(",", Held::Ctrl, Command::Settings);
        check("=", Held::Ctrl, Command::LargerText);
        check("+", Held::CtrlShift, Command::LargerText);
        check("-", Held::Ctrl, Command::SmallerText);
        check("0", Held::Meta, Command::ResetText);
        check("A", Held::CtrlShift, Command::Work(Deed::NewTab));
        check("Enter", Held::CtrlShift, Command::Work(Deed::ZoomPane));
        check("PageUp", Held::CtrlShift, Command::Work(Deed::TabEarlier));
        check("PageUp", Held::AltShift, Command::Work(Deed::PreviousTab));
        check("ArrowUp", Held::AltShift, Command::Work(Deed::GoUp));
        check("ArrowRight", Held::CtrlShift, Command::Work(Deed::Wider));
        check("ArrowUp", Held::CtrlShift, Command::Work(Deed::Shorter));
    }

    #[test]
    fn a_shell_keeps_its_keys() {
        for key in ["p", "m", "k", "c", "d", "f", "_", "z", "x", "Escape", "F1"] {
            assert_eq!(read(key, Held::Ctrl), None, "Ctrl+{key}");
            assert_eq!(read(key, Held::Other), None, "{key}");
        }
        // By word, by page, and by line.
        for key in ["ArrowLeft", "ArrowUp", "PageUp", "Enter"] {
            assert_eq!(read(key, Held::Ctrl), None, "Ctrl+{key}");
            assert_eq!(read(key, Held::Other), None, "{key}");
        }
        // Undo in readline and emacs.
        assert_eq!(read("_", Held::CtrlShift), None);
    }
}
