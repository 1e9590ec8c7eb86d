//! Text fields of the page.

use wasm_bindgen::JsCast;
use web_sys::{Event, EventInit, HtmlInputElement, KeyboardEvent, KeyboardEventInit};

use super::document;

/// Types into the field that has the keyboard, a line feed as the Enter key. The page hears of it as of a person's typing; what
/// follows an Enter that takes the field away goes nowhere.
pub fn type_in(text: &str) {
    for (at, line) in text.split('\n').enumerate() {
        let Some(field) = document().active_element().and_then(|element| element.dyn_into().ok()) else { return };
        if at > 0 {
            press_enter(&field);
        }
        if !line.is_empty() {
            insert(&field, line);
        }
    }
}

fn insert(field: &HtmlInputElement, text: &str) {
    field.set_value(&(field.value() + text));
    let init = EventInit::new();
    init.set_bubbles(true);
    if let Ok(event) = Event::new_with_event_init_dict("input", &init) {
        // Whether somebody prevents it changes nothing: it tells of what has happened.
        _ = field.dispatch_event(&event);
    }
}

fn press_enter(field: &HtmlInputElement) {
    let init = KeyboardEventInit::new();
    init.set_key("Enter");
    init.set_bubbles(true);
    init.set_cancelable(true);
    if let Ok(event) = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init) {
        let left_alone = field.dispatch_event(&event).unwrap_or(false);
        if let (true, Some(form)) = (left_alone, field.form()) {
            // A browser sends a form for the key of a person only.
            _ = form.request_submit();
        }
    }
}
