//! The tracker that tracks.

use std::{
    borrow::Cow,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;

use crate::{
    page::PageTracking,
    protocol::{RequestId, event::Answer},
};

use super::{
    ConnectionMetrics, Ending, Matched, Micros, NewRequest, OnError, OnSettled, OnSlow, OnTimeout, PendingRequest,
    Reason, Response, Settled, Subscription, Tracker,
    counts::{Counts, Detail},
    listeners::Listeners,
    names::Names,
    pending::{Pending, Waiting},
    recent::Recent,
};

/// Follows the requests of one window, or of all connections of one server.
///
/// Everything in it is bounded: the pending table by [`Settings::max_pending`], the ended requests it remembers by
/// 1,000, event and figure names by 64 each beyond the protocol's own.
pub struct SocketConnectionTracker {
    settings: Settings,
    suffix: Box<str>,
    // Held for a few map operations, never while calling out.
    state: Mutex<State>,
    settled: Listeners<OnSettled>,
    timeouts: Listeners<OnTimeout>,
    slow: Listeners<OnSlow>,
    errors: Listeners<OnError>,
}

/// What a tracker does, as the configuration says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether counts and durations per event are kept.
    pub metrics: bool,
    /// How long a request waits that does not say so itself, in milliseconds.
    pub timeout_ms: u32,
    /// From which duration an answer is slow, in milliseconds.
    pub slow_ms: u32,
    /// How many requests may be pending; one more pushes the oldest out.
    pub max_pending: usize,
}

#[derive(Default)]
struct State {
    names: Names,
    pending: Pending,
    recent: Recent,
    counts: Counts,
    minted: u64,
    // Grows with each clearing of the counts.
    era: u64,
}

impl SocketConnectionTracker {
    /// Makes a tracker whose own request ids end in `suffix`, random text that sets this window or server apart.
    #[must_use]
    pub fn new(settings: Settings, suffix: &str) -> Self {
        let state = State { counts: Counts::new(settings.detail()), ..State::default() };
        Self {
            settings,
            suffix: suffix.into(),
            state: Mutex::new(state),
            settled: Listeners::default(),
            timeouts: Listeners::default(),
            slow: Listeners::default(),
            errors: Listeners::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Whoever panicked between two counts left at worst one of them behind; tracking goes on.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn announce(&self, settled: &Settled) {
        self.settled.each(|call| call(settled));
        if settled.ending == Ending::Timeout {
            self.timeouts.each(|call| call(&settled.request));
        } else if let Some(reason) = settled.reason() {
            self.errors.each(|call| call(&settled.request, &reason));
        }
        let answered = matches!(settled.ending, Ending::Ok | Ending::Error { .. });
        if answered && settled.duration >= u64::from(self.settings.slow_ms) * 1_000 {
            self.slow.each(|call| call(&settled.request, settled.elapsed()));
        }
    }

    /// Ends one pending request and tells the subscribers.
    fn end(&self, id: &RequestId, ending: Ending, now: Micros) -> Option<Settled> {
        let settled = {
            let mut state = self.state();
            let waiting = state.pending.take(id)?;
            state.settle(waiting.settle(ending, None, now))
        };
        self.announce(&settled);
        Some(settled)
    }

    /// Ends all pending requests that match and tells the subscribers.
    fn end_all(&self, matches: impl Fn(&PendingRequest) -> bool, ending: &Ending, now: Micros) -> Vec<Settled> {
        let settled: Vec<_> = {
            let mut state = self.state();
            let taken = state.pending.take_if(matches);
            taken.into_iter().map(|waiting| state.settle(waiting.settle(ending.clone(), None, now))).collect()
        };
        settled.iter().for_each(|settled| self.announce(settled));
        settled
    }
}

impl Tracker for SocketConnectionTracker {
    fn track_request(&self, request: &NewRequest<'_>) -> Option<RequestId> {
        let mut guard = self.state();
        let state = &mut *guard;
        let event_name = state.names.label(request.event);
        let request_id = match request.request_id {
            Some(id) if !state.pending.contains(id) => id.clone(),
            _ => {
                state.minted += 1;
                RequestId::mint(request.at / 1_000, state.minted, &self.suffix)
            }
        };
        state.counts.request(&event_name, Some(request.at));
        if request.answer == Answer::FireAndForget {
            state.counts.fire_and_forget();
            return Some(request_id);
        }
        if state.pending.len() >= self.settings.max_pending.max(1)
            && let Some(oldest) = state.pending.take_oldest()
        {
            state.settle(oldest.settle(Ending::Evicted, None, request.at));
        }
        let timeout_ms =
            request.timeout.map_or(self.settings.timeout_ms, |t| u32::try_from(t.as_millis()).unwrap_or(u32::MAX));
        let expected = request.response.map(|response| state.names.label(response));
        state.pending.push(Waiting {
            request: PendingRequest {
                request_id: request_id.clone(),
                event_name,
                started: request.at,
                timeout_ms,
                client_id: request.client_id.map(Into::into),
                data: None,
            },
            expected,
            context: request.context,
        });
        Some(request_id)
    }

    fn keep_data(&self, id: &RequestId, data: Value) {
        if let Some(request) = self.state().pending.get_mut(id) {
            request.data = Some(data);
        }
    }

    fn track_response(&self, response: &Response<'_>, now: Micros) -> Matched {
        let mut guard = self.state();
        let state = &mut *guard;
        let name = state.names.label(response.event);
        let Some(id) = response.request_id else {
            state.counts.received(&name, now);
            return Matched::Received;
        };
        let ending = response.result.map_or_else(|reason| failed(&reason), |()| Ending::Ok);
        let matched = match state.pending.take(id) {
            Some(waiting) => Matched::Ended(state.settle(waiting.settle(ending, Some(name), now))),
            None => state.answer_again(id, ending, name, now),
        };
        drop(guard);
        match &matched {
            Matched::Ended(settled) => self.announce(settled),
            Matched::Late(settled) => self.settled.each(|call| call(settled)),
            Matched::Repeated | Matched::Orphan | Matched::Received | Matched::Untracked => {}
        }
        matched
    }

    fn track_timeout(&self, id: &RequestId, now: Micros) -> Option<Settled> {
        self.end(id, Ending::Timeout, now)
    }

    fn track_error(&self, id: &RequestId, reason: &Reason<'_>, now: Micros) -> Option<Settled> {
        self.end(id, failed(reason), now)
    }

    fn expire(&self, now: Micros) -> Vec<Settled> {
        self.end_all(|request| request.deadline() <= now, &Ending::Timeout, now)
    }

    fn disconnect(&self, client_id: Option<&str>, now: Micros) -> Vec<Settled> {
        let gone = |request: &PendingRequest| client_id.is_none_or(|id| request.client_id.as_deref() == Some(id));
        self.end_all(gone, &Ending::Disconnected, now)
    }

    fn pending_requests(&self) -> Vec<PendingRequest> {
        self.state().pending.iter().cloned().collect()
    }

    fn metrics(&self, now: Micros) -> ConnectionMetrics {
        let state = self.state();
        state.counts.read(state.pending.len(), now)
    }

    fn clear_metrics(&self) {
        let mut guard = self.state();
        let state = &mut *guard;
        state.era += 1;
        state.counts = Counts::new(self.settings.detail());
        for request in state.pending.iter() {
            state.counts.request(&request.event_name, None);
        }
    }

    fn custom_metric(&self, name: &str, value: f64) -> bool {
        self.state().counts.custom(name, value)
    }

    fn on_settled(&self, call: Box<OnSettled>) -> Subscription {
        self.settled.subscribe(call)
    }

    fn on_request_timeout(&self, call: Box<OnTimeout>) -> Subscription {
        self.timeouts.subscribe(call)
    }

    fn on_slow_response(&self, call: Box<OnSlow>) -> Subscription {
        self.slow.subscribe(call)
    }

    fn on_error(&self, call: Box<OnError>) -> Subscription {
        self.errors.subscribe(call)
    }
}

impl State {
    fn settle(&mut self, settled: Settled) -> Settled {
        self.counts.ended(&settled.request.event_name, &settled.ending, settled.duration);
        self.recent.push(settled.clone(), self.era);
        settled
    }

    /// Looks an answer up among the requests that already ended.
    fn answer_again(&mut self, id: &RequestId, ending: Ending, response: Cow<'static, str>, now: Micros) -> Matched {
        let Some(remembered) = self.recent.get_mut(id) else { return Matched::Orphan };
        let late = match remembered.settled.ending {
            Ending::Timeout => true,
            Ending::Evicted => false,
            Ending::Ok | Ending::Error { .. } | Ending::Late | Ending::Disconnected => return Matched::Repeated,
        };
        let settled = &mut remembered.settled;
        settled.ending = if late { Ending::Late } else { ending };
        settled.response = Some(response);
        settled.duration = now.saturating_sub(settled.request.started);
        let settled = settled.clone();
        // What ended before the counts were cleared is not in them.
        if remembered.era == self.era {
            if !late {
                self.counts.readmitted();
            }
            self.counts.ended(&settled.request.event_name, &settled.ending, settled.duration);
        }
        if late { Matched::Late(settled) } else { Matched::Ended(settled) }
    }
}

impl Settings {
    const fn detail(self) -> Detail {
        if self.metrics { Detail::PerEvent } else { Detail::InAll }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::from(&PageTracking::default())
    }
}

impl From<&PageTracking> for Settings {
    fn from(page: &PageTracking) -> Self {
        Self {
            metrics: page.metrics,
            timeout_ms: page.timeout_ms,
            slow_ms: page.slow_ms,
            max_pending: page.max_pending as usize,
        }
    }
}

fn failed(reason: &Reason<'_>) -> Ending {
    Ending::Error { code: reason.code.to_owned().into(), message: reason.message.to_owned() }
}

#[cfg(test)]
mod tests;
