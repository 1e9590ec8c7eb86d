use super::*;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

const NOW: Micros = 1_790_000_000_000_000;
const MS: Micros = 1_000;

fn tracker() -> SocketConnectionTracker {
    SocketConnectionTracker::new(Settings::default(), "k3f9")
}

fn ask(tracker: &SocketConnectionTracker, event: &str, at: Micros) -> RequestId {
    tracker.track_request(&NewRequest::new(event, at)).expect("a real tracker names each request")
}

fn answer(tracker: &SocketConnectionTracker, id: &RequestId, at: Micros) -> Matched {
    tracker.track_response(&Response { event: "terminal:created", request_id: Some(id), result: Ok(()) }, at)
}

fn refuse(tracker: &SocketConnectionTracker, id: &RequestId, at: Micros) -> Matched {
    let reason = Reason { code: "not_found", message: "There is no such terminal." };
    tracker.track_response(&Response { event: "terminal:error", request_id: Some(id), result: Err(reason) }, at)
}

fn ended(matched: Matched) -> Settled {
    match matched {
        Matched::Ended(settled) => settled,
        other => panic!("not ended but {other:?}"),
    }
}

/// The counts add up, in all and per event.
fn check_sums(tracker: &SocketConnectionTracker) {
    let m = tracker.metrics(NOW);
    let sum = m.total_responses
        + m.timeout_count
        + m.disconnected_count
        + m.evicted_count
        + m.fire_and_forget_count
        + m.pending_count;
    assert_eq!(m.total_requests, sum, "{m:?}");
    assert!(m.error_count <= m.total_responses && m.late_count <= m.timeout_count, "{m:?}");
    let over_events = |of: fn(&super::super::EventMetrics) -> u64| m.event_metrics.values().map(of).sum::<u64>();
    assert_eq!(over_events(|e| e.request_count), m.total_requests);
    assert_eq!(over_events(|e| e.response_count), m.total_responses);
    assert_eq!(over_events(|e| e.timeout_count), m.timeout_count);
    assert_eq!(over_events(|e| e.error_count), m.error_count);
}

#[test]
fn an_answer_ends_its_request_and_no_other() {
    let tracker = tracker();
    let (first, second) = (ask(&tracker, "terminal:create", NOW), ask(&tracker, "terminal:create", NOW + MS));
    let settled = ended(answer(&tracker, &second, NOW + 4 * MS));
    assert_eq!((settled.request.request_id, settled.duration, settled.ending), (second, 3 * MS, Ending::Ok));
    let pending = tracker.pending_requests();
    assert_eq!(pending.iter().map(|request| &request.request_id).collect::<Vec<_>>(), [&first]);
    check_sums(&tracker);
}

#[test]
fn an_event_without_a_request_id_completes_nothing() {
    let tracker = tracker();
    ask(&tracker, "terminal:create", NOW);
    let received = Response { event: "terminal:created", request_id: None, result: Ok(()) };
    assert_eq!(tracker.track_response(&received, NOW), Matched::Received);
    assert_eq!(tracker.pending_requests().len(), 1);
    assert_eq!(tracker.metrics(NOW).event_metrics["terminal:created"].received_count, 1);
}

#[test]
fn the_second_of_ack_and_response_is_repeated_and_counted_once() {
    let tracker = tracker();
    let id = ask(&tracker, "terminal:create", NOW);
    ended(answer(&tracker, &id, NOW + MS));
    assert_eq!(answer(&tracker, &id, NOW + 2 * MS), Matched::Repeated);
    assert_eq!(tracker.metrics(NOW).total_responses, 1);
}

#[test]
fn an_unknown_id_is_an_orphan() {
    let id = RequestId::parse("req_of_somebody").unwrap();
    assert_eq!(answer(&tracker(), &id, NOW), Matched::Orphan);
}

#[test]
fn a_refusal_is_an_error_and_an_answer() {
    let tracker = tracker();
    let id = ask(&tracker, "terminal:create", NOW);
    let settled = ended(refuse(&tracker, &id, NOW + 2 * MS));
    assert_eq!(settled.reason().unwrap().code, "not_found");
    let m = tracker.metrics(NOW);
    assert_eq!((m.total_responses, m.error_count), (1, 1));
    assert_eq!(m.event_metrics["terminal:create"].success_rate, 0.0);
}

#[test]
fn each_request_waits_as_long_as_its_event_says() {
    let tracker = tracker();
    let usual = ask(&tracker, "terminal:create", NOW);
    let long = NewRequest { timeout: Some(Duration::from_secs(120)), ..NewRequest::new("ai_chat_message", NOW) };
    tracker.track_request(&long);
    assert_eq!(tracker.expire(NOW + 4_999 * MS), []);
    let expired = tracker.expire(NOW + 5_000 * MS);
    assert_eq!(expired.iter().map(|settled| &settled.request.request_id).collect::<Vec<_>>(), [&usual]);
    assert_eq!(tracker.expire(NOW + 120_000 * MS).len(), 1);
    check_sums(&tracker);
}

#[test]
fn a_late_answer_is_late_once() {
    let tracker = tracker();
    let id = ask(&tracker, "terminal:create", NOW);
    tracker.expire(NOW + 6_000 * MS);
    match answer(&tracker, &id, NOW + 7_000 * MS) {
        Matched::Late(settled) => assert_eq!((settled.ending, settled.duration), (Ending::Late, 7_000 * MS)),
        other => panic!("{other:?}"),
    }
    assert_eq!(answer(&tracker, &id, NOW + 7_001 * MS), Matched::Repeated);
    let m = tracker.metrics(NOW);
    assert_eq!((m.timeout_count, m.late_count, m.total_responses), (1, 1, 0));
    check_sums(&tracker);
}

#[test]
fn fire_and_forget_is_never_pending_and_never_late() {
    let tracker = tracker();
    let sent = NewRequest { answer: Answer::FireAndForget, ..NewRequest::new("terminal:ack", NOW) };
    assert!(tracker.track_request(&sent).is_some());
    assert_eq!(tracker.pending_requests(), []);
    assert_eq!(tracker.expire(Micros::MAX), []);
    assert_eq!(tracker.metrics(NOW).fire_and_forget_count, 1);
    check_sums(&tracker);
}

#[test]
fn a_lost_connection_ends_only_its_own_requests() {
    let tracker = tracker();
    for client in ["a", "b", "a"] {
        tracker.track_request(&NewRequest { client_id: Some(client), ..NewRequest::new("terminal:create", NOW) });
    }
    let gone = tracker.disconnect(Some("a"), NOW + MS);
    assert_eq!(gone.iter().map(|settled| &settled.ending).collect::<Vec<_>>(), [&Ending::Disconnected; 2]);
    assert_eq!(tracker.disconnect(None, NOW + MS).len(), 1);
    let m = tracker.metrics(NOW);
    assert_eq!((m.disconnected_count, m.timeout_count, m.pending_count), (3, 0, 0));
    check_sums(&tracker);
}

#[test]
fn an_id_that_is_already_pending_is_not_taken_twice() {
    let tracker = tracker();
    let id = RequestId::parse("mine").unwrap();
    let request = NewRequest { request_id: Some(&id), ..NewRequest::new("terminal:create", NOW) };
    assert_eq!(tracker.track_request(&request).as_ref(), Some(&id));
    let other = tracker.track_request(&request).unwrap();
    assert_eq!(other.as_str(), "req_1790000000000_1_k3f9");
    ended(answer(&tracker, &id, NOW));
    ended(answer(&tracker, &other, NOW));
}

#[test]
fn a_full_table_pushes_the_oldest_out_and_its_answer_still_counts() {
    let tracker = SocketConnectionTracker::new(Settings { max_pending: 2, ..Settings::default() }, "x");
    let ids: Vec<_> = (0..3).map(|_| ask(&tracker, "terminal:create", NOW)).collect();
    assert_eq!((tracker.metrics(NOW).evicted_count, tracker.pending_requests().len()), (1, 2));
    check_sums(&tracker);
    assert_eq!(ended(answer(&tracker, &ids[0], NOW + MS)).ending, Ending::Ok);
    assert_eq!((tracker.metrics(NOW).evicted_count, tracker.metrics(NOW).total_responses), (0, 1));
    check_sums(&tracker);
}

#[test]
fn durations_are_told_per_event_and_in_all() {
    let tracker = tracker();
    for (event, millis) in [("terminal:create", 10), ("terminal:create", 30), ("terminal:input", 2)] {
        let id = ask(&tracker, event, NOW);
        ended(answer(&tracker, &id, NOW + millis * MS));
    }
    let m = tracker.metrics(NOW);
    let create = &m.event_metrics["terminal:create"];
    assert_eq!((create.min_time, create.average_time, create.max_time), (10.0, 20.0, 30.0));
    assert!((create.p50 - 10.0).abs() <= 0.1 && (create.p99 - 30.0).abs() <= 0.3, "{create:?}");
    assert_eq!((create.rate, create.last_minute[59]), (2.0 / 60.0, 2));
    assert_eq!(m.average_response_time, 14.0);
    assert!((m.p50 - 10.0).abs() <= 0.1, "{m:?}");
}

#[test]
fn without_metrics_only_the_sums_are_kept() {
    let tracker = SocketConnectionTracker::new(Settings { metrics: false, ..Settings::default() }, "x");
    let id = ask(&tracker, "terminal:create", NOW);
    ended(answer(&tracker, &id, NOW + 10 * MS));
    let m = tracker.metrics(NOW);
    assert_eq!((m.total_requests, m.total_responses, m.average_response_time), (1, 1, 10.0));
    assert!(m.event_metrics.is_empty());
}

#[test]
fn counts_stay_consistent_after_a_clear() {
    let tracker = SocketConnectionTracker::new(Settings { max_pending: 3, ..Settings::default() }, "x");
    let answered = ask(&tracker, "terminal:create", NOW);
    let timed_out = ask(&tracker, "terminal:create", NOW);
    let evicted = ask(&tracker, "terminal:create", NOW);
    ended(answer(&tracker, &answered, NOW));
    tracker.track_timeout(&timed_out, NOW);
    let waiting: Vec<_> = (0..3).map(|_| ask(&tracker, "terminal:create", NOW)).collect();
    tracker.clear_metrics();
    let m = tracker.metrics(NOW);
    assert_eq!((m.total_requests, m.pending_count, m.total_responses), (3, 3, 0));
    assert!(matches!(answer(&tracker, &timed_out, NOW), Matched::Late(_)));
    ended(answer(&tracker, &evicted, NOW));
    check_sums(&tracker);
    assert_eq!(tracker.metrics(NOW).total_responses, 0);
    ended(answer(&tracker, &waiting[0], NOW));
    check_sums(&tracker);
    assert_eq!(tracker.metrics(NOW).total_responses, 1);
}

#[test]
fn counts_add_up_whatever_happens() {
    let tracker = SocketConnectionTracker::new(Settings { max_pending: 8, ..Settings::default() }, "x");
    let mut ids = Vec::new();
    let mut seed = 42_u64;
    for step in 0..20_000_u64 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = NOW + step * 37 * MS;
        let some = ids.get((seed >> 40) as usize % (ids.len() + 1)).cloned();
        match ((seed >> 33) % 12, some) {
            (0..=4, _) => ids.push(ask(&tracker, ["terminal:create", "terminal:input"][step as usize % 2], at)),
            (5 | 6, Some(id)) => drop(answer(&tracker, &id, at)),
            (7, Some(id)) => drop(refuse(&tracker, &id, at)),
            (8, Some(id)) => drop(tracker.track_timeout(&id, at)),
            (9, _) => drop(tracker.expire(at)),
            (10, _) if step % 97 == 0 => drop(tracker.disconnect(None, at)),
            (11, _) if step % 389 == 0 => tracker.clear_metrics(),
            _ => {}
        }
        if step % 50 == 0 {
            check_sums(&tracker);
            ids.drain(..ids.len().saturating_sub(40));
        }
    }
    check_sums(&tracker);
}

#[test]
fn a_custom_event_has_its_own_name_and_figures_theirs() {
    let tracker = tracker();
    ask(&tracker, "custom:event", NOW);
    assert!(tracker.metrics(NOW).event_metrics.contains_key("custom:event"));
    assert!(tracker.custom_metric("queue depth", 3.0) && tracker.custom_metric("queue depth", 4.0));
    assert!(!tracker.custom_metric("queue depth", f64::NAN) && !tracker.custom_metric("", 1.0));
    assert_eq!(tracker.metrics(NOW).custom["queue depth"], 4.0);
    assert_eq!((0..100).filter(|n| tracker.custom_metric(&n.to_string(), 0.0)).count(), 63);
}

#[test]
fn subscribers_hear_of_timeouts_errors_and_slow_answers() {
    let tracker = Arc::new(tracker());
    let heard: [Arc<AtomicU32>; 3] = Default::default();
    let [timeouts, slow, errors] = heard.clone();
    let inner = tracker.clone();
    let _subscriptions = [
        tracker.on_request_timeout(Box::new(move |_| {
            timeouts.fetch_add(1, Ordering::Relaxed);
            // No lock is held: a subscriber may ask the tracker.
            assert_eq!(inner.pending_requests(), []);
        })),
        tracker.on_slow_response(Box::new(move |_, duration| {
            assert_eq!(duration, Duration::from_secs(1));
            slow.fetch_add(1, Ordering::Relaxed);
        })),
        tracker.on_error(Box::new(move |_, reason| {
            assert!(["not_found", "disconnected"].contains(&reason.code), "{reason}");
            errors.fetch_add(1, Ordering::Relaxed);
        })),
    ];
    let quick = ask(&tracker, "terminal:create", NOW);
    ended(answer(&tracker, &quick, NOW + 999 * MS));
    let late = ask(&tracker, "terminal:create", NOW);
    ended(answer(&tracker, &late, NOW + 1_000 * MS));
    let refused = ask(&tracker, "terminal:create", NOW);
    ended(refuse(&tracker, &refused, NOW));
    ask(&tracker, "terminal:create", NOW);
    tracker.disconnect(None, NOW);
    ask(&tracker, "terminal:create", NOW);
    tracker.expire(Micros::MAX);
    assert_eq!(heard.map(|count| count.load(Ordering::Relaxed)), [1, 1, 2]);
}

#[test]
fn subscribers_hear_of_every_ending_once_and_of_a_late_answer_again() {
    let tracker = SocketConnectionTracker::new(Settings { max_pending: 1, ..Settings::default() }, "x");
    let heard = Arc::new(Mutex::new(Vec::new()));
    let all = heard.clone();
    let subscription = tracker.on_settled(Box::new(move |settled| all.lock().unwrap().push(settled.ending.clone())));
    let good = ask(&tracker, "terminal:create", NOW);
    ended(answer(&tracker, &good, NOW));
    answer(&tracker, &good, NOW);
    let bad = ask(&tracker, "terminal:create", NOW);
    ended(refuse(&tracker, &bad, NOW));
    let slow = ask(&tracker, "terminal:create", NOW);
    tracker.expire(NOW + 5_000 * MS);
    answer(&tracker, &slow, NOW + 6_000 * MS);
    let pushed_out = ask(&tracker, "terminal:create", NOW);
    let lost = ask(&tracker, "terminal:create", NOW);
    tracker.disconnect(None, NOW);
    let error = Ending::Error { code: "not_found".into(), message: "There is no such terminal.".to_owned() };
    let expected = [Ending::Ok, error, Ending::Timeout, Ending::Late, Ending::Disconnected];
    assert_eq!(*heard.lock().unwrap(), expected);
    ended(answer(&tracker, &pushed_out, NOW));
    assert_eq!(answer(&tracker, &lost, NOW), Matched::Repeated);
    assert_eq!(heard.lock().unwrap().len(), 6);
    drop(subscription);
    ask(&tracker, "terminal:create", NOW);
    tracker.disconnect(None, NOW);
    assert_eq!(heard.lock().unwrap().len(), 6);
}

#[test]
fn what_is_pending_is_written_in_the_notes_names() {
    let tracker = tracker();
    let request = NewRequest { client_id: Some("c1"), ..NewRequest::new("terminal:create", NOW + 500) };
    tracker.track_request(&request);
    assert_eq!(
        serde_json::to_value(tracker.pending_requests()).unwrap(),
        serde_json::json!([{
            "requestId": "req_1790000000000_1_k3f9", "eventName": "terminal:create",
            "timestamp": 1_790_000_000_000.5, "timeoutMs": 5_000, "clientId": "c1",
        }])
    );
}

#[test]
fn metrics_are_written_in_the_notes_names() {
    let tracker = tracker();
    let id = ask(&tracker, "terminal:create", NOW);
    ended(answer(&tracker, &id, NOW + 10 * MS));
    let written = serde_json::to_value(tracker.metrics(NOW)).unwrap();
    for name in [
        "totalRequests",
        "totalResponses",
        "averageResponseTime",
        "timeoutCount",
        "errorCount",
        "pendingCount",
        "lateCount",
        "disconnectedCount",
        "eventMetrics",
        "custom",
    ] {
        assert!(written.get(name).is_some(), "{name}");
    }
    for name in [
        "eventName",
        "requestCount",
        "responseCount",
        "averageTime",
        "minTime",
        "maxTime",
        "p50",
        "p95",
        "p99",
        "timeoutCount",
        "errorCount",
        "successRate",
    ] {
        assert!(written["eventMetrics"]["terminal:create"].get(name).is_some(), "{name}");
    }
}
