//! What the document says about itself: the settings written into it, its nonce and whether anybody sees it.

use app::{json, page::PageConfig};
use wasm_bindgen::JsCast;
use web_sys::{CssStyleDeclaration, Element, Event, PageTransitionEvent, VisibilityState};

use super::{document, window};

/// The id of the element that holds the settings.
const SETTINGS: &str = "page";

/// The settings that the server wrote into the page; the defaults when they cannot be read.
pub fn settings() -> PageConfig {
    document()
        .get_element_by_id(SETTINGS)
        .and_then(|element| element.text_content())
        .and_then(|json| json::read(&json).ok())
        .unwrap_or_default()
}

/// Whether the page is out of sight.
pub fn hidden() -> bool {
    document().visibility_state() == VisibilityState::Hidden
}

/// The page's path, without what may follow it.
pub fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// The language the browser asks for.
pub fn browser_language() -> Option<String> {
    window().navigator().language()
}

/// The browser's own description of itself.
pub fn user_agent() -> Option<String> {
    window().navigator().user_agent().ok()
}

/// An element's style as it is in force.
pub fn style_of(element: &Element) -> Option<CssStyleDeclaration> {
    window().get_computed_style(element).ok().flatten()
}

/// Whether a page that is hidden or shown by this event goes to or comes from the back/forward cache.
pub fn is_persisted(event: &Event) -> bool {
    event.dyn_ref::<PageTransitionEvent>().is_some_and(PageTransitionEvent::persisted)
}
