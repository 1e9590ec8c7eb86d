//! Rows as files: JSON in the founding notes' flat names, and CSV. A file is passed on, so that no secret may stand in it.

use std::borrow::Cow;

use serde::Serialize;

use crate::{
    protocol::{RequestId, TerminalId},
    redact::without_secrets,
    trace::{SpanId, TraceId},
    tracking::Micros,
};

use super::{Row, Status};

/// One row as it is exported.
#[derive(Debug, Serialize)]
struct FlatRow<'a> {
    /// In microseconds since 1970.
    timestamp: Micros,
    message: String,
    level: &'static str,
    service: &'a str,
    trace_id: Option<TraceId>,
    span_id: Option<SpanId>,
    operation_name: String,
    duration_ms: Option<f64>,
    /// `ok`, `error` or `timeout`.
    status: &'static str,
    #[serde(rename = "socket.request.event")]
    request_event: Cow<'a, str>,
    #[serde(rename = "socket.response.event")]
    response_event: Option<Cow<'a, str>>,
    /// Unknown while the answer is awaited.
    #[serde(rename = "socket.success")]
    success: Option<bool>,
    /// The finer word: `late`, `disconnected`, `pending`, `received`, `sent`.
    #[serde(rename = "socket.state")]
    state: &'static str,
    direction: &'static str,
    request_id: Option<&'a RequestId>,
    terminal_id: Option<TerminalId>,
    size_bytes: Option<u32>,
    error_code: Option<&'a str>,
    error_message: Option<Cow<'a, str>>,
}

const COLUMNS: &str = "timestamp,message,level,service,trace_id,span_id,operation_name,duration_ms,status,\
                       socket.request.event,socket.response.event,socket.success,socket.state,direction,request_id,\
                       terminal_id,size_bytes,error_code,error_message";

/// Writes rows as a JSON array; `service` is who recorded them, answers from `slow` microseconds on are warnings.
#[must_use]
pub fn json<'a>(rows: impl IntoIterator<Item = &'a Row>, service: &str, slow: Micros) -> String {
    let rows: Vec<_> = rows.into_iter().map(|row| FlatRow::new(row, service, slow)).collect();
    serde_json::to_string_pretty(&rows).expect("flat structs of texts and numbers always serialise")
}

/// Writes rows as CSV (RFC 4180) with the same columns.
#[must_use]
pub fn csv<'a>(rows: impl IntoIterator<Item = &'a Row>, service: &str, slow: Micros) -> String {
    let mut text = format!("{COLUMNS}\r\n");
    for row in rows {
        let flat = FlatRow::new(row, service, slow);
        for (place, field) in flat.fields().iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            push_field(&mut text, field);
        }
        text.push_str("\r\n");
    }
    text
}

impl<'a> FlatRow<'a> {
    fn new(row: &'a Row, service: &'a str, slow: Micros) -> Self {
        let operation_name = row.operation_name();
        let operation_name = without_secrets(&operation_name).unwrap_or(operation_name);
        Self {
            timestamp: row.started,
            message: format!("Socket.IO Event: {operation_name}"),
            level: row.level(slow).as_upper_str(),
            service,
            trace_id: row.trace_id,
            span_id: row.span_id,
            operation_name,
            duration_ms: row.duration.map(|micros| micros as f64 / 1_000.0),
            status: row.status.in_three_words().as_str(),
            request_event: clean(&row.event),
            response_event: row.response.as_deref().or(row.expected.as_deref()).map(clean),
            success: (row.status != Status::Pending).then_some(!row.status.is_failure()),
            state: row.status.as_str(),
            direction: row.direction.as_str(),
            request_id: row.request_id.as_ref(),
            terminal_id: row.terminal_id,
            size_bytes: row.size,
            error_code: row.error.as_ref().map(|error| error.code.as_ref()),
            error_message: row.error.as_ref().map(|error| clean(&error.message)),
        }
    }

    /// In the order of [`COLUMNS`].
    fn fields(&self) -> [Cow<'_, str>; 19] {
        fn shown<'s, T: ToString>(value: Option<T>) -> Cow<'s, str> {
            value.map_or(Cow::Borrowed(""), |value| value.to_string().into())
        }
        [
            self.timestamp.to_string().into(),
            self.message.as_str().into(),
            self.level.into(),
            self.service.into(),
            shown(self.trace_id),
            shown(self.span_id),
            self.operation_name.as_str().into(),
            shown(self.duration_ms),
            self.status.into(),
            (&*self.request_event).into(),
            self.response_event.as_deref().unwrap_or_default().into(),
            shown(self.success),
            self.state.into(),
            self.direction.into(),
            shown(self.request_id),
            shown(self.terminal_id),
            shown(self.size_bytes),
            self.error_code.unwrap_or_default().into(),
            self.error_message.as_deref().unwrap_or_default().into(),
        ]
    }
}

/// Names of events of one's own, and errors, come from outside.
fn clean(text: &str) -> Cow<'_, str> {
    without_secrets(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn push_field(text: &mut String, field: &str) {
    // A spreadsheet would run a field that begins like a formula; names and errors come from outside.
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if !formula && !field.contains(['"', ',', '\r', '\n']) {
        text.push_str(field);
        return;
    }
    text.push('"');
    if formula {
        text.push('\'');
    }
    text.push_str(&field.replace('"', "\"\""));
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::RowError;
    use serde_json::{Value, json};

    fn row() -> Row {
        Row {
            status: Status::Ok,
            duration: Some(150_000),
            expected: Some("terminal:created".into()),
            response: Some("terminal:created".into()),
            trace_id: "1234567890abcdef1234567890abcdef".parse().ok(),
            span_id: "1234567890abcdef".parse().ok(),
            ..Row::request("terminal:create", 1_640_995_200_000_000)
        }
    }

    #[test]
    fn json_has_the_notes_flat_names() {
        let written: Value = serde_json::from_str(&json([&row()], "aetherterm-frontend", 1_000_000)).unwrap();
        let expected = json!({
            "timestamp": 1_640_995_200_000_000_u64,
            "message": "Socket.IO Event: terminal:create -> terminal:created",
            "level": "INFO",
            "service": "aetherterm-frontend",
            "trace_id": "1234567890abcdef1234567890abcdef",
            "span_id": "1234567890abcdef",
            "operation_name": "terminal:create -> terminal:created",
            "duration_ms": 150.0,
            "status": "ok",
            "socket.request.event": "terminal:create",
            "socket.response.event": "terminal:created",
            "socket.success": true,
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&written[0][name], value, "{name}");
        }
    }

    #[test]
    fn csv_has_the_columns_of_json() {
        let written: Vec<Value> = serde_json::from_str(&json([&row()], "x", 1)).unwrap();
        let mut names: Vec<_> = written[0].as_object().unwrap().keys().map(String::as_str).collect();
        let mut columns: Vec<_> = COLUMNS.split(',').collect();
        names.sort_unstable();
        columns.sort_unstable();
        assert_eq!(columns, names);
    }

    #[test]
    fn a_csv_line_has_its_values_in_their_columns() {
        let text = csv([&row()], "aetherterm-frontend", 1_000_000);
        assert_eq!(
            text.lines().nth(1),
            Some(
                "1640995200000000,Socket.IO Event: terminal:create -> terminal:created,INFO,aetherterm-frontend,\
                 1234567890abcdef1234567890abcdef,1234567890abcdef,terminal:create -> terminal:created,150,ok,\
                 terminal:create,terminal:created,true,ok,outbound,,,,,"
            )
        );
    }

    fn check(message: &str, field: &str) {
        let mut text = String::new();
        push_field(&mut text, message);
        assert_eq!(text, field);
    }

    #[test]
    fn no_text_breaks_out_of_its_field() {
        check("plain", "plain");
        check("a, b", "\"a, b\"");
        check("say \"no\"", "\"say \"\"no\"\"\"");
        check("two\nlines", "\"two\nlines\"");
        check("=1+1", "\"'=1+1\"");
    }

    #[test]
    fn no_secret_stands_in_a_file() {
        let secret = "ghp_0123456789abcdefghij";
        let row = Row {
            status: Status::Error,
            expected: Some(secret.into()),
            response: Some(secret.into()),
            error: Some(RowError::new("invalid", &format!("authorization: Bearer {secret}"))),
            ..Row::request(secret, 1_640_995_200_000_000)
        };
        for text in [json([&row], "x", 1), csv([&row], "x", 1)] {
            assert!(!text.contains(secret) && text.contains("Bearer REDACTED"), "{text}");
        }
    }

    #[test]
    fn a_late_answer_is_a_timeout_with_a_finer_word() {
        let late = Row { status: Status::Late, error: Some(RowError::new("timeout", "no answer")), ..row() };
        let written: Value = serde_json::from_str(&json([&late], "x", 1)).unwrap();
        assert_eq!(
            (&written[0]["status"], &written[0]["socket.state"], &written[0]["level"], &written[0]["socket.success"]),
            (&json!("timeout"), &json!("late"), &json!("ERROR"), &json!(false))
        );
    }
}
