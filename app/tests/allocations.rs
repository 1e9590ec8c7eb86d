//! Who switches tracking off pays nothing for it: the tracker that stands in its place takes no memory, whatever it is told.

use std::alloc::System;

use app::tracking::{Matched, NewRequest, NoOpSocketConnectionTracker, Reason, Response, Tracker};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Alone in its file, so that no other test of the process allocates meanwhile.
#[test]
fn a_request_that_is_not_tracked_allocates_nothing() {
    let tracker: &dyn Tracker = &NoOpSocketConnectionTracker;
    let counted = Region::new(COUNTED);
    for at in 0..1_000 {
        assert!(tracker.track_request(&NewRequest::new("terminal:input", at)).is_none());
        let answer = Response { event: "terminal:input_response", request_id: None, result: Ok(()) };
        assert_eq!(tracker.track_response(&answer, at), Matched::Untracked);
        let failed = Response {
            event: "terminal:error",
            request_id: None,
            result: Err(Reason { code: "timeout", message: "" }),
        };
        assert_eq!(tracker.track_response(&failed, at), Matched::Untracked);
        assert!(tracker.expire(at).is_empty() && tracker.pending_requests().is_empty());
    }
    let change = counted.change();
    assert_eq!((change.allocations, change.reallocations, change.bytes_allocated), (0, 0, 0));
}
