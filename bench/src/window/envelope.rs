//! What the page's tracked service writes into each message: a request id and a trace context.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

/// How many connections have been given one: no two of them use the same ids.
static ENVELOPES: AtomicU64 = AtomicU64::new(0);

/// Makes the envelopes of one connection.
pub struct Envelope {
    connection: u64,
    /// How many messages of a hundred are recorded.
    sampled: u32,
    sent: u32,
}

impl Envelope {
    /// Nothing has been sent yet.
    pub fn new(sampled: u32) -> Self {
        Self { connection: ENVELOPES.fetch_add(1, Ordering::Relaxed) + 1, sampled, sent: 0 }
    }

    /// The trace of the one that was written last.
    pub fn trace(&self) -> String {
        let Self { connection, sent, .. } = self;
        format!("{connection:016x}{sent:016x}")
    }

    /// Writes the next one into a payload.
    pub fn write(&mut self, payload: &mut Value) {
        self.sent += 1;
        let trace = self.trace();
        let Self { connection, sampled, sent } = self;
        // Evenly spread: with ten of a hundred, each tenth.
        let is_recorded = *sent % 100 * *sampled % 100 < *sampled;
        payload["_requestId"] = json!(format!("req_{connection}_{sent}"));
        payload["_trace"] = json!({"b3": format!("{trace}-{sent:016x}-{}", u8::from(is_recorded))});
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(sampled: u32) -> usize {
        let mut envelope = Envelope::new(sampled);
        let written = (0..100).map(|_| {
            let mut payload = json!({});
            envelope.write(&mut payload);
            payload["_trace"]["b3"].as_str().is_some_and(|b3| b3.ends_with("-1"))
        });
        written.filter(|is_recorded| *is_recorded).count()
    }

    #[test]
    fn as_many_are_recorded_as_asked_for() {
        assert_eq!([0, 10, 100].map(recorded), [0, 10, 100]);
    }
}
