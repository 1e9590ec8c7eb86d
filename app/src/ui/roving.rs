//! Arrow keys in a row of controls: one is in the focus order, the arrows reach the others.

use leptos::{
    ev::KeyboardEvent,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement},
};

/// Moves the focus along the children of the element that listens, and presses the one it reaches.
pub fn step(event: &KeyboardEvent) {
    let Some(row) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let Some(here) = document().active_element() else { return };
    let there = match event.key().as_str() {
        "ArrowRight" | "ArrowDown" => here.next_element_sibling().or_else(|| row.first_element_child()),
        "ArrowLeft" | "ArrowUp" => here.previous_element_sibling().or_else(|| row.last_element_child()),
        "Home" => row.first_element_child(),
        "End" => row.last_element_child(),
        _ => return,
    };
    event.prevent_default();
    if let Some(control) = there.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // An element that cannot take the focus is pressed all the same.
        drop(control.focus());
        control.click();
    }
}
