//! From an OTLP name to the one on `/metrics`, by the rules of OpenTelemetry's Prometheus compatibility.

use std::fmt::Write;

/// What every Prometheus process exporter calls these, whatever their names would become by the rules.
const CUSTOMARY: [(&str, &str); 4] = [
    ("process.cpu.time", "process_cpu_seconds_total"),
    ("process.memory.usage", "process_resident_memory_bytes"),
    ("process.unix.file_descriptor.count", "process_open_fds"),
    ("process.thread.count", "process_threads"),
];

/// Units, and what they become at the end of a name.
const UNITS: [(&str, &str); 3] = [("s", "_seconds"), ("ms", "_milliseconds"), ("By", "_bytes")];

/// Names a metric: dots become underscores, the unit follows, and `_total` where it only ever grows.
pub(super) fn metric(name: &str, unit: &str, is_total: bool) -> String {
    if let Some((_, customary)) = CUSTOMARY.iter().find(|(ours, _)| *ours == name) {
        return (*customary).to_owned();
    }
    let mut named = label(name);
    if let Some((_, suffix)) = UNITS.iter().find(|(known, _)| *known == unit)
        && !named.ends_with(suffix)
    {
        named += suffix;
    }
    if is_total && !named.ends_with("_total") {
        named += "_total";
    }
    named
}

/// Names a label: what Prometheus does not allow becomes an underscore.
pub(super) fn label(name: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' };
    let prefix = if name.starts_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
    prefix.chars().chain(name.chars().map(allowed)).collect()
}

/// Writes a label's value between its quotes.
pub(super) fn quoted(text: &str, into: &mut String) {
    into.push('"');
    for c in text.chars() {
        match c {
            '\\' => into.push_str("\\\\"),
            '"' => into.push_str("\\\""),
            '\n' => into.push_str("\\n"),
            c => into.push(c),
        }
    }
    into.push('"');
}

/// Writes a value.
pub(super) fn number(value: f64, into: &mut String) {
    // Writing to a string does not fail.
    let _ = match value {
        _ if value.is_nan() => into.write_str("NaN"),
        f64::INFINITY => into.write_str("+Inf"),
        f64::NEG_INFINITY => into.write_str("-Inf"),
        _ => write!(into, "{value}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, unit: &str, is_total: bool, expected: &str) {
        assert_eq!(metric(name, unit, is_total), expected);
    }

    #[test]
    fn names_end_with_unit_and_total() {
        check("socketio.requests", "", true, "socketio_requests_total");
        check("socketio.duration", "s", false, "socketio_duration_seconds");
        check("socketio.message.size.bytes", "By", false, "socketio_message_size_bytes");
        check("socketio.active.sessions", "", false, "socketio_active_sessions");
        check("terminal.io.bytes", "By", true, "terminal_io_bytes_total");
        check("terminal.paused", "s", true, "terminal_paused_seconds_total");
        check("http.server.request.duration", "s", false, "http_server_request_duration_seconds");
        check("process.cpu.time", "s", true, "process_cpu_seconds_total");
        check("process.start.time", "s", false, "process_start_time_seconds");
        check("requests_total", "{request}", true, "requests_total");
    }

    #[test]
    fn what_is_not_allowed_in_a_name_becomes_an_underscore() {
        assert_eq!(label("error.type"), "error_type");
        assert_eq!(label("7 wonders-of/the.world"), "_7_wonders_of_the_world");
    }

    #[test]
    fn a_value_cannot_end_its_quotes() {
        let mut written = String::new();
        quoted("a\"} 1\nb\\", &mut written);
        assert_eq!(written, r#""a\"} 1\nb\\""#);
    }

    #[test]
    fn numbers_are_written_in_full() {
        let written = |value| {
            let mut text = String::new();
            number(value, &mut text);
            text
        };
        assert_eq!([1.0, 0.0005, 1e21].map(written), ["1", "0.0005", "1000000000000000000000"]);
        assert_eq!([f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(written), ["NaN", "+Inf", "-Inf"]);
    }
}
