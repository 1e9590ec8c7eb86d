//! The requests that wait for an answer, ageing before one's eyes.

use leptos::prelude::*;

use crate::{
    monitor::figure,
    tracking::{Micros, PendingRequest},
};

use super::super::{
    format,
    icon::{Glyph, Icon},
    text::{Message, use_texts},
};
use super::use_monitor_state;

/// From this age on a request is worth a look.
const AMBER: Micros = 1_000_000;
/// From this age on something is wrong.
const RED: Micros = 5_000_000;

/// The section of what waits, oldest first.
#[component]
pub fn PendingList() -> impl IntoView {
    let text = use_texts();
    let pending = use_monitor_state().pending();
    let none = move || pending.with(Vec::is_empty);
    view! {
        <section class="section" aria-label=text.of(Message::PendingRequests)>
            <div class="section__head"><h2>{text.of(Message::PendingRequests)}</h2></div>
            <p class="pending__none" hidden=move || !none()>{text.of(Message::NothingPending)}</p>
            <ul class="pending" hidden=none>
                <For each=move || pending.get() key=|request| request.request_id.clone() let:request>
                    <PendingRow request/>
                </For>
            </ul>
        </section>
    }
}

#[component]
fn PendingRow(request: PendingRequest) -> impl IntoView {
    let text = use_texts();
    let state = use_monitor_state();
    let started = request.started;
    let age = move || state.now().get().saturating_sub(started);
    let clock = format::time_of_day(started as f64 / 1_000.0, state.utc_offset());
    view! {
        <li class="row" data-status="pending">
            <Icon of=Glyph::Clock/>
            <span class="row__event">{request.event_name} " " <em>{text.of(Message::Waiting)}</em></span>
            <span class="row__time num" data-age=move || age_word(age())>{move || figure(age())}</span>
            <time class="row__clock num">{clock}</time>
        </li>
    }
}

/// The value of `data-age`.
pub fn age_word(age: Micros) -> Option<&'static str> {
    match age {
        ..AMBER => None,
        AMBER..RED => Some("amber"),
        RED.. => Some("red"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_turns_amber_and_then_red() {
        for (age, word) in
            [(0, None), (999_999, None), (AMBER, Some("amber")), (4_999_999, Some("amber")), (RED, Some("red"))]
        {
            assert_eq!(age_word(age), word, "{age}");
        }
    }
}
