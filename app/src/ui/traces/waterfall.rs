//! The bars of one trace over time, in the colours of their lanes, and the attributes of the chosen one.

use std::collections::HashSet;

use leptos::{ev, prelude::*};

use crate::monitor::{
    Waterfall, nanos_figure,
    waterfall::{Bar, BarKind, END, Side},
};

use super::super::{
    roving,
    text::{Message, use_texts},
};
use super::attributes::Attributes;

/// The chart: lanes, axis, one bar under the other, attributes.
#[component]
pub fn WaterfallChart(waterfall: Waterfall) -> impl IntoView {
    let text = use_texts();
    let chosen = RwSignal::new(0_usize);
    let bars = StoredValue::new(waterfall.bars.clone());
    // Who took part is said once, where each comes in.
    let mut met = HashSet::new();
    let first: Vec<bool> = waterfall.bars.iter().map(|bar| bar.span().is_some() && met.insert(bar.lane)).collect();
    let lines = waterfall
        .bars
        .into_iter()
        .zip(first)
        .enumerate()
        .map(|(place, (bar, comes_in))| view! { <BarLine bar place chosen comes_in/> });
    let ticks = waterfall.ticks.into_iter().map(|tick| {
        // SVG attributes, not styles: the axis may be part of a first render.
        let anchor = if tick.at > END { "end" } else { "start" };
        view! { <text x=percent(tick.at) y="10" text-anchor=anchor>{tick.label}</text> }
    });
    let lanes = [Side::Browser, Side::Network, Side::Server, Side::Terminal].map(|side| {
        view! { <li class="waterfall__lane" data-lane=lane_word(side)>{text.of(lane_name(side))}</li> }
    });
    let attributes = move || bars.with_value(|bars| bars.get(chosen.get()).and_then(Bar::span).cloned());
    view! {
        <div class="waterfall">
            <ul class="waterfall__lanes">{lanes}</ul>
            <svg class="waterfall__axis" aria-hidden="true">{ticks.collect_view()}</svg>
            <div
                role="listbox"
                aria-label=text.of(Message::Waterfall)
                on:keydown=move |event: ev::KeyboardEvent| roving::step(&event)
            >
                {lines.collect_view()}
            </div>
        </div>
        {move || attributes().map(|span| view! { <Attributes span/> })}
    }
}

#[component]
fn BarLine(
    bar: Bar,
    /// Its number from the top.
    place: usize,
    /// The number of the bar that is chosen.
    chosen: RwSignal<usize>,
    /// Whether its lane is met here for the first time.
    comes_in: bool,
) -> impl IntoView {
    /// Deeper than this the indent would leave no room for the name.
    const MAX_INDENT: usize = 6;
    let text = use_texts();
    let indent = "\u{2003}".repeat(bar.depth.min(MAX_INDENT));
    let side = bar.side;
    let name = match &bar.kind {
        // What every name of a message begins with says nothing beside the lane; the whole name is in the title.
        BarKind::Span { span, .. } => Ok(span.name.trim_start_matches("socketio.").to_owned()),
        BarKind::NetworkUp => Err(Message::NetworkUp),
        BarKind::NetworkDown => Err(Message::NetworkDown),
    };
    let title = bar.name().to_owned();
    let name = move || match &name {
        Ok(name) => name.clone(),
        Err(message) => text.now(*message).to_owned(),
    };
    let status = bar.is_failure().then_some("error");
    let who_class = if comes_in { "muted" } else { "spoken" };
    let is_chosen = move || chosen.get() == place;
    view! {
        <button
            class="bar"
            role="option"
            data-lane=lane_word(side)
            data-status=status
            aria-selected=move || is_chosen().to_string()
            tabindex=move || if is_chosen() { "0" } else { "-1" }
            title=title
            on:click=move |_| chosen.set(place)
        >
            <span class="bar__name">
                {indent} <span class=who_class>{text.of(lane_name(side))} " · "</span> {name}
            </span>
            <svg class="bar__track" aria-hidden="true">
                <rect class="bar__fill" x=percent(bar.start) width=percent(bar.width) y="1" height="10" rx="2"></rect>
                // A bar of no width still has a place.
                <rect class="bar__fill" x=percent(bar.start.min(0.99)) width="2" y="1" height="10"></rect>
            </svg>
            <span class="bar__time">{nanos_figure(bar.duration)}</span>
        </button>
    }
}

fn percent(share: f64) -> String {
    format!("{:.3}%", share * 100.0)
}

const fn lane_word(side: Side) -> &'static str {
    match side {
        Side::Browser => "browser",
        Side::Network => "network",
        Side::Server => "server",
        Side::Terminal => "pty",
    }
}

const fn lane_name(side: Side) -> Message {
    match side {
        Side::Browser => Message::LaneBrowser,
        Side::Network => Message::LaneNetwork,
        Side::Server => Message::LaneServer,
        Side::Terminal => Message::LanePty,
    }
}
