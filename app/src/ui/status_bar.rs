//! The line at the bottom: the last command, the terminal's size and its echo at the left, the connection and the export at the right.

use leptos::prelude::*;

use crate::{
    client::{EchoLatency, ExportCount, LinkState, LinkStatus, Transport},
    page::PageConfig,
    protocol::session::Storage,
};

use super::{
    connection, export, format,
    later::{Late, Piece},
    text::{Message, use_texts},
    work::use_place,
};

/// The status line.
#[component]
pub fn StatusBar() -> impl IntoView {
    let text = use_texts();
    view! {
        <footer class="status" aria-label=text.of(Message::StatusBar)>
            <Late piece=Piece::StatusItems/>
        </footer>
    }
}

/// What the status line says.
#[component]
pub fn StatusItems() -> impl IntoView {
    export::follow_ledger();
    view! {
        <LastCommand/>
        <Size/>
        <Echo/>
        <span class="space"></span>
        <Store/>
        <Export/>
        <Connection/>
    }
}

/// Where the last command of the terminal that is shown ran, how it ended and how long it took.
#[component]
fn LastCommand() -> impl IntoView {
    let text = use_texts();
    let place = use_place();
    let command = move || place.terminal().and_then(|terminal| terminal.command.get());
    let words = move || {
        let command = command()?;
        let end = match (command.running, command.exit_code) {
            (true, _) => Some(text.now(Message::Running).to_owned()),
            (false, exit) => exit.map(|exit| text.filled(Message::Exit, exit)),
        };
        // Milliseconds are what the wire tells; a command that took none took less than one.
        let took = command.duration_ms.map(|ms| if ms == 0 { "<1 ms".to_owned() } else { format::duration(ms as f64) });
        let parts: Vec<_> = [command.cwd, end, took].into_iter().flatten().collect();
        Some(parts.join(" · "))
    };
    let failed = move || command()?.exit_code.filter(|exit| *exit != 0).map(|_| "failed");
    let typed = move || command().and_then(|command| command.command);
    view! {
        <span class="status__item status__item--command num" data-state=failed title=typed>
            <span class="spoken">{text.of(Message::LastCommand)} " "</span>
            {words}
        </span>
    }
}

/// Columns and rows of the terminal that is shown.
#[component]
fn Size() -> impl IntoView {
    let text = use_texts();
    let place = use_place();
    let size = move || place.size().map(|(cols, rows)| format!("{cols}×{rows}"));
    view! {
        <span class="status__item num" title=text.of(Message::TerminalSize)>
            <span class="spoken">{text.of(Message::TerminalSize)} " "</span>
            {size}
        </span>
    }
}

/// How long the last keys of the terminal that is shown took to be seen.
#[component]
fn Echo() -> impl IntoView {
    let text = use_texts();
    let place = use_place();
    let echo = move || place.terminal().and_then(|terminal| terminal.echo.get());
    let words = move || {
        let EchoLatency { p50_ms, p99_ms } = echo()?;
        let (p50, p99) = (format::duration(p50_ms), format::duration(p99_ms));
        Some(format!("{} p50 {p50} p99 {p99}", text.now(Message::Echo)))
    };
    view! { <span class="status__item status__item--wide num" title=text.of(Message::EchoWhat)>{words}</span> }
}

/// The state of the link: whether, by what and how fast.
#[component]
fn Connection() -> impl IntoView {
    let text = use_texts();
    let status = expect_context::<LinkStatus>();
    let state = move || status.state.with(connection::word);
    let label = move || match status.state.get() {
        LinkState::Online => match status.transport.get() {
            Some(Transport::WebSocket) => text.now(Message::WebSocket),
            Some(Transport::Polling) => text.now(Message::Polling),
            None => text.now(Message::Online),
        },
        LinkState::Connecting => text.now(Message::Connecting),
        LinkState::Waiting { .. } | LinkState::Closing { .. } => text.now(Message::Offline),
        LinkState::SignedOut => text.now(Message::SignedOut),
    };
    let round_trip =
        move || status.state.with(|state| *state == LinkState::Online).then(|| status.round_trip_ms.get()).flatten();
    view! {
        <span class="status__item" data-state=state>
            <span class="dot" aria-hidden="true"></span>
            {label}
            <span class="num">{move || round_trip().map(format::duration)}</span>
        </span>
    }
}

/// Whether what is changed may be lost, while that is so.
#[component]
fn Store() -> impl IntoView {
    let text = use_texts();
    let storage = expect_context::<LinkStatus>().storage;
    let (words, why) = (
        move || match storage.get() {
            Storage::Durable => None,
            Storage::Behind => Some(text.now(Message::StoreBehind)),
            Storage::Memory => Some(text.now(Message::StoreInMemory)),
        },
        move || match storage.get() {
            Storage::Durable => None,
            Storage::Behind => Some(text.now(Message::StoreBehindWhy)),
            Storage::Memory => Some(text.now(Message::StoreInMemoryWhy)),
        },
    );
    // There before it says something, or the change would not be read out.
    view! {
        <span class="status__item" role="status" data-state="lossy" data-store="" title=why>{words}</span>
    }
}

/// Whether what is recorded arrives: what the first backend that takes nothing says, else what became of the page's own records.
#[component]
fn Export() -> impl IntoView {
    let text = use_texts();
    let status = expect_context::<LinkStatus>();
    let enabled = expect_context::<PageConfig>().telemetry.enabled;
    let failure = Memo::new(move |_| {
        status.ledger.with(|ledger| ledger.as_ref()?.failure().map(|(name, why)| format!("{name}: {why}")))
    });
    let failed = move || failure.with(Option::is_some);
    let lossy = move || status.export.with(|count| count.dropped > 0);
    let state = move || if failed() { Some("failed") } else { lossy().then_some("lossy") };
    let words = move || {
        if let Some(failure) = failure.get() {
            return Some(text.filled(Message::ExportFailed, failure));
        }
        if !enabled {
            return Some(text.now(Message::ExportOff).to_owned());
        }
        let count = status.export.get();
        let (exported, dropped) = (format::count(count.exported), format::count(count.dropped));
        let lost = text.filled(Message::Lost, dropped);
        // Nothing is said to be well that nobody has said: a guest is not told how the server fares.
        status.ledger.with(Option::is_some).then(|| format!("{} {exported} · {lost}", text.now(Message::ExportOk)))
    };
    // Where each of the page's own is: the first number is the sum of the others.
    let title = move || {
        if failed() {
            return words();
        }
        let ExportCount { created, exported, queued, spooled, dropped } = status.export.get();
        let sum = text.now(Message::ExportSum);
        Some(format!("{sum} {created} = {exported} + {queued} + {spooled} + {dropped}"))
    };
    view! {
        <span
            class="status__item status__item--export num"
            class:status__item--wide=move || !failed()
            data-state=state
            title=title
        >
            {words}
        </span>
    }
}
