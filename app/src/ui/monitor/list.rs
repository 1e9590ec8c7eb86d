//! The rows of what happened; only those in sight are in the document, however many there are.

use std::sync::Arc;

use leptos::{ev, html, prelude::*};

use crate::monitor::{Row, Viewport};

use super::super::{
    dock::use_dock,
    text::{Message, use_texts},
};
use super::{row::RowLine, use_monitor_state};

/// The height of a row in CSS pixels, as the style sheet's `--row` has it.
const ROW_HEIGHT: f64 = 24.0;
/// What is drawn before the list has been measured.
const FIRST_HEIGHT: f64 = 480.0;

/// The rows as a list in which one can be chosen.
#[component]
pub fn RowList(
    /// Newest first.
    rows: Memo<Arc<Vec<Arc<Row>>>>,
    /// Whether the list is in sight.
    shown: Signal<bool>,
) -> impl IntoView {
    let text = use_texts();
    let state = use_monitor_state();
    let dock = use_dock();
    let element = NodeRef::<html::Div>::new();
    let viewport = RwSignal::new(Viewport { row_height: ROW_HEIGHT, height: FIRST_HEIGHT, scroll_top: 0.0 });
    let measure = move || {
        if let Some(list) = element.get_untracked() {
            let (height, scroll_top) = (f64::from(list.client_height()), f64::from(list.scroll_top()));
            viewport.update(|viewport| *viewport = Viewport { height, scroll_top, ..*viewport });
        }
    };
    Effect::new(move || {
        if element.get().is_some() && shown.get() {
            measure();
            let listening = window_event_listener(ev::resize, move |_| measure());
            on_cleanup(move || listening.remove());
        }
    });
    keep_place(rows, viewport, element);

    let range = Memo::new(move |_| viewport.get().visible(rows.with(|rows| rows.len())));
    let in_sight = move || rows.with(|rows| rows.get(range.get()).unwrap_or_default().to_vec());
    let room = move || format!("{}px", viewport.get_untracked().total(rows.with(|rows| rows.len())));
    let shift = move || format!("translateY({}px)", viewport.get_untracked().offset(&range.get()));
    let reveal = move |place: usize| {
        let Some(list) = element.get_untracked() else { return };
        let (top, height) = (place as f64 * ROW_HEIGHT, f64::from(list.client_height()));
        let from = f64::from(list.scroll_top());
        let to = from.min(top).max(top + ROW_HEIGHT - height);
        list.set_scroll_top(to as i32);
    };
    let open = move |row: &Row| {
        state.chosen.set(Some(row.seq));
        if let Some(trace) = row.trace_id {
            dock.show_trace(trace);
        }
    };
    let keys = move |event: ev::KeyboardEvent| {
        let rows = rows.get_untracked();
        let place = state.chosen.get_untracked().and_then(|seq| rows.iter().position(|row| row.seq == seq));
        let last = rows.len().saturating_sub(1);
        let next = match (event.key().as_str(), place) {
            ("ArrowDown", place) => place.map_or(0, |place| (place + 1).min(last)),
            ("ArrowUp", place) => place.map_or(0, |place| place.saturating_sub(1)),
            ("Home", _) => 0,
            ("End", _) => last,
            ("Enter", Some(place)) => {
                open(&rows[place]);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        if let Some(row) = rows.get(next) {
            state.chosen.set(Some(row.seq));
            reveal(next);
        }
    };
    view! {
        <div
            class="list"
            role="listbox"
            tabindex="0"
            aria-label=text.of(Message::Activity)
            aria-activedescendant=move || state.chosen.get().map(row_id)
            node_ref=element
            on:scroll=move |_| measure()
            on:keydown=keys
        >
            <div class="list__room" role="presentation" style:height=room>
                <div class="list__rows" role="presentation" style:transform=shift>
                    <For each=in_sight key=|row| (row.seq, row.status, row.duration) let:row>
                        <RowLine row=row.clone() on_open=Callback::new(move |()| open(&row))/>
                    </For>
                </div>
            </div>
        </div>
    }
}

/// The document's name of a row.
pub fn row_id(seq: u64) -> String {
    format!("row-{seq}")
}

/// Keeps what is being read in place when rows come on top of it; at the top the newest are shown.
fn keep_place(rows: Memo<Arc<Vec<Arc<Row>>>>, viewport: RwSignal<Viewport>, element: NodeRef<html::Div>) {
    Effect::new(move |newest: Option<Option<u64>>| {
        let newest = newest.flatten();
        let added = rows.with(|rows| match newest {
            Some(newest) => rows.iter().position(|row| row.seq <= newest).unwrap_or_default(),
            None => 0,
        });
        let scroll_top = viewport.get_untracked().scroll_after(added);
        if let (1.., Some(list)) = (added, element.get_untracked()) {
            list.set_scroll_top(scroll_top as i32);
        }
        rows.with(|rows| rows.first().map(|row| row.seq))
    });
}
