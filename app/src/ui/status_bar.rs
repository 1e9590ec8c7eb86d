//! The line at the bottom: the last command, the terminal's size and its echo at the left, the connection and the export at the right.

use leptos::prelude::*;

use crate::{
    client::{EchoLatency, ExportCount, LinkState, LinkStatus, Transport},
    page::PageConfig,
};

use super::{
    connection, format,
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
    view! {
        <LastCommand/>
        <Size/>
        <Echo/>
        <span class="space"></span>
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

/// What became of the page's own records.
#[component]
fn Export() -> impl IntoView {
    let text = use_texts();
    let status = expect_context::<LinkStatus>();
    let enabled = expect_context::<PageConfig>().telemetry.enabled;
    let lossy = move || status.export.with(|count| count.dropped > 0).then_some("lossy");
    // Where each of them is: the first number is the sum of the others.
    let sum = move || {
        let ExportCount { created, exported, queued, spooled, dropped } = status.export.get();
        format!("{} {created} = {exported} + {queued} + {spooled} + {dropped}", text.now(Message::ExportSum))
    };
    let words = move || {
        if !enabled {
            return text.now(Message::ExportOff).to_owned();
        }
        let count = status.export.get();
        let (exported, dropped) = (format::count(count.exported), format::count(count.dropped));
        format!("{} {exported} · {}", text.now(Message::ExportOk), text.filled(Message::Lost, dropped))
    };
    view! { <span class="status__item status__item--wide num" data-state=lossy title=sum>{words}</span> }
}
