//! What somebody follows by hand: events of their own, in the same tracker and the same monitor as the page's.

use std::sync::Arc;

use app::{
    monitor::Row,
    protocol::{RefusalCode, RequestId},
    tracking::{Matched, NewRequest, Reason, Response, Settled, Tracker},
};
use leptos::prelude::GetUntracked;

use crate::js::clock::now_us;

use super::TrackedSocketService;

impl TrackedSocketService {
    /// The tracker behind all that is sent and received.
    pub fn tracker(&self) -> &Arc<dyn Tracker> {
        &self.tracker
    }

    /// Follows a request of the caller's own; `None` when tracking is off.
    pub fn track_request(&self, event: &str) -> Option<RequestId> {
        let now = now_us();
        let client_id = self.status.client_id.get_untracked();
        let request = NewRequest { client_id: client_id.as_deref(), ..NewRequest::new(event, now) };
        let id = self.tracker.track_request(&request)?;
        // The newest; beyond a number of names of the callers' own the tracker has one for all of them.
        let known = self.tracker.pending_requests().pop()?;
        self.log(|| known.to_string());
        let row = Row { request_id: Some(id.clone()), ..Row::request(known.event_name, now) };
        self.rows.write(|journal| journal.push(row));
        self.look_for_timeouts();
        Some(id)
    }

    /// Takes the answer to one; without a request id, an event that came unasked.
    pub fn track_response(&self, event: &str, request_id: Option<&RequestId>, failure: Option<&str>) {
        let now = now_us();
        let result = failure.map_or(Ok(()), |message| Err(Reason { code: RefusalCode::Internal.as_str(), message }));
        match self.tracker.track_response(&Response { event, request_id, result }, now) {
            Matched::Ended(settled) | Matched::Late(settled) => self.write_down(&settled),
            Matched::Received => self.rows.write(|journal| journal.push(Row::received(event.to_owned(), now))),
            Matched::Repeated | Matched::Orphan | Matched::Untracked => {}
        }
    }

    /// Ends one as timed out.
    pub fn track_timeout(&self, request_id: &RequestId) {
        self.settle_by_hand(self.tracker.track_timeout(request_id, now_us()).as_ref());
    }

    /// Ends one as failed.
    pub fn track_error(&self, request_id: &RequestId, message: &str) {
        let reason = Reason { code: RefusalCode::Internal.as_str(), message };
        self.settle_by_hand(self.tracker.track_error(request_id, &reason, now_us()).as_ref());
    }

    /// Sets a figure of the caller's own, for the monitor and as the metric `aetherterm.custom.{name}`; `false` when the
    /// tracker has no room for its name, or it is no number.
    pub fn custom_metric(&self, name: &str, value: f64) -> bool {
        let taken = self.tracker.custom_metric(name, value);
        if taken {
            self.recorder.measure(|meter| meter.figure(name, value));
        }
        taken
    }

    fn settle_by_hand(&self, settled: Option<&Settled>) {
        settled.into_iter().for_each(|settled| self.write_down(settled));
    }
}
