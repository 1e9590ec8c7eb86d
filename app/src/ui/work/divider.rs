//! The line between two parts of a split: dragged by the pointer, moved by the arrow keys.

use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};

use crate::{protocol::layout::Direction, workspace::Divider};

use super::{
    super::{
        grip::grab,
        text::{Message, use_texts},
    },
    arranger::use_arranger,
    place::{Slide, percent, use_place},
};

/// How far an arrow key moves it.
const STEP: f64 = 0.02;
/// The same with Shift.
const STRIDE: f64 = 0.1;

/// One line.
#[component]
pub fn DividerLine(
    /// The line as it was when it appeared; it is followed from then on.
    line: Divider,
) -> impl IntoView {
    let text = use_texts();
    let (place, arranger) = (use_place(), use_arranger());
    let handle = NodeRef::<html::Div>::new();
    let held = RwSignal::new(false);
    let now = Memo::new(move |before: Option<&Divider>| {
        let same = |other: &Divider| (other.first, other.second) == (line.first, line.second);
        let found = place.dividers().with(|lines| lines.iter().copied().find(same));
        found.or(before.copied()).unwrap_or(line)
    });
    let upright = move || now.get().direction == Direction::Horizontal;
    let bounds = Memo::new(move |_| place.bounds(&now.get()));
    let slide = move |ratio: f64| {
        let (least, most) = bounds.get_untracked();
        Slide { first: line.first, second: line.second, ratio: ratio.clamp(least, most) }
    };
    let whole = |share: f64| format!("{:.0}", share * 100.0);
    let at = move || {
        let Divider { direction, ratio, area, .. } = now.get();
        match direction {
            Direction::Horizontal => (area.x + area.width * ratio, area.y, area.height),
            Direction::Vertical => (area.y + area.height * ratio, area.x, area.width),
        }
    };
    let across = move |upright_is: f64, level_is: f64| percent(if upright() { upright_is } else { level_is });
    let press = move |event: ev::PointerEvent| {
        if untrack(|| place.may_arrange()) && grab(handle, &event) {
            held.set(true);
        }
    };
    let drag = move |event: ev::PointerEvent| {
        let room = handle.get_untracked().and_then(|handle| handle.parent_element()?.dyn_into::<HtmlElement>().ok());
        if let Some(room) = room.filter(|_| held.get_untracked()) {
            place.slide().set(Some(slide(share(&room, now.get_untracked(), &event))));
        }
    };
    let release = move |_| {
        if held.get_untracked() {
            held.set(false);
            let slid = place.slide().get_untracked();
            if let Some(slid) = slid.filter(|slid| (slid.first, slid.second) == (line.first, line.second)) {
                arranger.resize(slid);
            }
        }
    };
    let give_up = move |_| {
        held.set(false);
        place.slide().set(None);
    };
    let keys = move |event: ev::KeyboardEvent| {
        let (Divider { direction, ratio, even, .. }, step) =
            (now.get_untracked(), if event.shift_key() { STRIDE } else { STEP });
        let there = match (event.key().as_str(), direction) {
            ("ArrowLeft", Direction::Horizontal) | ("ArrowUp", Direction::Vertical) => ratio - step,
            ("ArrowRight", Direction::Horizontal) | ("ArrowDown", Direction::Vertical) => ratio + step,
            ("Home", _) => 0.0,
            ("End", _) => 1.0,
            ("Enter", _) => even,
            ("Escape", _) if held.get_untracked() => {
                held.set(false);
                return place.slide().set(None);
            }
            _ => return,
        };
        event.prevent_default();
        arranger.resize(slide(there));
    };
    view! {
        <div
            class="divider"
            role="separator"
            tabindex="0"
            aria-label=text.of(Message::Divider)
            aria-orientation=move || if upright() { "vertical" } else { "horizontal" }
            aria-valuemin=move || whole(bounds.get().0)
            aria-valuemax=move || whole(bounds.get().1)
            aria-valuenow=move || whole(now.get().ratio)
            data-held=move || held.get().then_some("")
            style:left=move || { let (at, start, _) = at(); across(at, start) }
            style:top=move || { let (at, start, _) = at(); across(start, at) }
            style:width=move || (!upright()).then(|| percent(at().2))
            style:height=move || upright().then(|| percent(at().2))
            node_ref=handle
            on:pointerdown=press
            on:pointermove=drag
            on:pointerup=release
            on:pointercancel=give_up
            on:dblclick=move |_| arranger.resize(slide(now.get_untracked().even))
            on:keydown=keys
        ></div>
    }
}

/// The share of the first part when the line is where the pointer is. The page itself does not scroll: where the room stands in it
/// is where the window has it.
fn share(room: &HtmlElement, line: Divider, event: &ev::PointerEvent) -> f64 {
    let Divider { direction, ratio, area, .. } = line;
    let (at, start, length, from, share) = match direction {
        Direction::Horizontal => (event.client_x(), room.offset_left(), room.offset_width(), area.x, area.width),
        Direction::Vertical => (event.client_y(), room.offset_top(), room.offset_height(), area.y, area.height),
    };
    let (at, length) = (f64::from(at - start), f64::from(length));
    if length * share > 0.0 { (at / length - from) / share } else { ratio }
}
