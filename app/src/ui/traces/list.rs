//! The list of traces, newest first.

use leptos::{ev, prelude::*};

use crate::{client::ClientContext, monitor::TraceRow, trace::TraceId, tracking::TraceStatus};

use super::super::{
    format,
    icon::{Glyph, Icon},
    roving,
    text::{Message, use_texts},
};
use super::state::{Answer, TracesState};

/// The list, or why there is none.
#[component]
pub fn TraceList() -> impl IntoView {
    let text = use_texts();
    let state = expect_context::<TracesState>();
    let rows = Memo::new(move |_| match state.rows.get() {
        Answer::Here(rows) => rows,
        Answer::Awaited | Answer::Failed(_) => Vec::new(),
    });
    let none = Memo::new(move |_| rows.with(Vec::is_empty));
    let first = Memo::new(move |_| rows.with(|rows| rows.first().map(|row| row.trace_id)));
    view! {
        <div
            class="trace-list"
            role="listbox"
            aria-label=text.of(Message::TraceList)
            hidden=move || none.get()
            on:keydown=move |event: ev::KeyboardEvent| roving::step(&event)
        >
            <For each=move || rows.get() key=|row| (row.trace_id, row.spans) let:row>
                <TraceLine row first/>
            </For>
        </div>
        <Show when=move || none.get()>
            <EmptyTraces/>
        </Show>
    }
}

#[component]
fn TraceLine(
    row: TraceRow,
    /// The line that takes the focus while none is chosen.
    first: Memo<Option<TraceId>>,
) -> impl IntoView {
    let text = use_texts();
    let state = expect_context::<TracesState>();
    let offset = use_context::<ClientContext>()
        .map_or(0, |client| client.with_value(|client| client.browser.utc_offset_minutes()));
    let id = row.trace_id;
    let (spans, services) = (row.spans, row.services.join(" · "));
    let counted = if spans == 1 { Message::OneSpan } else { Message::SpanCount };
    let chosen = move || state.chosen.get() == Some(id);
    let in_focus_order = move || state.chosen.get().or(first.get()) == Some(id);
    let glyph = match row.status {
        TraceStatus::Ok => Glyph::Check,
        TraceStatus::Error => Glyph::Cross,
        TraceStatus::Timeout => Glyph::Clock,
    };
    view! {
        <button
            class="trace-row"
            role="option"
            data-status=row.status.as_str()
            aria-selected=move || chosen().to_string()
            tabindex=move || if in_focus_order() { "0" } else { "-1" }
            on:click=move |_| state.chosen.set(Some(id))
        >
            <Icon of=glyph/>
            <span class="trace-row__name">{row.name}</span>
            <span class="trace-row__time num">{format::duration(row.duration_ms)}</span>
            <time class="trace-row__clock num">{format::time_of_day(row.start_time.0 as f64 / 1_000.0, offset)}</time>
            <span class="trace-row__more">
                {move || text.filled(counted, spans)} " · " {services} " · "
                <span class="num">{format::short_id(&id.to_string())}</span>
            </span>
        </button>
    }
}

/// Why no trace is listed: still asked for, none there, none that fits, or the question failed.
#[component]
fn EmptyTraces() -> impl IntoView {
    let text = use_texts();
    let state = expect_context::<TracesState>();
    let words = move || match state.rows.get() {
        Answer::Awaited => text.now(Message::TracesLoading).to_owned(),
        Answer::Failed(why) => text.filled(Message::TracesFailed, why),
        Answer::Here(_) if state.asks_for_all() => text.now(Message::TracesEmpty).to_owned(),
        Answer::Here(_) => text.now(Message::TracesFiltered).to_owned(),
    };
    let failed = move || matches!(*state.rows.read(), Answer::Failed(_));
    let hint = move || {
        (*state.rows.read() == Answer::Here(Vec::new()) && state.asks_for_all())
            .then(|| text.now(Message::TracesEmptyHint))
    };
    view! {
        <div class="empty" role="status">
            <Icon of=Glyph::Search/>
            <p>{words}</p>
            <p class="empty__hint">{hint}</p>
            <Show when=failed>
                <button class="pill" on:click=move |_| state.ask_again()>{text.of(Message::TryAgain)}</button>
            </Show>
        </div>
    }
}
