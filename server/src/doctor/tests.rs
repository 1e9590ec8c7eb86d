use axum::{Router, extract::Request, routing::post};
use http::StatusCode;
use tokio::net::TcpListener;

use super::*;
use crate::Config;

/// Examines with these variables set.
async fn report(variables: &[(&str, &str)]) -> Report {
    let environment: Environment = variables.iter().copied().chain([("HOME", "/nowhere")]).collect();
    let config = Config::load(["aetherterm"], &environment);
    let settings = config.as_ref().map(|config| &config.telemetry);
    examine(settings, &environment).await
}

/// A collector that wants a token, at an address.
async fn strict() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answer = async |request: Request| match request.headers().get("authorization") {
        Some(value) if value == "Bearer right" => StatusCode::OK,
        _ => StatusCode::UNAUTHORIZED,
    };
    let router = Router::new().route("/v1/{signal}", post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Fails in one check, whose line has these parts.
#[track_caller]
fn check_failure(report: &Report, name: &str, parts: &[&str]) {
    let text = report.to_string();
    let line = text.lines().find(|line| line.starts_with(&format!("{name}: FAIL"))).unwrap_or_else(|| panic!("{text}"));
    assert!(!report.is_well() && parts.iter().all(|part| line.contains(part)), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn without_a_backend_everything_passes_and_it_says_so() {
    let report = report(&[]).await;
    let text = report.to_string();
    assert!(report.is_well() && text.ends_with("Overall: 5/5\n"), "{text}");
    assert!(text.contains("no backend is configured"), "{text}");
    assert_eq!(text.lines().filter(|line| line.contains(": PASS ")).count(), 5);
}

#[tokio::test]
async fn who_has_switched_recording_off_is_told_so() {
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9");
    let report = report(&[("OTEL_SDK_DISABLED", "true"), endpoint]).await;
    let text = report.to_string();
    for check in ["OTLP configuration", "Export"] {
        let line =
            text.lines().find(|line| line.starts_with(&format!("{check}: PASS"))).unwrap_or_else(|| panic!("{text}"));
        assert!(line.contains("recording is off (OTEL_SDK_DISABLED)"), "{line}");
    }
}

#[tokio::test]
async fn a_limit_that_costs_a_message_its_attributes_is_named() {
    let report = report(&[("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "6")]).await;
    check_failure(
        &report,
        "Trace format",
        &["socketio.success", "socketio.duration_ms", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"],
    );
    let text = report.to_string();
    assert!(!text.contains("socketio.event") && text.ends_with("Overall: 4/5\n"), "{text}");
}

#[tokio::test]
async fn a_limit_that_cuts_a_messages_texts_is_named() {
    let setting = "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT";
    for (limit, cut) in [("0", "service.name"), ("12", "socketio.event")] {
        let report = report(&[(setting, limit)]).await;
        check_failure(&report, "Trace format", &[cut, setting, "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT"]);
        assert!(!report.to_string().contains("COUNT_LIMIT"), "{report}");
    }
    assert!(report(&[(setting, "100")]).await.is_well());
}

#[tokio::test]
async fn a_backend_that_takes_everything_passes_for_each_signal() {
    let endpoint = strict().await;
    let headers = "Authorization=Bearer right";
    let report = report(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint), ("OTEL_EXPORTER_OTLP_HEADERS", headers)]).await;
    let text = report.to_string();
    assert!(report.is_well() && text.contains("3 of 3 taken"), "{text}");
    assert!(text.contains(&format!("traces to {endpoint}/v1/traces")) && !text.contains("Bearer right"), "{text}");
}

#[tokio::test]
async fn a_wrong_header_is_named() {
    let endpoint = strict().await;
    let headers = "Authorization=Bearer hunter2";
    let vars = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_EXPORTER_OTLP_HEADERS", headers)];
    check_failure(&report(&vars).await, "Export", &["OTEL_EXPORTER_OTLP_HEADERS", "401"]);
    let vars = [("VITE_TELEMETRY_ENDPOINT", endpoint.as_str()), ("VITE_TELEMETRY_HEADERS", headers)];
    check_failure(&report(&vars).await, "Export", &["VITE_TELEMETRY_HEADERS", "401"]);
}

#[tokio::test]
async fn a_wrong_address_is_named() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let endpoint = format!("http://user:hunter2@{nobody}/v1/traces");
    let vars = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", endpoint.as_str())];
    check_failure(&report(&vars).await, "Export", &["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "refused"]);
    let vars = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:14268/api/traces")];
    let report = report(&vars).await;
    check_failure(&report, "OTLP configuration", &["OTEL_EXPORTER_OTLP_ENDPOINT", "Thrift", ":4318"]);
    assert!(report.to_string().ends_with("Overall: 2/5\n"), "{report}");
}

#[tokio::test]
async fn a_wrong_certificate_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ca.pem");
    std::fs::write(&path, "no certificate").unwrap();
    let vars = [
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://127.0.0.1:1/v1/traces"),
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", path.to_str().unwrap()),
    ];
    check_failure(&report(&vars).await, "Export", &["OTEL_EXPORTER_OTLP_CERTIFICATE", "ca.pem"]);
}

#[tokio::test]
async fn a_variable_that_nobody_reads_is_named() {
    let vars = [("OTEL_EXPORTER_JAEGER_ENDPOINT", "x"), ("OTEL_BSP_SCHEDULE_DELAY", "soon")];
    let report = report(&vars).await;
    check_failure(&report, "Environment", &["OTEL_EXPORTER_JAEGER_ENDPOINT", "OTEL_BSP_SCHEDULE_DELAY"]);
}
