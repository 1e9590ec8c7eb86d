//! A line that is dragged by the pointer.

use leptos::{ev, html, prelude::*};

/// Begins to drag a line: from now on it has the pointer, wherever that goes, and the keyboard. `false` where the button is not the
/// first one.
pub fn grab(line: NodeRef<html::Div>, event: &ev::PointerEvent) -> bool {
    if event.button() != 0 {
        return false;
    }
    event.prevent_default();
    if let Some(line) = line.get_untracked() {
        // A pointer that has gone meanwhile ends the drag by its own event.
        drop(line.set_pointer_capture(event.pointer_id()));
        drop(line.focus());
    }
    true
}
