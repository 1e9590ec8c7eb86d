//! The edge between the terminals and the tools: dragged by the pointer, moved by the arrow keys.

use leptos::{ev, html, prelude::*};

use super::{
    super::{
        grip::grab,
        preferences::use_preferences,
        text::{Message, use_texts},
    },
    LEAST, use_dock,
};

/// The width as long as nobody has moved the edge; the same as in the style sheet.
const USUAL: f64 = 460.0;
/// How far an arrow key moves it.
const STEP: f64 = 20.0;
/// The same with Shift.
const STRIDE: f64 = 100.0;

/// The edge.
#[component]
pub fn DockEdge() -> impl IntoView {
    let text = use_texts();
    let (dock, preferences) = (use_dock(), use_preferences());
    let handle = NodeRef::<html::Div>::new();
    let held = RwSignal::new(false);
    let width = move || dock.width().get().unwrap_or(USUAL).min(most());
    let draw = move |width: Option<f64>| dock.width().set(width.map(|width| width.clamp(LEAST, most())));
    let keep = move |width: Option<f64>| {
        draw(width);
        preferences.keep_width(dock);
    };
    let press = move |event: ev::PointerEvent| {
        if grab(handle, &event) {
            held.set(true);
        }
    };
    let drag = move |event: ev::PointerEvent| {
        if held.get_untracked() {
            draw(Some(whole() - f64::from(event.client_x())));
        }
    };
    let release = move |_| {
        if held.get_untracked() {
            held.set(false);
            preferences.keep_width(dock);
        }
    };
    let keys = move |event: ev::KeyboardEvent| {
        let (now, step) = (untrack(width), if event.shift_key() { STRIDE } else { STEP });
        let then = match event.key().as_str() {
            "ArrowLeft" => Some(now + step),
            "ArrowRight" => Some(now - step),
            "Home" => Some(LEAST),
            "End" => Some(most()),
            "Enter" => None,
            _ => return,
        };
        event.prevent_default();
        keep(then);
    };
    view! {
        <div
            class="divider dock__edge"
            role="separator"
            tabindex="0"
            aria-label=text.of(Message::DockEdge)
            aria-orientation="vertical"
            aria-valuemin=LEAST.to_string()
            aria-valuemax=move || format!("{:.0}", most())
            aria-valuenow=move || format!("{:.0}", width())
            data-held=move || held.get().then_some("")
            node_ref=handle
            on:pointerdown=press
            on:pointermove=drag
            on:pointerup=release
            on:pointercancel=release
            on:dblclick=move |_| keep(None)
            on:keydown=keys
        ></div>
    }
}

/// The width of the window.
fn whole() -> f64 {
    window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or_default()
}

/// The terminals keep one half; the same as in the style sheet.
fn most() -> f64 {
    (whole() / 2.0).max(LEAST)
}
