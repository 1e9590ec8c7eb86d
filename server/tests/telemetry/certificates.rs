//! Backends behind TLS: who is not trusted is named by the setting that would have to say so.

use crate::doctor::doctor_with;
use crate::process::Home;
use crate::tls;

const TRUSTED: &str = "OTEL_EXPORTER_OTLP_CERTIFICATE";
const CLIENT: &str = "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE";
const CLIENT_KEY: &str = "OTEL_EXPORTER_OTLP_CLIENT_KEY";

/// What the doctor says of a backend that `asks` who comes or does not, with these files set.
async fn check(asks: bool, files: &[(&str, &str)]) -> (bool, String) {
    let endpoint = format!("https://{}/v1/traces", tls::listen(asks));
    let files = files.iter().map(|(variable, name)| (*variable, tls::file(name).to_str().unwrap().to_owned()));
    let variables: Vec<_> = files.chain([("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", endpoint)]).collect();
    doctor_with(&Home::new(), &[], &variables).await
}

#[track_caller]
fn assert_named((is_well, said): (bool, String), setting: &str) {
    let line = said.lines().find(|line| line.starts_with("Export: FAIL ")).unwrap_or_else(|| panic!("{said}"));
    assert!(line.contains(&format!("FAIL {setting}: ")) && line.to_lowercase().contains("certificate"), "{said}");
    assert!(!is_well && said.ends_with("Overall: 4/5\n"), "{said}");
}

#[track_caller]
fn assert_taken((is_well, said): (bool, String)) {
    assert!(is_well && said.ends_with("Overall: 5/5\n") && said.contains("1 of 1 taken"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_is_not_trusted_is_named_by_its_certificate() {
    assert_named(check(false, &[]).await, TRUSTED);
    assert_named(check(false, &[(TRUSTED, "client.pem")]).await, TRUSTED);
    assert_taken(check(false, &[(TRUSTED, "ca.pem")]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_asks_who_comes_is_told() {
    assert_named(check(true, &[(TRUSTED, "ca.pem")]).await, CLIENT);
    assert_taken(check(true, &[(TRUSTED, "ca.pem"), (CLIENT, "client.pem"), (CLIENT_KEY, "client.key")]).await);
}
