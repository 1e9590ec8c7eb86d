use super::*;
use crate::trace::otlp::SpanKind;
use SpanKind::{Client, Consumer, Internal, Producer, Server};
use serde_json::{Value, json};

const MS: u64 = 1_000_000;
const BEGIN: u64 = 1_790_000_000_000_000_000;

/// A span `(id, parent, kind, start, end)`, ids as small numbers, zero for none, times in milliseconds.
type Spec = (u64, u64, SpanKind, i64, i64);

fn recorded(service: &str, spans: &[Spec]) -> Value {
    let spans: Vec<_> = spans
        .iter()
        .map(|(id, parent, kind, start, end)| {
            let at = |millis: i64| BEGIN.wrapping_add_signed(millis * MS as i64).to_string();
            json!({
                "traceId": "80f198ee56343ba864fe8b2a57d3eff7", "spanId": format!("{id:016x}"),
                "parentSpanId": if *parent == 0 { String::new() } else { format!("{parent:016x}") },
                "name": if *id >= 50 { "pty.write".to_owned() } else { format!("s{id}") },
                "kind": *kind as u8, "startTimeUnixNano": at(*start), "endTimeUnixNano": at(*end),
            })
        })
        .collect();
    json!({
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]},
        "scopeSpans": [{"spans": spans}],
    })
}

fn laid_out(resource_spans: &[Value]) -> Waterfall {
    let trace = serde_json::from_value(json!({"resourceSpans": resource_spans})).unwrap();
    Waterfall::new(trace).expect("there are spans")
}

/// Each bar as `{indent}{name} {begin}+{duration}` in milliseconds.
fn drawn(waterfall: &Waterfall) -> Vec<String> {
    let line = |bar: &Bar| {
        let (offset, duration) = (bar.offset as f64 / 1e6, bar.duration as f64 / 1e6);
        format!("{}{} {offset}+{duration}", " ".repeat(bar.depth), bar.name())
    };
    waterfall.bars.iter().map(line).collect()
}

fn check(browser: &[Spec], server: &[Spec], expected: &[&str]) {
    let waterfall = laid_out(&[recorded("aetherterm-backend", server), recorded("aetherterm-frontend", browser)]);
    assert_eq!(drawn(&waterfall), expected);
}

#[test]
fn a_keystroke_goes_up_is_handled_and_comes_back() {
    let browser = [(1, 0, Client, 0, 10), (2, 50, Consumer, 7, 15)];
    let server = [(3, 1, Server, 4, 6), (50, 3, Internal, 5, 6)];
    check(
        &browser,
        &server,
        &["s1 0+10", " network up 0+4", " s3 4+2", "  pty.write 5+1", "   s2 7+8", " network down 6+4"],
    );
}

#[test]
fn lanes_sides_and_shares_follow_from_who_recorded() {
    let waterfall = laid_out(&[
        recorded("aetherterm-frontend", &[(1, 0, Client, 0, 10)]),
        recorded("mine", &[(3, 1, Server, 4, 6), (50, 3, Internal, 5, 6)]),
        recorded("mine", &[(4, 3, Internal, 5, 6)]),
    ]);
    let lanes: Vec<_> = waterfall.lanes.iter().map(|lane| (lane.service.as_str(), lane.side)).collect();
    assert_eq!(lanes, [("aetherterm-frontend", Side::Browser), ("mine", Side::Server)]);
    let sides: Vec<_> = waterfall.bars.iter().map(|bar| (bar.side, bar.lane)).collect();
    assert_eq!(
        sides,
        [
            (Side::Browser, 0),
            (Side::Network, 1),
            (Side::Server, 1),
            (Side::Server, 1),
            (Side::Terminal, 1),
            (Side::Network, 0),
        ]
    );
    let handler = &waterfall.bars[2];
    assert_eq!((handler.start, handler.width), (0.4, 0.2));
    assert_eq!((waterfall.started, waterfall.duration), (BEGIN, 10 * MS));
}

#[test]
fn a_fire_and_forget_message_has_no_way_back() {
    check(&[(1, 0, Producer, 0, 1)], &[(2, 1, Consumer, 3, 5)], &["s1 0+1", " network up 0+3", " s2 3+2"]);
}

#[test]
fn a_notice_comes_down() {
    check(&[(2, 1, Consumer, 3, 5)], &[(1, 0, Producer, 0, 1)], &["s1 0+1", " network down 0+3", " s2 3+2"]);
}

#[test]
fn a_clock_that_is_off_is_set_to_the_middle() {
    let expected = &["s1 0+10", " network up 0+4", " s2 4+2", " network down 6+4"];
    for ahead in [600_000, -600_000, 9, -5] {
        check(&[(1, 0, Client, 0, 10)], &[(2, 1, Server, ahead, ahead + 2)], expected);
    }
}

#[test]
fn a_clock_that_can_be_right_is_believed() {
    check(&[(1, 0, Client, 0, 10)], &[(2, 1, Server, 8, 10)], &["s1 0+10", " network up 0+8", " s2 8+2"]);
}

#[test]
fn a_handler_that_outlasts_its_request_still_follows_its_cause() {
    check(&[(1, 0, Client, 0, 5)], &[(2, 1, Server, -20, 0)], &["s1 0+5", " s2 0+20"]);
    check(&[(1, 0, Client, 0, 5)], &[(2, 1, Server, 1, 9)], &["s1 0+5", " s2 0+8"]);
}

#[test]
fn the_page_keeps_its_clock_below_a_server_that_is_off() {
    let browser = [(1, 0, Client, 0, 10), (2, 50, Consumer, 12, 15)];
    let server = [(3, 1, Server, 1_004, 1_006), (50, 3, Internal, 1_005, 1_006)];
    check(
        &browser,
        &server,
        &["s1 0+10", " network up 0+4", " s3 4+2", "  pty.write 5+1", "   s2 12+3", " network down 6+4"],
    );
}

#[test]
fn a_span_without_its_parent_is_a_root() {
    let waterfall = laid_out(&[recorded("x", &[(2, 99, Server, 3, 4), (1, 0, Internal, 0, 1)])]);
    assert_eq!(drawn(&waterfall), ["s1 0+1", "s2 3+1"]);
    let orphans: Vec<_> =
        waterfall.bars.iter().map(|bar| matches!(bar.kind, BarKind::Span { orphan: true, .. })).collect();
    assert_eq!(orphans, [false, true]);
}

#[test]
fn a_span_that_came_twice_is_drawn_once() {
    let once = (1, 0, Internal, 0, 1);
    assert_eq!(drawn(&laid_out(&[recorded("x", &[once]), recorded("x", &[once])])), ["s1 0+1"]);
}

#[test]
fn circles_and_impossible_times_are_drawn_all_the_same() {
    let circle = laid_out(&[recorded("x", &[(1, 2, Internal, 0, 1), (2, 1, Internal, 0, 1), (3, 3, Internal, 0, 1)])]);
    assert_eq!(circle.bars.len(), 3);
    let backwards = laid_out(&[recorded("x", &[(1, 0, Internal, 5, 2)])]);
    assert_eq!((backwards.duration, backwards.bars[0].width), (0, 0.0));
    let apart = laid_out(&[recorded("x", &[(1, 0, Internal, i64::MIN / MS as i64, 0), (2, 1, Server, 0, 1)])]);
    assert!(apart.bars.iter().all(|bar| (0.0..=1.0).contains(&bar.start) && bar.width <= 1.0));
}

#[test]
fn a_deep_trace_is_no_danger() {
    let chain: Vec<Spec> = (1..=2_000).map(|id| (id, id - 1, Internal, id as i64, 3_000)).collect();
    let waterfall = laid_out(&[recorded("x", &chain)]);
    assert_eq!(waterfall.bars.last().unwrap().depth, 1_999);
}

#[test]
fn nothing_is_no_waterfall() {
    assert_eq!(Waterfall::new(ExportTraceServiceRequest::default()), None);
}
