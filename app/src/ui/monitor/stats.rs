//! The figures at the head of the monitor, and the facts of the link below them.

use leptos::prelude::*;

use crate::{
    client::{LinkStatus, Transport},
    tracking::ConnectionMetrics,
};

use super::super::{
    format,
    text::{Message, use_texts},
};
use super::use_monitor_state;

/// Round trip, pending, p99 and errors.
#[component]
pub fn Stats() -> impl IntoView {
    let state = use_monitor_state();
    let status = expect_context::<LinkStatus>();
    let metrics = state.metrics();
    let pending = state.pending();
    let round_trip = Signal::derive(move || milliseconds(status.round_trip_ms.get()));
    let waiting = Signal::derive(move || (format::count(pending.with(Vec::len) as u64), ""));
    let p99 = Signal::derive(move || {
        milliseconds(metrics.with(|metrics| (metrics.total_responses > 0).then_some(metrics.p99)))
    });
    let share = Memo::new(move |_| metrics.with(failed_share));
    let errors = Signal::derive(move || (format::percent(share.get()), "%"));
    view! {
        <dl class="stats">
            <Stat name=Message::RoundTrip figure=round_trip/>
            <Stat name=Message::Pending figure=waiting/>
            <Stat name=Message::P99 figure=p99/>
            <Stat name=Message::Errors figure=errors bad=Signal::derive(move || share.get() > 0.0)/>
        </dl>
    }
}

/// Transport, reconnects and clock offset, and the figures that callers of the tracker have set.
#[component]
pub fn LinkFacts() -> impl IntoView {
    let text = use_texts();
    let status = expect_context::<LinkStatus>();
    let transport = move || match status.transport.get() {
        Some(Transport::WebSocket) => text.now(Message::WebSocket),
        Some(Transport::Polling) => text.now(Message::Polling),
        None => "–",
    };
    let reconnects = move || format::count(status.reconnects.get().into());
    let metrics = use_monitor_state().metrics();
    // By itself, so that it is drawn when it changes and not with every beat.
    let custom = Memo::new(move |_| metrics.with(|metrics| metrics.custom.clone()));
    let figures = move || {
        let figure = |(name, value): (String, f64)| view! { <div><dt>{name}</dt><dd>{value.to_string()}</dd></div> };
        custom.get().into_iter().map(figure).collect_view()
    };
    let offset = move || status.clock_offset_ms.get().map_or_else(|| "–".to_owned(), format::offset);
    view! {
        <dl class="link-facts">
            <div><dt>{text.of(Message::Transport)}</dt><dd>{transport}</dd></div>
            <div><dt>{text.of(Message::Reconnects)}</dt><dd>{reconnects}</dd></div>
            <div><dt>{text.of(Message::ClockOffset)}</dt><dd>{offset}</dd></div>
            {figures}
        </dl>
    }
}

#[component]
fn Stat(
    /// What it counts.
    name: Message,
    /// The number and its unit.
    figure: Signal<(String, &'static str)>,
    /// Whether it asks for attention.
    #[prop(optional, into)]
    bad: Signal<bool>,
) -> impl IntoView {
    let text = use_texts();
    view! {
        <div class="stat" data-state=move || bad.get().then_some("bad")>
            <dt>{text.of(name)}</dt>
            <dd>
                {move || figure.get().0}
                <span class="stat__unit">" " {move || figure.get().1}</span>
            </dd>
        </div>
    }
}

fn milliseconds(ms: Option<f64>) -> (String, &'static str) {
    ms.map_or_else(|| ("–".to_owned(), ""), format::duration_parts)
}

/// The share of the ended requests that were refused, failed or got no answer in time.
fn failed_share(metrics: &ConnectionMetrics) -> f64 {
    let failed = metrics.error_count + metrics.timeout_count;
    let ended = metrics.total_responses + metrics.timeout_count;
    if ended == 0 { 0.0 } else { failed as f64 / ended as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_a_share_of_what_has_ended() {
        let metrics = |responses, errors, timeouts| ConnectionMetrics {
            total_responses: responses,
            error_count: errors,
            timeout_count: timeouts,
            ..ConnectionMetrics::default()
        };
        assert_eq!(failed_share(&metrics(0, 0, 0)), 0.0);
        assert_eq!(failed_share(&metrics(8, 0, 0)), 0.0);
        assert_eq!(failed_share(&metrics(3, 1, 1)), 0.5);
    }
}
