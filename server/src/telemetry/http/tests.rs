use app::trace::otlp;
use app::tracking::TraceStatus;
use futures_util::StreamExt;
use serde_json::Value;
use tower::ServiceExt;

use super::*;
use crate::telemetry::TelemetryConfig;
use crate::telemetry::tests::start;

/// A span of now, in trace `trace`.
fn body(trace: &str) -> String {
    let now = SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
    json!({"resourceSpans": [{"scopeSpans": [{"spans": [{
        "traceId": trace, "spanId": "e457b5a2e4d86bd1", "name": "socketio.terminal:create", "kind": 3,
        "startTimeUnixNano": now.to_string(), "endTimeUnixNano": (now + 2_000_000).to_string(),
        "attributes": [{"key": "socketio.event", "value": {"stringValue": "terminal:create"}}],
    }]}]}]})
    .to_string()
}

const TRACE: &str = "80f198ee56343ba864fe8b2a57d3eff7";
const OTHER: &str = "463ac35c9f6413ad48485a3953bb6124";

async fn post(routes: &Router, body: impl Into<Body>, key: &str) -> Response {
    let request = Request::post("/v1/traces")
        .header("content-type", "application/json")
        .extension(RelayKey(key.to_owned()))
        .body(body.into())
        .unwrap();
    routes.clone().oneshot(request).await.unwrap()
}

async fn get_json(routes: &Router, path: &str) -> (StatusCode, Value) {
    let response = routes.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

/// Asks for the list until it has so many rows.
async fn rows(routes: &Router, count: usize) -> TracePage {
    loop {
        let page: TracePage = serde_json::from_value(get_json(routes, "/api/traces").await.1).unwrap();
        if page.traces.len() >= count {
            return page;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_a_page_posts_is_listed_and_can_be_read_with_its_own_types() {
    let (telemetry, _guard) = start(&TelemetryConfig::default());
    let routes = routes(telemetry);
    let response = post(&routes, body(TRACE), "a").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), "{}");

    let list = rows(&routes, 1).await;
    assert_eq!((list.traces[0].event.as_deref(), list.traces[0].status), (Some("terminal:create"), TraceStatus::Ok));
    assert_eq!((list.traces[0].duration_ms, &list.next), (2.0, &None));
    let ledger = list.ledger.expect("the ledger stands beside the list");
    assert_eq!((ledger.exported(), ledger.lost()), (1, 0));

    let (status, trace) = get_json(&routes, &format!("/api/traces/{TRACE}")).await;
    assert_eq!(status, StatusCode::OK);
    let trace: otlp::ExportTraceServiceRequest = serde_json::from_value(trace).unwrap();
    let of_page = &trace.resource_spans[0];
    assert_eq!(of_page.scope_spans[0].spans[0].name, "socketio.terminal:create");
    let service = otlp::KeyValue::new("service.name", "aetherterm-frontend");
    assert!(of_page.resource.attributes.contains(&service));
}

#[tokio::test]
async fn an_unknown_trace_is_empty_and_what_is_no_id_is_not_found() {
    let (telemetry, _guard) = start(&TelemetryConfig::default());
    let routes = routes(telemetry);
    let (status, trace) = get_json(&routes, &format!("/api/traces/{OTHER}")).await;
    assert_eq!((status, trace), (StatusCode::OK, serde_json::json!({"resourceSpans": []})));
    for id in ["nonsense", "00000000000000000000000000000000"] {
        assert_eq!(get_json(&routes, &format!("/api/traces/{id}")).await.0, StatusCode::NOT_FOUND, "{id}");
    }
}

#[tokio::test]
async fn the_list_is_filtered_and_paged() {
    let (telemetry, _guard) = start(&TelemetryConfig::default());
    let routes = routes(telemetry);
    post(&routes, body(TRACE), "a").await;
    post(&routes, body(OTHER), "a").await;
    rows(&routes, 2).await;

    let (_, first) = get_json(&routes, "/api/traces?limit=1&event=terminal%3Acreate").await;
    assert_eq!(first["traces"][0]["traceId"], OTHER);
    let next = first["next"].as_str().unwrap();
    let (_, second) = get_json(&routes, &format!("/api/traces?limit=1&cursor={next}")).await;
    assert_eq!((&second["traces"][0]["traceId"], second.get("next")), (&json!(TRACE), None));
    assert_eq!(get_json(&routes, "/api/traces?status=error").await.1["traces"], json!([]));

    let (status, error) = get_json(&routes, "/api/traces?since=yesterday").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(error["error"]["message"].as_str().unwrap().contains("since"), "{error}");
}

#[tokio::test]
async fn a_sender_that_posts_too_often_is_told_when_to_come_back() {
    let (telemetry, _guard) = start(&TelemetryConfig::default());
    let routes = routes(telemetry);
    for _ in 0..20 {
        assert_eq!(post(&routes, "{}", "a").await.status(), StatusCode::OK);
    }
    let mut refused = None;
    for _ in 0..20 {
        let response = post(&routes, "{}", "a").await;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(response);
            break;
        }
    }
    assert_eq!(refused.expect("the bucket is empty").headers()["retry-after"], "1");
    assert_eq!(post(&routes, "{}", "b").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_body_that_comes_again_is_taken_once() {
    let (telemetry, _guard) = start(&TelemetryConfig::default());
    let routes = routes(telemetry.clone());
    let (body, other) = (body(TRACE), body(OTHER));
    for _ in 0..2 {
        let response = post(&routes, body.clone(), "a").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), "{}");
    }
    post(&routes, other, "another window").await;
    rows(&routes, 2).await;
    let ledger = telemetry.ledger();
    assert_eq!((ledger.destinations[0].created, ledger.destinations[0].exported), (2, 2));
}

#[tokio::test]
async fn what_a_page_counts_and_posts_again_is_counted_once() {
    let (telemetry, _guard) = start(&TelemetryConfig::default());
    let routes = routes(telemetry.clone());
    let now = SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
    for until in [now, now, now + 1] {
        let reason = json!([{"key": "reason", "value": {"stringValue": "evicted"}}]);
        let point = json!({"timeUnixNano": until.to_string(), "asInt": "3", "attributes": reason});
        let sum = json!({"aggregationTemporality": 1, "isMonotonic": true, "dataPoints": [point]});
        let scope = json!({"metrics": [{"name": "telemetry.page.dropped", "sum": sum}]});
        let body = json!({"resourceMetrics": [{"scopeMetrics": [scope]}]}).to_string();
        let request = Request::post("/v1/metrics").header("content-type", "application/json");
        let response = routes.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), "{}");
    }
    let metrics = telemetry.exposition();
    assert!(metrics.contains(r#"telemetry_page_dropped_total{reason="evicted"} 6"#), "{metrics}");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_answered_in_otlps_own_form() {
    let (telemetry, _guard) = start(&TelemetryConfig::default());
    let response = post(&routes(telemetry), vec![b' '; relay::MAX_BODY + 1], "a").await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let body: Value = serde_json::from_slice(&to_bytes(response.into_body(), 1_000).await.unwrap()).unwrap();
    assert_eq!(body["code"], 8);
}

#[tokio::test]
async fn a_disabled_sdk_takes_posts_and_keeps_nothing() {
    let (telemetry, _guard) = start(&TelemetryConfig { recording: false, ..TelemetryConfig::default() });
    let routes = routes(telemetry);
    assert_eq!(post(&routes, body(TRACE), "a").await.status(), StatusCode::OK);
    assert_eq!(get_json(&routes, "/api/traces").await.1["ledger"]["destinations"][0]["created"], 0);
}

#[tokio::test]
async fn the_stream_tells_of_rows_and_counts_and_ends_with_the_server() {
    let (telemetry, _guard) = start(&TelemetryConfig::default());
    let routes = routes(telemetry.clone());
    let request = Request::get("/api/traces/stream").body(Body::empty()).unwrap();
    let response = routes.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = response.into_body().into_data_stream();
    let first = stream.next().await.unwrap().unwrap();
    assert!(first.starts_with(b"event: ledger\n"), "{first:?}");

    post(&routes, body(TRACE), "a").await;
    let mut told = String::new();
    while !told.contains("event: trace\n") || told.matches("event: ledger\n").count() < 1 {
        told.push_str(std::str::from_utf8(&stream.next().await.unwrap().unwrap()).unwrap());
    }
    assert!(told.contains(TRACE), "{told}");

    telemetry.shutdown(std::time::Duration::from_secs(5)).await;
    while let Some(chunk) = stream.next().await {
        chunk.unwrap();
    }
}
