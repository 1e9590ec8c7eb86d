//! The keys of the page itself: combinations that terminals cannot send, so that no shell misses them.

use leptos::{ev, prelude::*};

use super::palette::{Actions, Command, PaletteState};

/// Opens the commands; ⌘K does too.
pub const COMMANDS: &str = "Ctrl+Shift+P";
/// Opens and closes the dock.
pub const DOCK: &str = "Ctrl+Shift+M";
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
    Meta,
    Other,
}

/// Listens for the page's keys as long as the page lives.
pub fn follow(palette: PaletteState) {
    let actions = Actions::from_context();
    Effect::new(move || {
        let listening = window_event_listener(ev::keydown, move |event| {
            let held = match (event.ctrl_key(), event.shift_key(), event.meta_key(), event.alt_key()) {
                (true, false, false, false) => Held::Ctrl,
                (true, true, false, false) => Held::CtrlShift,
                (false, false, true, false) => Held::Meta,
                _ => Held::Other,
            };
            let Some(shortcut) = read(&event.key(), held) else { return };
            event.prevent_default();
            match shortcut {
                Shortcut::Commands => palette.open(),
                Shortcut::Run(command) => actions.run(command),
            }
        });
        on_cleanup(move || listening.remove());
    });
}

fn read(key: &str, held: Held) -> Option<Shortcut> {
    let command = match (key, held) {
        ("P" | "p", Held::CtrlShift) | ("k", Held::Meta) => return Some(Shortcut::Commands),
        ("M" | "m", Held::CtrlShift) => Command::ToggleDock,
        ("F" | "f", Held::CtrlShift) | ("f", Held::Meta) => Command::Find,
        // ⌘C is the browser's own, and the emulator answers it.
        ("C" | "c", Held::CtrlShift) => Command::Copy,
        ("Z" | "z", Held::CtrlShift) => Command::ShowPrevious,
        ("X" | "x", Held::CtrlShift) => Command::ShowNext,
        (",", Held::Ctrl | Held::Meta) => Command::Settings,
        ("=", Held::Ctrl | Held::Meta) | ("+", Held::Ctrl | Held::CtrlShift | Held::Meta) => Command::LargerText,
        ("-", Held::Ctrl | Held::Meta) => Command::SmallerText,
        ("0", Held::Ctrl | Held::Meta) => Command::ResetText,
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
        check("F", Held::CtrlShift, Command::Find);
        check("C", Held::CtrlShift, Command::Copy);
        check("Z", Held::CtrlShift, Command::ShowPrevious);
        check("X", Held::CtrlShift, Command::ShowNext);
        check(",", Held::Ctrl, Command::Settings);
        check("=", Held::Ctrl, Command::LargerText);
        check("+", Held::CtrlShift, Command::LargerText);
        check("-", Held::Ctrl, Command::SmallerText);
        check("0", Held::Meta, Command::ResetText);
    }

    #[test]
    fn a_shell_keeps_its_keys() {
        for key in ["p", "m", "k", "c", "d", "f", "_", "z", "x", "Escape", "F1"] {
            assert_eq!(read(key, Held::Ctrl), None, "Ctrl+{key}");
            assert_eq!(read(key, Held::Other), None, "{key}");
        }
        // Undo in readline and emacs.
        assert_eq!(read("_", Held::CtrlShift), None);
    }
}
