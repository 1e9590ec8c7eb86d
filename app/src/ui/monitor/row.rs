//! One row: what was sent and what came of it.

use std::sync::Arc;

use leptos::prelude::*;

use crate::monitor::{Row, Status, figure};

use super::super::{
    format,
    icon::{Glyph, Icon},
    text::{Message, Texts, use_texts},
};
use super::{list::row_id, pending::age_word, use_monitor_state};

/// A row of the list: `terminal:create → terminal:created ✓ 3 ms`.
#[component]
pub fn RowLine(
    /// What it shows; a row that changes is a new line.
    row: Arc<Row>,
    /// Asked for its trace.
    on_open: Callback<()>,
) -> impl IntoView {
    let text = use_texts();
    let state = use_monitor_state();
    let Row { seq, status, started, .. } = *row;
    let waits = status == Status::Pending;
    let slow = row.duration.is_some_and(|duration| duration >= state.slow());
    let age = {
        let row = row.clone();
        // Only what waits grows older.
        move || row.elapsed(if waits { state.now().get() } else { 0 })
    };
    let tone = {
        let age = age.clone();
        move || match status {
            Status::Pending => age_word(age().unwrap_or_default()),
            Status::Error | Status::Timeout | Status::Disconnected => Some("red"),
            Status::Ok | Status::Late | Status::Received | Status::Sent => slow.then_some("amber"),
        }
    };
    let clock = format::time_of_day(started as f64 / 1_000.0, state.utc_offset());
    let title = row.error.as_ref().map(|error| error.message.clone());
    let event = row.event.clone();
    let outcome = move || outcome(&row, text);
    view! {
        <div
            class="row"
            role="option"
            id=row_id(seq)
            data-status=status.as_str()
            aria-selected=move || (state.chosen.get() == Some(seq)).to_string()
            title=title
            on:click=move |_| on_open.run(())
        >
            <Icon of=glyph(status)/>
            <span class="row__event">{event} " " <em>{outcome}</em></span>
            <span class="row__time num" data-age=tone>{move || age().map(figure)}</span>
            <time class="row__clock num">{clock}</time>
        </div>
    }
}

/// What came of it, in words.
fn outcome(row: &Row, text: Texts) -> String {
    let response = row.response.as_ref().or(row.expected.as_ref());
    match row.status {
        Status::Pending => text.now(Message::Waiting).to_owned(),
        Status::Ok => response.map(|response| format!("→ {response}")).unwrap_or_default(),
        Status::Error => row
            .error
            .as_ref()
            .map_or_else(|| text.now(Message::StatusError).to_owned(), |error| format!("✗ {}", error.code)),
        Status::Timeout => text.now(Message::StatusTimeout).to_owned(),
        Status::Late => text.now(Message::StatusLate).to_owned(),
        Status::Disconnected => text.now(Message::StatusDisconnected).to_owned(),
        Status::Received => text.now(Message::StatusReceived).to_owned(),
        Status::Sent => text.now(Message::StatusSent).to_owned(),
    }
}

const fn glyph(status: Status) -> Glyph {
    match status {
        Status::Pending | Status::Timeout | Status::Late => Glyph::Clock,
        Status::Ok => Glyph::Check,
        Status::Error => Glyph::Cross,
        Status::Disconnected => Glyph::Unlink,
        Status::Received => Glyph::Inbound,
        Status::Sent => Glyph::Outbound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{monitor::RowError, ui::Language};

    fn check(row: &Row, expected: &str) {
        let owner = Owner::new();
        owner.set();
        assert_eq!(outcome(row, Texts(RwSignal::new(Language::English))), expected);
    }

    #[test]
    fn a_row_pairs_the_request_with_what_came_of_it() {
        let ended =
            |status| Row { status, expected: Some("terminal:created".into()), ..Row::request("terminal:create", 0) };
        check(&ended(Status::Ok), "→ terminal:created");
        check(&ended(Status::Pending), "waiting");
        check(&ended(Status::Timeout), "timeout");
        check(&Row { error: Some(RowError::new("busy", "later")), ..ended(Status::Error) }, "✗ busy");
        check(&Row::received("terminal:closed", 0), "received");
    }
}
