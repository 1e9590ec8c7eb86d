//! The figures per event: how often, how fast, how well.

use leptos::prelude::*;

use crate::tracking::EventMetrics;

use super::super::{
    format,
    text::{Message, use_texts},
};
use super::{spark::Spark, use_monitor_state};

/// The table of the figures per event.
#[component]
pub fn EventTable() -> impl IntoView {
    let text = use_texts();
    let metrics = use_monitor_state().metrics();
    let names = Memo::new(move |_| metrics.with(|metrics| metrics.event_metrics.keys().cloned().collect::<Vec<_>>()));
    let none = move || names.with(Vec::is_empty);
    let heads = [
        Message::Count,
        Message::Rate,
        Message::P50,
        Message::P95,
        Message::P99,
        Message::ErrorsShort,
        Message::TimeoutsShort,
    ];
    let heads = heads.map(|head| view! { <th scope="col">{text.of(head)}</th> });
    view! {
        <section class="section" aria-label=text.of(Message::Events)>
            <div class="section__head"><h2>{text.of(Message::Events)}</h2></div>
            <p class="pending__none" hidden=move || !none()>{text.of(Message::NoEvents)}</p>
            <div class="events" hidden=none>
                <table class="events__table">
                    <thead>
                        <tr>
                            <th scope="col">{text.of(Message::Event)}</th>
                            {heads}
                            <th scope="col"><span class="spoken">{text.of(Message::LastMinute)}</span></th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || names.get() key=Clone::clone let:name>
                            <EventRow event=Memo::new(move |_| {
                                metrics.with(|metrics| metrics.event_metrics.get(&name).cloned().unwrap_or_default())
                            })/>
                        </For>
                    </tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn EventRow(event: Memo<EventMetrics>) -> impl IntoView {
    let name = move || event.with(|event| event.event_name.clone());
    let times = move |of: fn(&EventMetrics) -> f64| {
        move || event.with(|event| if event.response_count == 0 { "–".to_owned() } else { short_ms(of(event)) })
    };
    let failures = move |of: fn(&EventMetrics) -> u64| move || format::count(event.with(of));
    let bad = move |of: fn(&EventMetrics) -> u64| move || (event.with(of) > 0).then_some("bad");
    let count = |event: &EventMetrics| event.request_count + event.received_count;
    view! {
        <tr>
            <td title=name>{name}</td>
            <td>{move || format::count(event.with(count))}</td>
            <td>{move || format::rate(event.with(|event| event.rate))}</td>
            <td>{times(|event| event.p50)}</td>
            <td>{times(|event| event.p95)}</td>
            <td>{times(|event| event.p99)}</td>
            <td data-state=bad(|event| event.error_count)>{failures(|event| event.error_count)}</td>
            <td data-state=bad(|event| event.timeout_count)>{failures(|event| event.timeout_count)}</td>
            <td><Spark values=Signal::derive(move || event.with(|event| event.last_minute.clone()))/></td>
        </tr>
    }
}

/// Milliseconds without their unit, as the table's columns have them; what is longer says so.
fn short_ms(ms: f64) -> String {
    match format::duration_parts(ms) {
        (value, "ms") => value,
        (value, unit) => format!("{value}{unit}"),
    }
}
