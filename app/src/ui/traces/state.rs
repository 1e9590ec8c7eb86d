//! Which traces are asked for, what has come, and which one is shown.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    client::{ClientContext, TraceQuery},
    json,
    monitor::{TraceRow, Waterfall},
    trace::TraceId,
    tracking::TraceStatus,
};

/// How many traces the list holds: what a person looks through; a narrower question finds older ones.
const MAX_TRACES: u32 = 200;

/// How long a changed question rests before it is asked: a person still typing has not asked yet.
const TYPING: Duration = Duration::from_millis(200);

/// What has become of a question.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Answer<T> {
    /// On its way.
    #[default]
    Awaited,
    /// Here.
    Here(T),
    /// It failed, in words for a person.
    Failed(String),
}

/// The traces on the screen.
#[derive(Clone, Copy)]
pub struct TracesState {
    client: Option<ClientContext>,
    /// What must occur in it.
    pub text: RwSignal<String>,
    /// How it must have ended: a status' word, or empty.
    pub status: RwSignal<String>,
    /// Its least duration in milliseconds, as typed.
    pub min_ms: RwSignal<String>,
    /// The list.
    pub rows: RwSignal<Answer<Vec<TraceRow>>>,
    /// The trace that is shown.
    pub chosen: RwSignal<Option<TraceId>>,
    /// Its layout; nothing where the trace is not stored.
    pub waterfall: RwSignal<Answer<Option<Waterfall>>>,
    asked: RwSignal<u32>,
}

impl TracesState {
    /// Asks for all; `chosen` is which one to show.
    #[must_use]
    pub fn new(chosen: RwSignal<Option<TraceId>>) -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            client: use_context(),
            text: empty(),
            status: empty(),
            min_ms: empty(),
            rows: RwSignal::new(Answer::Awaited),
            chosen,
            waterfall: RwSignal::new(Answer::Awaited),
            asked: RwSignal::new(0),
        }
    }

    /// Asks, and follows what is new, while the traces are in sight.
    pub fn live_while(self, shown: Signal<bool>) {
        let client = move || self.client.filter(|_| shown.get());
        Effect::new(move || {
            let Some(client) = client() else { return };
            self.asked.track();
            let query = self.query();
            let awaited = self.rows.with_untracked(|rows| *rows == Answer::Awaited);
            let pause = if awaited { Duration::ZERO } else { TYPING };
            if let Ok(pausing) = set_timeout_with_handle(move || self.ask(client, query), pause) {
                on_cleanup(move || pausing.clear());
            }
        });
        Effect::new(move || {
            if let Some(client) = client() {
                let following =
                    client.with_value(|client| client.traces.follow(json::read, Box::new(move |row| self.take(row))));
                // Disposed before the next run of the effect, which ends the subscription.
                StoredValue::new_local(following);
            }
        });
        Effect::new(move || {
            if let (Some(client), Some(trace)) = (client(), self.chosen.get()) {
                self.waterfall.set(Answer::Awaited);
                self.read(client, trace);
            }
        });
    }

    /// Asks again after a failure.
    pub fn ask_again(self) {
        self.rows.set(Answer::Awaited);
        self.asked.update(|times| *times += 1);
    }

    /// Whether the list shows all there is.
    #[must_use]
    pub fn asks_for_all(self) -> bool {
        self.query() == TraceQuery { limit: MAX_TRACES, ..TraceQuery::default() }
    }

    fn query(self) -> TraceQuery {
        query(&self.text.read(), &self.status.read(), &self.min_ms.read())
    }

    fn ask(self, client: ClientContext, query: TraceQuery) {
        let answer = client.with_value(|client| client.traces.list(query.clone(), json::read));
        spawn_local(async move {
            let answer = answer.await;
            // A question that has changed meanwhile has its own answer on the way.
            if untrack(|| self.query()) == query {
                self.rows.set(match answer {
                    Ok(page) => Answer::Here(page.traces),
                    Err(why) => Answer::Failed(why.to_string()),
                });
            }
        });
    }

    fn read(self, client: ClientContext, trace: TraceId) {
        let answer = client.with_value(|client| client.traces.get(trace, json::read));
        spawn_local(async move {
            let answer = answer.await;
            if self.chosen.get_untracked() == Some(trace) {
                self.waterfall.set(match answer {
                    Ok(spans) => Answer::Here(Waterfall::new(spans)),
                    Err(why) => Answer::Failed(why.to_string()),
                });
            }
        });
    }

    /// Puts a new or grown trace in its place, and reads the shown one again when it has grown.
    fn take(self, row: TraceRow) {
        if self.chosen.get_untracked() == Some(row.trace_id)
            && let Some(client) = self.client
        {
            self.read(client, row.trace_id);
        }
        let query = untrack(|| self.query());
        self.rows.update(|rows| {
            if let Answer::Here(rows) = rows {
                merge(rows, row, &query);
            }
        });
    }
}

fn query(text: &str, status: &str, min_ms: &str) -> TraceQuery {
    let statuses = [TraceStatus::Ok, TraceStatus::Error, TraceStatus::Timeout];
    let (events, words): (Vec<_>, Vec<_>) = text.split_whitespace().partition(|word| word.starts_with("event:"));
    let words = words.join(" ");
    TraceQuery {
        event: events.last().and_then(|event| event.strip_prefix("event:")).map(str::to_owned),
        status: statuses.into_iter().find(|one| one.as_str() == status),
        min_duration_ms: min_ms.parse().ok().filter(|ms: &f64| ms.is_finite() && *ms > 0.0),
        text: Some(words).filter(|words| !words.is_empty()),
        limit: MAX_TRACES,
    }
}

/// A grown trace keeps its place; a new one that fits comes on top. Its attributes are not here: a text is looked for
/// in what the row shows.
fn merge(rows: &mut Vec<TraceRow>, row: TraceRow, query: &TraceQuery) {
    if let Some(known) = rows.iter_mut().find(|known| known.trace_id == row.trace_id) {
        *known = row;
    } else if fits(&row, query) {
        let place = rows.partition_point(|known| known.start_time > row.start_time);
        rows.insert(place, row);
        rows.truncate(MAX_TRACES as usize);
    }
}

fn fits(row: &TraceRow, query: &TraceQuery) -> bool {
    let occurs = |text: &String| {
        let text = text.to_lowercase();
        row.name.to_lowercase().contains(&text) || row.trace_id.to_string().contains(&text)
    };
    query.event.as_ref().is_none_or(|event| row.event.as_ref() == Some(event))
        && query.status.is_none_or(|status| row.status == status)
        && query.min_duration_ms.is_none_or(|least| row.duration_ms >= least)
        && query.text.as_ref().is_none_or(occurs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::Timestamp;

    fn row(id: u8, start: u64, status: TraceStatus) -> TraceRow {
        TraceRow {
            trace_id: TraceId::from_bytes([id; 16]).unwrap(),
            name: "terminal:input".to_owned(),
            start_time: Timestamp(start),
            duration_ms: 3.0,
            status,
            spans: 1,
            services: Vec::new(),
            event: Some("terminal:input".to_owned()),
            terminal_id: None,
            session_id: None,
        }
    }

    #[test]
    fn the_controls_are_one_question() {
        assert_eq!(
            query("req_1 event:terminal:input 端末", "error", "2.5"),
            TraceQuery {
                event: Some("terminal:input".to_owned()),
                status: Some(TraceStatus::Error),
                min_duration_ms: Some(2.5),
                text: Some("req_1 端末".to_owned()),
                limit: MAX_TRACES,
            }
        );
        assert_eq!(query(" ", "", "soon"), TraceQuery { limit: MAX_TRACES, ..TraceQuery::default() });
    }

    #[test]
    fn a_grown_trace_keeps_its_place_and_a_new_one_comes_in_order() {
        let mut rows = vec![row(3, 30, TraceStatus::Ok), row(1, 10, TraceStatus::Ok)];
        merge(&mut rows, TraceRow { spans: 4, ..row(1, 10, TraceStatus::Ok) }, &TraceQuery::default());
        merge(&mut rows, row(2, 20, TraceStatus::Ok), &TraceQuery::default());
        let seen: Vec<_> = rows.iter().map(|row| (row.start_time.0, row.spans)).collect();
        assert_eq!(seen, [(30, 1), (20, 1), (10, 4)]);
    }

    #[test]
    fn a_new_trace_that_does_not_fit_stays_out() {
        let check = |text, status, min_ms, expected: bool| {
            assert_eq!(
                fits(&row(1, 1, TraceStatus::Ok), &query(text, status, min_ms)),
                expected,
                "{text}{status}{min_ms}"
            );
        };
        check("", "", "", true);
        check("INPUT", "ok", "3", true);
        check("event:terminal:input", "", "", true);
        check("event:terminal:create", "", "", false);
        check("0101", "", "", true);
        check("", "error", "", false);
        check("", "", "3.1", false);
    }
}
