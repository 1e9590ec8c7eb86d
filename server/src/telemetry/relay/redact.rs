//! Takes secrets and excess out of attributes: by the name of the key, by the look of the value, by length.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{Exemplar, Metric};
use opentelemetry_proto::tonic::trace::v1::Span;

use super::{MAX_ATTRIBUTES, MAX_VALUE};

/// What stands where a secret stood.
const REDACTED: &str = "REDACTED";

/// A key with one of these in it, case and separators apart, holds a secret.
const SECRET_KEYS: [&str; 14] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "authorization",
    "cookie",
    "privatekey",
    "accesskey",
    "credential",
    "bearer",
    "otp",
];

/// How a word begins that is a secret by itself, and how long the whole is at least.
const SECRET_WORDS: [(&str, usize); 12] = [
    ("AKIA", 20),
    ("ASIA", 20),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghs_", 20),
    ("github_pat_", 20),
    ("glpat-", 20),
    ("xoxb-", 12),
    ("xoxp-", 12),
    ("xoxa-", 12),
    ("sk-", 20),
    ("AIza", 30),
];

/// Redacts everything a span says about itself.
pub(super) fn span(span: &mut Span) {
    attributes(&mut span.attributes, &mut span.dropped_attributes_count);
    text(&mut span.name);
    span.trace_state.clear();
    for event in &mut span.events {
        text(&mut event.name);
        attributes(&mut event.attributes, &mut event.dropped_attributes_count);
    }
    for link in &mut span.links {
        link.trace_state.clear();
        attributes(&mut link.attributes, &mut link.dropped_attributes_count);
    }
    if let Some(status) = &mut span.status {
        text(&mut status.message);
    }
}

/// Redacts everything a metric says about itself and its data points.
pub(super) fn metric(metric: &mut Metric) {
    text(&mut metric.description);
    metric.metadata.clear();
    // Exemplars hold what was left out of the attributes on purpose.
    let point = |labels: &mut Vec<KeyValue>, exemplars: &mut Vec<Exemplar>| {
        // A data point has no place for how many were dropped.
        attributes(labels, &mut 0);
        exemplars.clear();
    };
    match &mut metric.data {
        Some(Data::Gauge(gauge)) => {
            gauge.data_points.iter_mut().for_each(|of| point(&mut of.attributes, &mut of.exemplars));
        }
        Some(Data::Sum(sum)) => {
            sum.data_points.iter_mut().for_each(|of| point(&mut of.attributes, &mut of.exemplars));
        }
        Some(Data::Histogram(histogram)) => {
            histogram.data_points.iter_mut().for_each(|of| point(&mut of.attributes, &mut of.exemplars));
        }
        Some(Data::ExponentialHistogram(histogram)) => {
            histogram.data_points.iter_mut().for_each(|of| point(&mut of.attributes, &mut of.exemplars));
        }
        Some(Data::Summary(summary)) => {
            summary.data_points.iter_mut().for_each(|of| point(&mut of.attributes, &mut Vec::new()));
        }
        None => {}
    }
}

/// Redacts attributes and drops those beyond the limit, which are counted.
pub(super) fn attributes(attributes: &mut Vec<KeyValue>, dropped: &mut u32) {
    let excess = attributes.len().saturating_sub(MAX_ATTRIBUTES);
    attributes.truncate(MAX_ATTRIBUTES);
    *dropped = dropped.saturating_add(u32::try_from(excess).unwrap_or(u32::MAX));
    attributes.iter_mut().for_each(pair);
}

/// Cuts a text to at most `max` bytes, between characters.
pub(super) fn cut(text: &mut String, max: usize) {
    if text.len() > max {
        text.truncate(text.floor_char_boundary(max));
    }
}

fn pair(pair: &mut KeyValue) {
    cut(&mut pair.key, MAX_VALUE);
    if is_secret_key(&pair.key) {
        pair.value = Some(AnyValue { value: Some(Value::StringValue(REDACTED.to_owned())) });
    } else if let Some(any) = &mut pair.value {
        value(any);
    }
}

fn value(any: &mut AnyValue) {
    match &mut any.value {
        Some(Value::StringValue(string)) => text(string),
        Some(Value::BytesValue(bytes)) => bytes.truncate(MAX_VALUE),
        Some(Value::ArrayValue(array)) => {
            array.values.truncate(MAX_ATTRIBUTES);
            array.values.iter_mut().for_each(value);
        }
        Some(Value::KvlistValue(list)) => {
            list.values.truncate(MAX_ATTRIBUTES);
            list.values.iter_mut().for_each(pair);
        }
        Some(Value::BoolValue(_) | Value::IntValue(_) | Value::DoubleValue(_) | Value::StringValueStrindex(_))
        | None => {}
    }
}

fn text(text: &mut String) {
    // First the secrets, so that a cut cannot leave half of one that is no longer recognised.
    if let Some(clean) = without_secrets(text) {
        *text = clean;
    }
    cut(text, MAX_VALUE);
}

fn is_secret_key(key: &str) -> bool {
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    SECRET_KEYS.iter().any(|secret| match *secret {
        // Short enough to be part of other words, such as `hotpath`.
        "otp" | "pwd" => key.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part.eq_ignore_ascii_case(secret)),
        // Counts of a language model's tokens are no secret.
        "token" => plain.contains("token") && !plain.contains("tokens"),
        secret => plain.contains(secret),
    })
}

/// Returns the text with every secret in it replaced, if there is one.
fn without_secrets(text: &str) -> Option<String> {
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY") {
        return Some(REDACTED.to_owned());
    }
    let mut clean = String::new();
    let mut found = false;
    let mut after_scheme = false;
    for word in text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '&' | '=')) {
        let bare =
            word.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '&' | '='));
        let tail = &word[bare.len()..];
        let secret = !bare.is_empty() && (after_scheme || is_secret_word(bare));
        if secret {
            clean.push_str(REDACTED);
            found = true;
        } else if let Some(kept) = without_userinfo(bare) {
            clean.push_str(&kept);
            found = true;
        } else {
            clean.push_str(bare);
        }
        clean.push_str(tail);
        if !bare.is_empty() {
            after_scheme = bare.eq_ignore_ascii_case("bearer") || bare.eq_ignore_ascii_case("basic");
        }
    }
    found.then_some(clean)
}

fn is_secret_word(word: &str) -> bool {
    let known = SECRET_WORDS.iter().any(|(prefix, length)| word.len() >= *length && word.starts_with(prefix));
    known || is_jwt(word)
}

/// Three base64url parts, the first of which begins as every JSON object does.
fn is_jwt(word: &str) -> bool {
    let mut parts = word.trim_matches(|c: char| !c.is_ascii_alphanumeric()).split('.');
    let base64url = |part: &str| part.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    matches!(
        (parts.next(), parts.next(), parts.next(), parts.next()),
        (Some(header), Some(claims), Some(signature), None)
            if header.starts_with("eyJ") && claims.len() > 3 && [header, claims, signature].into_iter().all(base64url)
    )
}

/// An address without the user and password in it.
fn without_userinfo(word: &str) -> Option<String> {
    let (scheme, rest) = word.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (userinfo, _) = authority.rsplit_once('@')?;
    Some(format!("{scheme}://{REDACTED}{}", &rest[userinfo.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(without_secrets(text).as_deref().unwrap_or(text), expected);
    }

    #[test]
    fn secrets_are_known_by_their_look() {
        check("ls -la", "ls -la");
        check("Authorization: Bearer abc.def", "Authorization: Bearer REDACTED");
        check("bearer  abc", "bearer  REDACTED");
        check("key=AKIAIOSFODNN7EXAMPLE&x=1", "key=REDACTED&x=1");
        check("ghp_0123456789abcdefghij", "REDACTED");
        check("got (eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl)!", "got REDACTED");
        check("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "got REDACTED");
        check("-----BEGIN RSA PRIVATE KEY-----\nabc", "REDACTED");
        check("https://me:pw@host/x?y", "https://REDACTED@host/x?y");
        check("https://host/a@b", "https://host/a@b");
        check("sk-short", "sk-short");
    }

    #[test]
    fn secrets_are_known_by_their_key() {
        for key in [
            "password",
            "user.Password",
            "API-Key",
            "api_key",
            "x-auth-token",
            "Set-Cookie",
            "client_secret",
            "pwd",
            "my.otp",
        ] {
            assert!(is_secret_key(key), "{key}");
        }
        for key in ["socketio.event", "gen_ai.usage.input_tokens", "hotpath", "session.id", "key"] {
            assert!(!is_secret_key(key), "{key}");
        }
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        let mut text = "ああ".to_owned();
        cut(&mut text, 4);
        assert_eq!(text, "あ");
    }
}
