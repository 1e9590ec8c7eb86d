use super::*;

fn read(vars: &[(&str, &str)]) -> Result<TelemetryConfig, TelemetryConfigError> {
    TelemetryConfig::from_vars(|name| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
}

fn config(vars: &[(&str, &str)]) -> TelemetryConfig {
    read(vars).expect("the variables are usable")
}

#[test]
fn an_empty_environment_records_everything_and_sends_nothing() {
    let config = config(&[("OTEL_ENABLED", ""), ("OTEL_SERVICE_NAME", "  ")]);
    assert!(config.recording && config.backends.is_empty() && config.warnings.is_empty());
    assert_eq!(config.service_name, "aetherterm-backend");
    assert_eq!(config.sampling, SamplingConfig { parent_based: true, rate: 1.0 });
    assert_eq!(config.page_tracking, PageTracking::default());
    assert_eq!(config.page_telemetry, PageTelemetry::default());
}

#[test]
fn the_base_endpoint_gets_the_path_and_the_own_one_is_used_as_it_is() {
    let check = |vars: &[(&str, &str)], url: &str| {
        let config = config(vars);
        assert_eq!(config.backends.iter().map(|backend| backend.url.as_str()).collect::<Vec<_>>(), [url], "{vars:?}");
    };
    check(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318")], "http://c:4318/v1/traces");
    check(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "https://c/otlp/")], "https://c/otlp/v1/traces");
    check(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c:4318")], "http://c:4318/");
    check(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c/x?y=1")], "http://c/x?y=1");
    check(
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://base"), ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://own/t")],
        "http://own/t",
    );
    check(&[("OTEL_ENABLED", "true")], "http://localhost:4318/v1/traces");
}

#[test]
fn export_can_be_switched_off_without_stopping_the_recording() {
    let config = config(&[("OTEL_ENABLED", "false"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318")]);
    assert!(config.recording && config.backends.is_empty());
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
fn headers_are_read_encoded_and_raw() {
    let check = |text: &str, name: &str, value: &str| {
        let config = config(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"), ("OTEL_EXPORTER_OTLP_HEADERS", text)]);
        assert_eq!(config.backends[0].headers[name], value, "{text}");
    };
    check("Authorization=Bearer your-token", "authorization", "Bearer your-token");
    check("Authorization=Bearer%20your-token", "authorization", "Bearer your-token");
    check("Authorization=Basic%20dTpw==", "authorization", "Basic dTpw==");
    check("a=1, x-api-key = 100%x ,", "x-api-key", "100%x");
    check("a=1%2C2", "a", "1,2");
}

#[test]
fn the_signals_own_headers_replace_the_general_ones() {
    let config = config(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=1"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "b=2"),
    ]);
    assert_eq!((config.backends[0].headers.get("a"), config.backends[0].headers.len()), (None, 1));
}

#[test]
fn credentials_are_never_printed() {
    let secrets = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:hunter2@c:4318?key=hunter2"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer hunter2"),
    ];
    assert!(!format!("{:?}", config(&secrets)).contains("hunter2"));

    let error = read(&[("OTEL_ENABLED", "1"), ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2")]).unwrap_err();
    assert_eq!(error, TelemetryConfigError::Headers { variable: "OTEL_EXPORTER_OTLP_HEADERS" });
    assert!(!error.to_string().contains("hunter2"));
}

#[test]
fn compression_and_timeout_follow_the_signal_first() {
    let config = config(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "none"),
        ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "GZIP"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "2000"),
    ]);
    assert_eq!(config.backends[0].compression, Compression::Gzip);
    assert_eq!(config.backends[0].timeout, Duration::from_secs(2));
}

#[test]
fn the_sample_rate_is_parent_based_and_reaches_the_page() {
    let config = config(&[("OTEL_SAMPLE_RATE", "0.1")]);
    assert_eq!(config.sampling, SamplingConfig { parent_based: true, rate: 0.1 });
    assert_eq!(config.page_telemetry.sample_rate, 0.1);
}

#[test]
fn the_standard_sampler_wins_with_a_warning() {
    let check = |name: &str, parent_based, rate| {
        let config =
            config(&[("OTEL_SAMPLE_RATE", "0.1"), ("OTEL_TRACES_SAMPLER", name), ("OTEL_TRACES_SAMPLER_ARG", "0.25")]);
        assert_eq!(config.sampling, SamplingConfig { parent_based, rate }, "{name}");
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
        config.batch,
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
fn the_trackers_of_server_and_page_are_switched_apart() {
    let config = config(&[
        ("SOCKET_TRACKING_ENABLED", "false"),
        ("SOCKET_TRACKING_SLOW_MS", "50"),
        ("VITE_TELEMETRY_ENABLED", "0"),
        ("SOCKET_TRACKING_BATCH_SIZE", "0"),
    ]);
    assert!(!config.tracking.enabled && config.page_tracking.enabled && !config.page_telemetry.enabled);
    assert_eq!((config.tracking.slow_ms, config.page_tracking.slow_ms), (50, 50));
    assert_eq!(config.page_telemetry.batch_size, 1);
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
        ("OTEL_ENABLED", "perhaps"),
        ("OTEL_DEBUG", "2"),
        ("OTEL_SAMPLE_RATE", "1.5"),
        ("SOCKET_TRACKING_ENABLED", "ja"),
        ("SOCKET_TRACKING_TIMEOUT_MS", "-1"),
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
    TelemetryConfig::from_vars(|name| {
        asked.borrow_mut().push(name.to_owned());
        match name {
            "OTEL_EXPORTER_OTLP_ENDPOINT" => Some("http://c".to_owned()),
            "OTEL_TRACES_SAMPLER" => Some("traceidratio".to_owned()),
            _ => None,
        }
    })
    .unwrap();
    let asked = asked.into_inner();
    assert!(asked.len() > 30);
    for name in asked {
        assert!(listed(&name), "{name} is missing in .env.example");
    }
}
