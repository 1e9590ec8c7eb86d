//! The tracker of those who switched tracking off.

use serde_json::Value;

use crate::protocol::RequestId;

use super::{
    ConnectionMetrics, Matched, Micros, NewRequest, OnError, OnSettled, OnSlow, OnTimeout, PendingRequest, Reason,
    Response, Settled, Subscription, Tracker,
};

/// Follows nothing, names nothing, allocates nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoOpSocketConnectionTracker;

impl Tracker for NoOpSocketConnectionTracker {
    fn track_request(&self, _: &NewRequest<'_>) -> Option<RequestId> {
        None
    }

    fn keep_data(&self, _: &RequestId, _: Value) {}

    fn track_response(&self, _: &Response<'_>, _: Micros) -> Matched {
        Matched::Untracked
    }

    fn track_timeout(&self, _: &RequestId, _: Micros) -> Option<Settled> {
        None
    }

    fn track_error(&self, _: &RequestId, _: &Reason<'_>, _: Micros) -> Option<Settled> {
        None
    }

    fn expire(&self, _: Micros) -> Vec<Settled> {
        Vec::new()
    }

    fn disconnect(&self, _: Option<&str>, _: Micros) -> Vec<Settled> {
        Vec::new()
    }

    fn pending_requests(&self) -> Vec<PendingRequest> {
        Vec::new()
    }

    fn metrics(&self, _: Micros) -> ConnectionMetrics {
        ConnectionMetrics::default()
    }

    fn clear_metrics(&self) {}

    fn custom_metric(&self, _: &str, _: f64) -> bool {
        false
    }

    fn on_settled(&self, _: Box<OnSettled>) -> Subscription {
        Subscription::none()
    }

    fn on_request_timeout(&self, _: Box<OnTimeout>) -> Subscription {
        Subscription::none()
    }

    fn on_slow_response(&self, _: Box<OnSlow>) -> Subscription {
        Subscription::none()
    }

    fn on_error(&self, _: Box<OnError>) -> Subscription {
        Subscription::none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracking::lifecycle;

    #[test]
    fn nothing_goes_on_the_wire_and_nothing_is_kept() {
        let tracker = NoOpSocketConnectionTracker;
        assert_eq!(tracker.track_request(&NewRequest::new("terminal:create", 0)), None);
        let answer = Response { event: lifecycle::CONNECT, request_id: None, result: Ok(()) };
        assert_eq!(tracker.track_response(&answer, 1), Matched::Untracked);
        assert_eq!(tracker.metrics(1), ConnectionMetrics::default());
        assert!(!tracker.custom_metric("depth", 1.0));
        drop(tracker.on_error(Box::new(|_, _| {})));
    }
}
