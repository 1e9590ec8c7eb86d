//! What to look for among the traces.

use leptos::prelude::*;

use crate::tracking::TraceStatus;

use super::super::{
    icon::{Glyph, Icon},
    text::{Message, use_texts},
};
use super::state::TracesState;

/// The controls: text, status and least duration.
#[component]
pub fn TraceFilter() -> impl IntoView {
    let text = use_texts();
    let state = expect_context::<TracesState>();
    let statuses = [TraceStatus::Ok, TraceStatus::Error, TraceStatus::Timeout];
    view! {
        <div class="filter filter--first">
            <label class="field field--grow">
                <Icon of=Glyph::Search/>
                <input
                    class="field__input"
                    type="search"
                    aria-label=text.of(Message::SearchTraces)
                    placeholder=text.of(Message::SearchTraces)
                    prop:value=state.text
                    on:input=move |event| state.text.set(event_target_value(&event))
                />
            </label>
            <label class="field">
                <span class="spoken">{text.of(Message::Status)}</span>
                <select
                    class="field__input"
                    prop:value=state.status
                    on:change=move |event| state.status.set(event_target_value(&event))
                >
                    <option value="">{text.of(Message::AnyStatus)}</option>
                    {statuses.map(|status| view! { <option value=status.as_str()>{status.as_str()}</option> })}
                </select>
            </label>
            <label class="field field--short">
                <span aria-hidden="true">"≥"</span>
                <input
                    class="field__input num"
                    type="number"
                    min="0"
                    step="any"
                    aria-label=text.of(Message::MinDuration)
                    title=text.of(Message::MinDuration)
                    placeholder="ms"
                    prop:value=state.min_ms
                    on:input=move |event| state.min_ms.set(event_target_value(&event))
                />
            </label>
        </div>
    }
}
