//! Which rows a person wants to see, as the controls say it.

use leptos::prelude::*;

use crate::monitor::{Filter, Status};

use super::super::{
    field::{MinDurationField, SearchField},
    text::{Message, use_texts},
};
use super::use_monitor_state;

/// The value of the status control for all that went wrong.
const FAILURES: &str = "failures";

/// The controls' values; together they are one filter.
#[derive(Clone, Copy)]
pub struct FilterChoice {
    text: RwSignal<String>,
    event: RwSignal<String>,
    status: RwSignal<String>,
    min_ms: RwSignal<String>,
    slow_ms: u32,
}

/// The choices that have a button of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Preset {
    All,
    Slow,
    Errors,
}

impl FilterChoice {
    /// Everything passes; `slow_ms` is what the slow button asks for.
    #[must_use]
    pub fn new(slow_ms: u32) -> Self {
        let empty = || RwSignal::new(String::new());
        Self { text: empty(), event: empty(), status: empty(), min_ms: empty(), slow_ms }
    }

    /// The filter; reading it follows the controls.
    #[must_use]
    pub fn get(self) -> Filter {
        filter(&self.text.read(), &self.event.read(), &self.status.read(), &self.min_ms.read())
    }

    /// The filter now, for an event handler.
    #[must_use]
    pub fn get_untracked(self) -> Filter {
        untrack(|| self.get())
    }

    /// Lets everything pass again.
    pub fn clear(self) {
        for value in [self.text, self.event, self.status, self.min_ms] {
            value.set(String::new());
        }
    }

    fn preset(self) -> Option<Preset> {
        let (status, min_ms) = (self.status.get(), self.min_ms.get());
        match (status.as_str(), min_ms.as_str()) {
            ("", "") => Some(Preset::All),
            (FAILURES, "") => Some(Preset::Errors),
            ("", min_ms) if min_ms == self.slow_ms.to_string() => Some(Preset::Slow),
            _ => None,
        }
    }

    fn choose(self, preset: Preset) {
        let (status, min_ms) = match preset {
            Preset::All => ("", String::new()),
            Preset::Slow => ("", self.slow_ms.to_string()),
            Preset::Errors => (FAILURES, String::new()),
        };
        self.status.set(status.to_owned());
        self.min_ms.set(min_ms);
    }
}

/// The controls: text, buttons for the usual questions, event, status and least duration.
#[component]
pub fn FilterBar() -> impl IntoView {
    let text = use_texts();
    let state = use_monitor_state();
    let filter = state.filter;
    let metrics = state.metrics();
    let events = Memo::new(move |_| metrics.with(|metrics| metrics.event_metrics.keys().cloned().collect::<Vec<_>>()));
    view! {
        <div class="filter">
            <SearchField name=Message::SearchRows value=filter.text/>
            <PresetButton preset=Preset::All name=Message::FilterAll/>
            <PresetButton preset=Preset::Slow name=Message::FilterSlow/>
            <PresetButton preset=Preset::Errors name=Message::FilterErrors/>
        </div>
        <div class="filter">
            <label class="field field--grow">
                <span class="spoken">{text.of(Message::Event)}</span>
                <select
                    class="field__input"
                    prop:value=filter.event
                    on:change=move |event| filter.event.set(event_target_value(&event))
                >
                    <option value="">{text.of(Message::AllEvents)}</option>
                    <For each=move || events.get() key=Clone::clone let:name>
                        <option>{name}</option>
                    </For>
                </select>
            </label>
            <label class="field">
                <span class="spoken">{text.of(Message::Status)}</span>
                <select
                    class="field__input"
                    prop:value=filter.status
                    on:change=move |event| filter.status.set(event_target_value(&event))
                >
                    <option value="">{text.of(Message::AnyStatus)}</option>
                    <option value=FAILURES>{text.of(Message::FilterErrors)}</option>
                    {Status::ALL.map(|status| view! { <option value=status.as_str()>{status.as_str()}</option> })}
                </select>
            </label>
            <MinDurationField value=filter.min_ms/>
        </div>
    }
}

#[component]
fn PresetButton(preset: Preset, name: Message) -> impl IntoView {
    let text = use_texts();
    let filter = use_monitor_state().filter;
    view! {
        <button
            class="pill"
            aria-pressed=move || (filter.preset() == Some(preset)).to_string()
            on:click=move |_| filter.choose(preset)
        >
            {text.of(name)}
        </button>
    }
}

fn filter(text: &str, event: &str, status: &str, min_ms: &str) -> Filter {
    let mut filter = Filter::parse(text);
    if !event.is_empty() {
        filter.events.push(event.to_lowercase());
    }
    if !status.is_empty() {
        let chosen = |one: &Status| if status == FAILURES { one.is_failure() } else { one.as_str() == status };
        filter.statuses = Some(Status::ALL.into_iter().filter(chosen).collect());
    }
    if let Some(ms) = min_ms.parse::<f64>().ok().filter(|ms| ms.is_finite() && *ms > 0.0) {
        // A float-to-integer cast saturates: a duration beyond all bounds lets nothing pass.
        filter.min_duration = Some((ms * 1_000.0) as u64);
    }
    filter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_controls_let_everything_pass() {
        assert!(filter("", "", "", "").is_empty());
        assert!(filter(" ", "", "", "0").is_empty());
        assert!(filter("", "", "", "soon").is_empty());
    }

    #[test]
    fn each_control_adds_its_part() {
        let filter = filter("req_1", "terminal:input", FAILURES, "1.5");
        assert_eq!(filter.words, ["req_1"]);
        assert_eq!(filter.events, ["terminal:input"]);
        assert_eq!(filter.min_duration, Some(1_500));
        assert_eq!(filter.statuses, Some(vec![Status::Error, Status::Timeout, Status::Late, Status::Disconnected]));
    }

    #[test]
    fn a_button_sets_the_controls_it_stands_for() {
        let owner = Owner::new();
        owner.set();
        let choice = FilterChoice::new(1_000);
        for preset in [Preset::Slow, Preset::Errors, Preset::All] {
            choice.choose(preset);
            assert_eq!(choice.preset(), Some(preset));
        }
        assert!(choice.get_untracked().is_empty());
    }
}
