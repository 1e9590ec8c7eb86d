//! What happened, newest first: how many rows there are, what can be done with them, the filter and the list.

use leptos::{either::Either, prelude::*};

use super::super::{
    format,
    icon::{Glyph, Icon},
    text::{Message, use_texts},
};
use super::{Format, empty::EmptyActivity, filter::FilterBar, list::RowList, use_monitor_state};

/// The section of what happened.
#[component]
pub fn Activity(
    /// Whether it is in sight.
    shown: Signal<bool>,
) -> impl IntoView {
    let text = use_texts();
    let state = use_monitor_state();
    let rows = state.rows();
    let count = move || match state.behind() {
        Some(new) => text.filled(Message::PausedRows, format::count(new)),
        None => text.filled(Message::LiveRows, format::count(rows.with(|rows| rows.len() as u64))),
    };
    let let_go = move || {
        let (kept, dropped) = state.kept();
        (kept > 0 && dropped > 0).then(|| text.filled(Message::DroppedRows, format::count(dropped)))
    };
    let none = Memo::new(move |_| rows.with(|rows| rows.is_empty()));
    view! {
        <section class="section section--fill" aria-label=text.of(Message::Activity)>
            <div class="section__head">
                <h2>{text.of(Message::Activity)}</h2>
                <span class="space"></span>
                <span class="muted num" title=let_go>{count}</span>
                <Tools/>
            </div>
            <FilterBar/>
            {move || if none.get() {
                Either::Left(view! { <EmptyActivity/> })
            } else {
                Either::Right(view! { <RowList rows shown/> })
            }}
        </section>
    }
}

/// Pause, clear and the two exports.
#[component]
fn Tools() -> impl IntoView {
    let text = use_texts();
    let state = use_monitor_state();
    let pause_name = move || text.now(if state.is_paused() { Message::Resume } else { Message::Pause });
    let pause_glyph = move || if state.is_paused() { Glyph::Play } else { Glyph::Pause };
    view! {
        <span class="section__tools">
            <button
                class="button button--icon"
                aria-pressed=move || state.is_paused().to_string()
                aria-label=pause_name
                title=pause_name
                on:click=move |_| state.toggle_pause()
            >
                {move || view! { <Icon of=pause_glyph()/> }}
            </button>
            <button
                class="button button--icon"
                aria-label=text.of(Message::Clear)
                title=text.of(Message::Clear)
                on:click=move |_| state.clear()
            >
                <Icon of=Glyph::Trash/>
            </button>
            <button
                class="button"
                aria-label=text.of(Message::ExportJson)
                title=text.of(Message::ExportJson)
                on:click=move |_| state.export(Format::Json)
            >
                <Icon of=Glyph::Download/>
                "JSON"
            </button>
            <button
                class="button"
                aria-label=text.of(Message::ExportCsv)
                title=text.of(Message::ExportCsv)
                on:click=move |_| state.export(Format::Csv)
            >
                <Icon of=Glyph::Download/>
                "CSV"
            </button>
        </span>
    }
}
