//! The keys of the page itself: combinations with Ctrl and Shift that terminals cannot send, so that no shell misses them.

use leptos::{ev, prelude::*};

use super::{dock::DockState, palette::PaletteState};

/// Opens the commands; ⌘K does too.
pub const COMMANDS: &str = "Ctrl+Shift+P";
/// Opens and closes the dock.
pub const DOCK: &str = "Ctrl+Shift+M";

/// What a combination asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shortcut {
    Commands,
    Dock,
}

/// Listens for the page's keys as long as the page lives.
pub fn follow(dock: DockState, palette: PaletteState) {
    Effect::new(move || {
        let listening = window_event_listener(ev::keydown, move |event| {
            let Some(shortcut) = read(&event.key(), event.ctrl_key(), event.shift_key(), event.meta_key()) else {
                return;
            };
            event.prevent_default();
            match shortcut {
                Shortcut::Commands => palette.open(),
                Shortcut::Dock => dock.toggle(),
            }
        });
        on_cleanup(move || listening.remove());
    });
}

fn read(key: &str, ctrl: bool, shift: bool, meta: bool) -> Option<Shortcut> {
    match (key, ctrl, shift, meta) {
        ("P" | "p", true, true, false) | ("k", false, false, true) => Some(Shortcut::Commands),
        ("M" | "m", true, true, false) => Some(Shortcut::Dock),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_takes_its_own_keys() {
        assert_eq!(read("P", true, true, false), Some(Shortcut::Commands));
        assert_eq!(read("k", false, false, true), Some(Shortcut::Commands));
        assert_eq!(read("M", true, true, false), Some(Shortcut::Dock));
    }

    #[test]
    fn a_shell_keeps_its_keys() {
        for key in ["p", "m", "k", "c", "d", "Escape", "F1"] {
            assert_eq!(read(key, true, false, false), None, "Ctrl+{key}");
            assert_eq!(read(key, false, false, false), None, "{key}");
        }
    }
}
