use std::collections::BTreeSet;

use super::*;

mod backends;

fn read(vars: &[(&str, &str)]) -> Result<TelemetryConfig, TelemetryConfigError> {
    read_with(&Given::default(), vars)
}

fn read_with(given: &Given, vars: &[(&str, &str)]) -> Result<TelemetryConfig, TelemetryConfigError> {
    TelemetryConfig::read(given, |name| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
}

fn config(vars: &[(&str, &str)]) -> TelemetryConfig {
    read(vars).expect("the variables are usable")
}

#[test]
fn an_empty_environment_records_everything_and_sends_nothing() {
    let config = config(&[("OTEL_ENABLED", ""), ("OTEL_SERVICE_NAME", "  ")]);
    assert!(config.recording && config.backends.is_empty() && config.warnings.is_empty());
    assert_eq!(config.service_name, "aetherterm-backend");
    assert_eq!(config.sampling, SamplingConfig { parent_based: true, rate: 1.0, tail_keeping: true });
    assert_eq!(config.page_tracking, PageTracking::default());
    assert_eq!(config.page_telemetry, PageTelemetry::default());
}

#[test]
fn disabling_the_sdk_wins() {
    let config = config(&[
        ("OTEL_SDK_DISABLED", "TRUE"),
        ("OTEL_ENABLED", "true"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"),
    ]);
    assert!(!config.recording && config.backends.is_empty() && !config.page_telemetry.enabled);
}

#[test]
fn credentials_are_never_printed() {
    let secrets = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:hunter2@c:4318?key=hunter2"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer hunter2"),
    ];
    assert!(!format!("{:?}", config(&secrets)).contains("hunter2"));

    let error = read(&[("OTEL_ENABLED", "1"), ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2")]).unwrap_err();
    assert_eq!(error, TelemetryConfigError::Headers { setting: "OTEL_EXPORTER_OTLP_HEADERS".to_owned() });
    assert!(!error.to_string().contains("hunter2"));
}

#[test]
fn the_sample_rate_is_parent_based_and_reaches_the_page() {
    let config = config(&[("OTEL_SAMPLE_RATE", "0.1")]);
    assert_eq!(config.sampling, SamplingConfig { parent_based: true, rate: 0.1, tail_keeping: true });
    assert_eq!(config.page_telemetry.sample_rate, 0.1);
}

#[test]
fn failures_are_kept_unless_that_is_off_or_the_sampler_is() {
    let check = |vars: &[(&str, &str)], expected| {
        assert_eq!(config(vars).sampling.tail_keeping, expected, "{vars:?}");
    };
    check(&[("OTEL_SAMPLE_RATE", "0")], true);
    check(&[("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0")], true);
    check(&[("SOCKET_TRACKING_TAIL_KEEPING", "false")], false);
    check(&[("OTEL_TRACES_SAMPLER", "always_off")], false);
    check(&[("OTEL_TRACES_SAMPLER", "parentbased_always_off")], false);
    check(&[("OTEL_TRACES_SAMPLER", "always_off"), ("SOCKET_TRACKING_TAIL_KEEPING", "true")], true);
}

#[test]
fn of_payloads_the_names_are_kept_unless_it_is_said_otherwise() {
    let check = |vars: &[(&str, &str)], expected| assert_eq!(config(vars).payload, expected, "{vars:?}");
    check(&[], Capture::Keys);
    check(&[("SOCKET_TRACKING_PAYLOAD", "none")], Capture::None);
    check(&[("SOCKET_TRACKING_PAYLOAD", "Redacted")], Capture::Redacted);
    check(&[("SOCKET_TRACKING_PAYLOAD", "redacted"), ("SOCKET_TRACKING_ENABLED", "false")], Capture::None);
    let error = read(&[("SOCKET_TRACKING_PAYLOAD", "everything")]).unwrap_err().to_string();
    assert!(error.contains("SOCKET_TRACKING_PAYLOAD") && error.contains("redacted"), "{error}");
}

#[test]
fn the_standard_sampler_wins_with_a_warning() {
    let check = |name: &str, parent_based, rate| {
        let config =
            config(&[("OTEL_SAMPLE_RATE", "0.1"), ("OTEL_TRACES_SAMPLER", name), ("OTEL_TRACES_SAMPLER_ARG", "0.25")]);
        assert_eq!((config.sampling.parent_based, config.sampling.rate), (parent_based, rate), "{name}");
        assert_eq!(config.warnings.len(), 1, "{name}");
    };
    check("always_on", false, 1.0);
    check("always_off", false, 0.0);
    check("traceidratio", false, 0.25);
    check("parentbased_always_on", true, 1.0);
    check("ParentBased_Always_Off", true, 0.0);
    check("parentbased_traceidratio", true, 0.25);
    check("xray", true, 0.1);
}

#[test]
fn propagators_are_a_list_of_known_names() {
    let config = config(&[("OTEL_PROPAGATORS", "tracecontext, b3multi,jaeger,b3multi")]);
    assert_eq!(config.propagators, [PropagatorKind::TraceContext, PropagatorKind::B3Multi]);
    assert!(config.warnings[0].contains("OTEL_PROPAGATORS") && config.warnings[0].contains("jaeger"));
}

#[test]
fn batching_follows_the_standard_variables() {
    let config = config(&[
        ("OTEL_BSP_SCHEDULE_DELAY", "250"),
        ("OTEL_BSP_EXPORT_TIMEOUT", "soon"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "100"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "512"),
    ]);
    assert_eq!(
        config.batches.traces,
        BatchConfig {
            schedule_delay: Duration::from_millis(250),
            export_timeout: Duration::from_secs(30),
            max_queue: 100,
            max_batch: 100,
        }
    );
    assert!(config.warnings[0].contains("OTEL_BSP_EXPORT_TIMEOUT"));
}

#[test]
fn logs_and_metrics_have_their_own_batching() {
    let check = |vars: &[(&str, &str)]| config(vars).batches;
    assert_eq!(check(&[]), Batches::default());
    assert_eq!(
        (check(&[]).logs.schedule_delay, check(&[]).metrics.schedule_delay),
        (Duration::from_secs(1), Duration::ZERO)
    );
    let batches = check(&[
        ("OTEL_BSP_SCHEDULE_DELAY", "1"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "2"),
        ("OTEL_BLRP_MAX_QUEUE_SIZE", "3"),
        ("OTEL_METRIC_EXPORT_TIMEOUT", "4"),
    ]);
    let logs =
        BatchConfig { schedule_delay: Duration::from_millis(2), max_queue: 3, max_batch: 3, ..BatchConfig::default() };
    assert_eq!(
        (batches.of(Signal::Logs), batches.of(Signal::Metrics).export_timeout),
        (logs, Duration::from_millis(4))
    );
    assert_eq!(batches.of(Signal::Traces).schedule_delay, Duration::from_millis(1));
    assert_eq!(config(&[("OTEL_METRIC_EXPORT_INTERVAL", "5000")]).metric_interval, Duration::from_secs(5));
}

#[test]
fn a_span_holds_what_the_limits_say() {
    assert_eq!(config(&[]).limits, SpanLimits::default());
    let general = config(&[("OTEL_ATTRIBUTE_COUNT_LIMIT", "5"), ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "6")]).limits;
    let expected =
        SpanLimits { attributes: 5, value_length: Some(6), inner_value_length: Some(6), ..SpanLimits::default() };
    assert_eq!(general, expected);
    let own = config(&[
        ("OTEL_ATTRIBUTE_COUNT_LIMIT", "5"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "1"),
        ("OTEL_SPAN_EVENT_COUNT_LIMIT", "2"),
        ("OTEL_SPAN_LINK_COUNT_LIMIT", "3"),
        ("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "4"),
        ("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "5"),
        ("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "6"),
    ]);
    let expected = SpanLimits {
        attributes: 1,
        events: 2,
        links: 3,
        event_attributes: 4,
        link_attributes: 5,
        value_length: Some(6),
        inner_value_length: None,
    };
    assert_eq!(own.limits, expected);
}

#[test]
fn a_log_record_holds_what_the_limits_say() {
    assert_eq!(config(&[]).log_limits, LogLimits::default());
    let general = [("OTEL_ATTRIBUTE_COUNT_LIMIT", "5"), ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "6")];
    assert_eq!(config(&general).log_limits, LogLimits { attributes: 5, value_length: Some(6) });
    let own = [("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "1"), ("OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "2")];
    let both: Vec<_> = general.into_iter().chain(own).collect();
    assert_eq!(config(&both).log_limits, LogLimits { attributes: 1, value_length: Some(2) });
}

#[test]
fn a_profile_gives_defaults_and_a_variable_wins() {
    let check = |profile, vars: &[(&str, &str)], rate, detailed| {
        let config = read_with(&Given { profile, ..Given::default() }, vars).unwrap();
        assert_eq!((config.sampling.rate, config.tracking.detailed_logging), (rate, detailed), "{profile:?} {vars:?}");
        assert_eq!((config.page_telemetry.sample_rate, config.page_tracking.detailed_logging), (rate, detailed));
        assert!(config.tracking.metrics && config.warnings.is_empty());
    };
    check(None, &[], 1.0, false);
    check(Some(Profile::Development), &[], 1.0, true);
    check(Some(Profile::Production), &[], 0.1, false);
    check(Some(Profile::Production), &[("OTEL_SAMPLE_RATE", "0.5")], 0.5, false);
    check(Some(Profile::Production), &[("OTEL_TRACES_SAMPLER", "always_on")], 1.0, false);
    check(Some(Profile::Development), &[("SOCKET_TRACKING_DETAILED_LOGGING", "false")], 1.0, false);
}

#[test]
fn events_are_logged_where_openobserve_is_or_when_asked_for() {
    let openobserve = [
        ("VITE_OPENOBSERVE_ENDPOINT", "https://o/api/[ORG_ID]"),
        ("VITE_OPENOBSERVE_USER", "u"),
        ("VITE_OPENOBSERVE_PASS", "p"),
        ("VITE_OPENOBSERVE_ORG", "o"),
    ];
    let with = |value| openobserve.into_iter().chain([("SOCKET_TRACKING_EVENT_LOGS", value)]).collect::<Vec<_>>();
    assert!(config(&openobserve).event_logs && !config(&with("false")).event_logs);
    assert!(!config(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c")]).event_logs);
    let alone = config(&[("SOCKET_TRACKING_EVENT_LOGS", "true")]);
    assert!(alone.event_logs && alone.warnings[0].contains("SOCKET_TRACKING_EVENT_LOGS"), "{:?}", alone.warnings);
    let taken = config(&[("SOCKET_TRACKING_EVENT_LOGS", "true"), ("OTEL_LOGS_EXPORTER", "console")]);
    assert!(taken.event_logs && taken.warnings.is_empty());
}

#[test]
fn telemetry_says_of_itself_as_much_as_it_is_asked_for() {
    let level = |text| config(&[("OTEL_LOG_LEVEL", text)]).log_level;
    assert_eq!((level("none"), level("WARN"), level("verbose")), (Some("off"), Some("warn"), Some("trace")));
    let config = config(&[("OTEL_LOG_LEVEL", "loud")]);
    assert!(config.log_level.is_none() && config.warnings[0].contains("OTEL_LOG_LEVEL"));
}

#[test]
fn the_console_shows_the_signals_that_it_is_asked_for() {
    assert_eq!(config(&[("OTEL_LOGS_EXPORTER", "console")]).console, [Signal::Logs]);
    assert_eq!(config(&[("OTEL_DEBUG", "true")]).console, Signal::ALL);
    let config = config(&[("OTEL_METRICS_EXPORTER", "prometheus,console")]);
    assert_eq!(config.console, [Signal::Metrics]);
    assert!(config.warnings[0].contains("OTEL_METRICS_EXPORTER") && config.warnings[0].contains("prometheus"));
}

#[test]
fn a_trace_is_seen_where_the_template_says() {
    let check = |text: &str, expected: &str| {
        let config = config(&[("TELEMETRY_TRACE_URL_TEMPLATE", text)]);
        assert_eq!(config.trace_url.as_deref(), Some(expected));
    };
    check("https://t.example/x/{traceId}?a=b", "https://t.example/x/{traceId}?a=b");
    check("Jaeger", "http://localhost:16686/trace/{traceId}");
    check("zipkin", "http://localhost:9411/zipkin/traces/{traceId}");
    check("datadog", "https://app.datadoghq.com/apm/trace/{traceId}");
    for preset in ["grafana", "openobserve"] {
        assert!(config(&[("TELEMETRY_TRACE_URL_TEMPLATE", preset)]).trace_url.unwrap().contains("{traceId}"));
    }
    for wrong in ["tempo", "https://t.example/x", "javascript:{traceId}", "https://"] {
        let error = read(&[("TELEMETRY_TRACE_URL_TEMPLATE", wrong)]).unwrap_err().to_string();
        assert!(error.contains("TELEMETRY_TRACE_URL_TEMPLATE") && error.contains("jaeger"), "{error}");
    }
}

#[test]
fn the_spool_has_a_place_and_a_size() {
    assert_eq!(config(&[]).spool, SpoolConfig { dir: None, max_bytes: 268_435_456 });
    let config = config(&[("TELEMETRY_SPOOL_DIR", "/var/spool/a"), ("TELEMETRY_SPOOL_MAX_BYTES", "1000")]);
    assert_eq!(config.spool, SpoolConfig { dir: Some("/var/spool/a".into()), max_bytes: 1_000 });
}

#[test]
fn the_trackers_of_server_and_page_are_switched_apart() {
    let config = config(&[
        ("SOCKET_TRACKING_ENABLED", "false"),
        ("SOCKET_TRACKING_SLOW_MS", "50"),
        ("VITE_TELEMETRY_ENABLED", "0"),
        ("SOCKET_TRACKING_BATCH_SIZE", "0"),
        ("SOCKET_TRACKING_INPUT_RATE", "3"),
        ("SOCKET_TRACKING_METRICS", "false"),
        ("SOCKET_TRACKING_MAX_PENDING", "7"),
    ]);
    assert!(!config.tracking.enabled && config.page_tracking.enabled && !config.page_telemetry.enabled);
    assert_eq!((config.tracking.slow_ms, config.page_tracking.slow_ms), (50, 50));
    assert_eq!((config.tracking.metrics, config.page_tracking.metrics), (false, false));
    assert_eq!((config.tracking.max_pending, config.page_tracking.max_pending), (7, 7));
    assert_eq!((config.page_telemetry.batch_size, config.page_telemetry.input_rate), (1, 3));
}

#[test]
fn resource_attributes_are_decoded() {
    let config = config(&[("OTEL_RESOURCE_ATTRIBUTES", "team=a%20b,deployment.environment.name=prod")]);
    assert_eq!(
        config.resource_attributes,
        [("team".to_owned(), "a b".to_owned()), ("deployment.environment.name".to_owned(), "prod".to_owned())]
    );
}

#[test]
fn a_wrong_value_names_its_variable() {
    for (variable, value) in [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "ftp://c"),
        ("TELEMETRY_SPOOL_MAX_BYTES", "1 GB"),
        ("OTEL_ENABLED", "perhaps"),
        ("OTEL_DEBUG", "2"),
        ("OTEL_SAMPLE_RATE", "1.5"),
        ("SOCKET_TRACKING_ENABLED", "ja"),
        ("SOCKET_TRACKING_TIMEOUT_MS", "-1"),
        ("SOCKET_TRACKING_EVENT_LOGS", "some"),
        ("VITE_TELEMETRY_ENABLED", "?"),
    ] {
        let error = read(&[(variable, value)]).expect_err(variable).to_string();
        assert!(error.contains(variable) && error.contains(value), "{error}");
    }
}

#[test]
fn every_variable_that_is_read_stands_in_the_example() {
    let example = include_str!("../../../../.env.example");
    let listed = |name: &str| example.lines().any(|line| line.starts_with(&format!("#{name}=")));
    let asked = std::cell::RefCell::new(Vec::new());
    // Some variables are only read beside others.
    TelemetryConfig::read(&Given::default(), |name| {
        asked.borrow_mut().push(name.to_owned());
        match name {
            "OTEL_EXPORTER_OTLP_ENDPOINT" => Some("http://c".to_owned()),
            "OTEL_TRACES_SAMPLER" => Some("traceidratio".to_owned()),
            _ => None,
        }
    })
    .unwrap();
    let asked: BTreeSet<_> = asked.into_inner().into_iter().collect();
    for name in &asked {
        assert!(listed(name), "{name} is missing in .env.example");
    }
    // And no other of these families is promised there.
    let names = example.lines().filter_map(|line| line.strip_prefix('#')?.split_once('=')).map(|(name, _)| name);
    for name in names.filter(|name| ["OTEL_", "VITE_", "SOCKET_", "TELEMETRY_"].iter().any(|of| name.starts_with(of))) {
        assert!(asked.contains(name), "{name} is in .env.example and nobody reads it");
    }
}
