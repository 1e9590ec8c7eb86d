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
        "ArrowRight" | "ArrowDown" => after(here.next_element_sibling()).or_else(|| after(row.first_element_child())),
        "ArrowLeft" | "ArrowUp" => before(here.previous_element_sibling()).or_else(|| before(row.last_element_child())),
        "Home" => after(row.first_element_child()),
        "End" => before(row.last_element_child()),
        _ => return,
    };
    event.prevent_default();
    if let Some(control) = there.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // An element that cannot take the focus is pressed all the same.
        drop(control.focus());
        control.click();
    }
}

/// The element, or the first after it that is shown.
fn after(mut element: Option<Element>) -> Option<Element> {
    while let Some(hidden) = element.take_if(|element| element.has_attribute("hidden")) {
        element = hidden.next_element_sibling();
    }
    element
}

/// The element, or the first before it that is shown.
fn before(mut element: Option<Element>) -> Option<Element> {
    while let Some(hidden) = element.take_if(|element| element.has_attribute("hidden")) {
        element = hidden.previous_element_sibling();
    }
    element
}
