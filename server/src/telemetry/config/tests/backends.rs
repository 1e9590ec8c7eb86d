//! The backends: which there are, and how each is reached.

use super::*;

/// Each backend's name, signal and address.
fn addresses(config: &TelemetryConfig) -> Vec<String> {
    config.backends.iter().map(|backend| format!("{} {} {}", backend.name, backend.signal, backend.url)).collect()
}

#[track_caller]
fn check(vars: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(addresses(&config(vars)), expected, "{vars:?}");
}

/// The settings with this text in the file.
fn with_file(text: &str, vars: &[(&str, &str)]) -> Result<TelemetryConfig, TelemetryConfigError> {
    #[derive(serde::Deserialize)]
    struct File {
        backend: Vec<BackendTable>,
    }
    let file: File = toml::from_str(text).unwrap();
    read_with(&Given { backends: file.backend, ..Given::default() }, vars)
}

#[track_caller]
fn check_file(text: &str, expected: &[&str]) {
    assert_eq!(addresses(&with_file(text, &[]).unwrap()), expected, "{text}");
}

#[track_caller]
fn check_error(error: Result<TelemetryConfig, TelemetryConfigError>, parts: &[&str]) {
    let error = error.map(|_| ()).unwrap_err().to_string();
    assert!(parts.iter().all(|part| error.contains(part)), "{error}");
}

#[test]
fn the_base_endpoint_gets_the_path_and_the_own_one_is_used_as_it_is() {
    let check = |vars: &[(&str, &str)], url: &str| {
        let config = config(vars);
        let traces =
            config.backends.iter().find(|backend| backend.signal == Signal::Traces).expect("traces are exported");
        assert_eq!(traces.url.as_str(), url, "{vars:?}");
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
fn every_signal_goes_to_the_base_and_those_with_an_address_of_their_own_there() {
    const BASE: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318");
    let all = [
        "otlp traces http://c:4318/v1/traces",
        "otlp logs http://c:4318/v1/logs",
        "otlp metrics http://c:4318/v1/metrics",
    ];
    check(&[BASE], &all);
    check(&[BASE, ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://l/x")], &[all[0], "otlp logs http://l/x", all[2]]);
    check(&[("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://m/x")], &["otlp metrics http://m/x"]);
    check(&[], &[]);
}

#[test]
fn an_exporter_can_be_none_and_asked_for() {
    const BASE: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318");
    let traces = "otlp traces http://c:4318/v1/traces";
    check(&[BASE, ("OTEL_LOGS_EXPORTER", "none"), ("OTEL_METRICS_EXPORTER", "console")], &[traces]);
    let own = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t/x"), ("OTEL_LOGS_EXPORTER", "otlp")];
    check(&own, &["otlp traces http://t/x", "otlp logs http://localhost:4318/v1/logs"]);
    check(&[("OTEL_TRACES_EXPORTER", "otlp")], &[]);
    assert_eq!(config(&[BASE, ("OTEL_TRACES_EXPORTER", "zipkin")]).backends.len(), 3);
}

#[test]
fn each_signal_has_its_own_headers_timeout_compression_and_protocol() {
    let config = config(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=1"),
        ("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "b=2"),
        ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "7"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "none"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/protobuf"),
    ]);
    let [traces, logs, metrics] = config.backends.try_into().expect("three signals");
    assert_eq!(
        (&traces.headers["a"], traces.compression, traces.protocol),
        (&"1".parse().unwrap(), Compression::Gzip, Protocol::Json)
    );
    assert_eq!((logs.headers.get("a"), logs.compression, logs.protocol), (None, Compression::None, Protocol::Json));
    assert_eq!((metrics.timeout, metrics.protocol), (Duration::from_millis(7), Protocol::Protobuf));
}

#[test]
fn grpc_is_refused_and_says_what_to_use() {
    for variable in ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] {
        let vars = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"), (variable, "grpc")];
        check_error(read(&vars), &[variable, "http/protobuf", "4318"]);
    }
    let unknown = config(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "thrift")]);
    assert_eq!(unknown.backends[0].protocol, Protocol::Protobuf);
    assert!(unknown.warnings[0].contains("OTEL_EXPORTER_OTLP_PROTOCOL"));
}

#[test]
fn certificates_are_files_and_a_client_has_both() {
    let base = ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://c");
    let own =
        config(&[base, ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca"), ("OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE", "/logs")]);
    let file = |index: usize| own.backends[index].tls.trusted.clone().unwrap();
    assert_eq!((file(0).path, file(1).path), ("/ca".into(), "/logs".into()));
    assert_eq!(file(1).setting, "OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE");
    let both = [base, ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "/k"), ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/c")];
    assert!(config(&both).backends[0].tls.client.is_some());
    check_error(
        read(&both[..2]),
        &["OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE is missing", "OTEL_EXPORTER_OTLP_CLIENT_KEY"],
    );
}

#[test]
fn addresses_of_the_notes_that_are_not_otlp_are_refused_wherever_they_stand() {
    for address in [
        "http://localhost:14268/api/traces",
        "http://localhost:9411/api/v2/spans",
        "https://trace.agent.datadoghq.com/v1/trace",
    ] {
        for variable in ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "VITE_TELEMETRY_ENDPOINT"]
        {
            check_error(read(&[(variable, address)]), &[variable, address, "4318"]);
        }
        check_error(
            with_file(&format!("[[backend]]\nname = 'a'\nendpoint = '{address}'"), &[]),
            &["endpoint", "\"a\"", "4318"],
        );
    }
}

const OPENOBSERVE: [(&str, &str); 4] = [
    ("VITE_OPENOBSERVE_ENDPOINT", "https://api.openobserve.ai/api/[ORG_ID]"),
    ("VITE_OPENOBSERVE_USER", "ada@example.com"),
    ("VITE_OPENOBSERVE_PASS", "hunter2"),
    ("VITE_OPENOBSERVE_ORG", "org"),
];

#[test]
fn openobserve_needs_no_more_than_its_four_variables() {
    let config = config(&OPENOBSERVE);
    assert_eq!(addresses(&config)[0], "openobserve traces https://api.openobserve.ai/api/org/v1/traces");
    assert_eq!(config.backends.len(), 3);
    let headers = &config.backends[0].headers;
    assert_eq!(headers["authorization"], "Basic YWRhQGV4YW1wbGUuY29tOmh1bnRlcjI=");
    assert_eq!(headers["stream-name"], "socket-io-traces");
    assert!(!format!("{config:?}").contains("hunter2"));

    let bare =
        [("VITE_OPENOBSERVE_ENDPOINT", "http://localhost:5080/"), OPENOBSERVE[1], OPENOBSERVE[2], OPENOBSERVE[3]];
    let backends = super::config(&bare);
    assert_eq!(addresses(&backends)[1], "openobserve logs http://localhost:5080/api/org/v1/logs");
}

#[test]
fn a_missing_openobserve_variable_is_named() {
    for (missing, _) in OPENOBSERVE {
        let rest: Vec<_> = OPENOBSERVE.into_iter().filter(|(name, _)| *name != missing).collect();
        check_error(read(&rest), &[missing, "missing"]);
    }
}

#[test]
fn openobserve_stands_beside_the_standard_backend_and_both_can_be_switched_off() {
    let [a, b, c, d] = OPENOBSERVE;
    let both = [a, b, c, d, ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t/x")];
    assert_eq!(
        addresses(&config(&both))[..2],
        ["otlp traces http://t/x".to_owned(), addresses(&config(&OPENOBSERVE))[0].clone()]
    );
    check(&[a, b, c, d, ("OTEL_ENABLED", "false")], &[]);
    check(&[a, b, c, d, ("OTEL_SDK_DISABLED", "true")], &[]);
    assert_eq!(config(&[a, b, c, d, ("OTEL_ENABLED", "true")]).backends.len(), 3);
}

#[test]
fn what_pages_record_also_goes_where_the_page_was_told() {
    let vars = [
        ("VITE_TELEMETRY_ENDPOINT", "http://localhost:4318/v1/traces"),
        ("VITE_TELEMETRY_HEADERS", "Authorization=Bearer your-token"),
    ];
    let config = config(&vars);
    assert_eq!(
        addresses(&config)[..2],
        ["browser traces http://localhost:4318/v1/traces", "browser logs http://localhost:4318/v1/logs"]
    );
    assert_eq!(config.backends[0].takes, Takes::Pages);
    assert_eq!(config.backends[0].headers["authorization"], "Bearer your-token");

    check(
        &[vars[0], ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318"), ("OTEL_LOGS_EXPORTER", "none")],
        &[
            "otlp traces http://localhost:4318/v1/traces",
            "otlp metrics http://localhost:4318/v1/metrics",
            "browser logs http://localhost:4318/v1/logs",
        ],
    );
    check(&[("VITE_TELEMETRY_ENDPOINT", "/v1/traces")], &[]);
    check(&[vars[0], ("VITE_TELEMETRY_ENABLED", "false")], &[]);
    assert!(super::config(&vars[1..]).warnings[0].contains("VITE_TELEMETRY_HEADERS"));
    assert!(!format!("{config:?}").contains("your-token"));
}

#[test]
fn the_file_describes_further_backends() {
    check_file(
        "[[backend]]\nname = 'a'\nendpoint = 'http://a:4318'\nsignals = ['metrics', 'traces']",
        &["a traces http://a:4318/v1/traces", "a metrics http://a:4318/v1/metrics"],
    );
    let text = "[[backend]]\nname = 'a'\nendpoint = 'http://a'\nprotocol = 'http/json'\nheaders = 'k=1%202'\n\
                [[backend]]\nname = 'b'\nendpoint = 'http://b'\nheaders = { K = 'v w' }";
    let config = with_file(text, &[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t/x")]).unwrap();
    assert_eq!(
        config.backends.iter().map(|backend| backend.name.as_str()).collect::<Vec<_>>(),
        ["otlp", "a", "a", "a", "b", "b", "b"]
    );
    assert_eq!(
        (&config.backends[1].headers["k"], config.backends[1].protocol),
        (&"1 2".parse().unwrap(), Protocol::Json)
    );
    assert_eq!(config.backends[4].headers["k"], "v w");
    assert!(with_file(text, &[("OTEL_ENABLED", "false")]).unwrap().backends.is_empty());
}

#[test]
fn a_preset_knows_the_rest() {
    let preset = |rest: &str| with_file(&format!("[[backend]]\nname = 'a'\npreset = {rest}"), &[]);
    for name in ["jaeger", "zipkin", "tempo", "aws", "google"] {
        assert_eq!(
            addresses(&preset(&format!("'{name}'")).unwrap()),
            ["a traces http://localhost:4318/v1/traces"],
            "{name}"
        );
    }
    assert_eq!(preset("'datadog'").unwrap().backends.len(), 3);
    let key = preset("'honeycomb'\nheaders = { x-honeycomb-team = 'k' }").unwrap();
    assert_eq!(addresses(&key)[0], "a traces https://api.honeycomb.io/v1/traces");
    assert_eq!(key.backends[0].compression, Compression::Gzip);
    let key = preset("'newrelic'\nendpoint = 'https://otlp.eu01.nr-data.net'\nheaders = 'api-key=k'").unwrap();
    assert_eq!(addresses(&key)[2], "a metrics https://otlp.eu01.nr-data.net/v1/metrics");
    let cloud = preset(
        "'grafana-cloud'\nendpoint = 'https://otlp-gateway-x.grafana.net/otlp'\nheaders = 'Authorization=Basic k'",
    );
    assert_eq!(addresses(&cloud.unwrap())[0], "a traces https://otlp-gateway-x.grafana.net/otlp/v1/traces");
    let stream = preset("'openobserve'\nendpoint = 'http://o/api/x'\nheaders = 'Authorization=Basic k'").unwrap();
    assert_eq!(stream.backends[0].headers["stream-name"], "socket-io-traces");
}

#[test]
fn a_wrong_key_of_a_backend_is_named_with_the_backend() {
    let check = |text: &str, parts: &[&str]| check_error(with_file(&format!("[[backend]]\n{text}"), &[]), parts);
    check("name = 'a'", &["endpoint of [[telemetry.backend]] \"a\" is missing"]);
    check("name = 'otlp'\npreset = 'jaeger'", &["name of", "otlp"]);
    check("name = '../x'\npreset = 'jaeger'", &["name of", "../x"]);
    check("name = 'a'\npreset = 'splunk'", &["preset of", "splunk", "grafana-cloud"]);
    check("name = 'a'\npreset = 'grafana-cloud'\nheaders = 'a=b'", &["endpoint of"]);
    check("name = 'a'\npreset = 'honeycomb'", &["headers of", "x-honeycomb-team"]);
    check("name = 'a'\npreset = 'datadog'\nprotocol = 'http/json'", &["protocol of", "datadog"]);
    check("name = 'a'\npreset = 'jaeger'\nprotocol = 'grpc'", &["protocol of", "http/protobuf"]);
    check("name = 'a'\npreset = 'jaeger'\nsignals = ['spans']", &["signals of", "spans"]);
    check(
        "name = 'a'\npreset = 'jaeger'\n[[backend]]\nname = 'a'\npreset = 'tempo'",
        &["name of", "a name of its own"],
    );
    let secret =
        with_file("[[backend]]\nname = 'a'\npreset = 'jaeger'\nheaders = 'hunter2'", &[]).unwrap_err().to_string();
    assert!(secret.contains("headers of") && !secret.contains("hunter2"), "{secret}");
}
