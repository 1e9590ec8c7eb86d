//! What to look for among the traces.

use leptos::prelude::*;

use crate::tracking::TraceStatus;

use super::super::{
    field::{MinDurationField, SearchField},
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
            <SearchField name=Message::SearchTraces value=state.text/>
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
            <MinDurationField value=state.min_ms/>
        </div>
    }
}
