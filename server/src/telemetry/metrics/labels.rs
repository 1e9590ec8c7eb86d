//! What may stand in a label: each is from a closed list, whatever a client or a page says.

use app::protocol::{RefusalCode, catalog};
use app::tracking::meter::{EVENT_NAME, ORPHAN_RESPONSE, RESULT};
use opentelemetry::KeyValue;

/// The label that says who measured.
const SIDE: &str = "side";

/// Ways in which a request fails that are no refusal: what only the page that waits for an answer sees.
const PAGE_ERRORS: [&str; 2] = ["disconnected", "malformed"];

/// A label and the values it may have.
pub(super) trait Label: Copy + 'static {
    const KEY: &'static str;
    /// Every value.
    const ALL: &'static [Self];

    fn value(self) -> &'static str;

    fn pair(self) -> KeyValue {
        KeyValue::new(Self::KEY, self.value())
    }
}

macro_rules! label {
    ($($(#[$doc:meta])* $name:ident($key:expr) { $($(#[$variant_doc:meta])* $variant:ident = $value:expr),+ $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub enum $name { $($(#[$variant_doc])* $variant),+ }

            impl Label for $name {
                const KEY: &'static str = $key;
                const ALL: &'static [Self] = &[$(Self::$variant),+];

                fn value(self) -> &'static str {
                    match self { $(Self::$variant => $value),+ }
                }
            }
        )+
    };
}

label! {
    /// Who measured.
    Side(SIDE) {
        /// This process.
        Server = "server",
        /// The pages, all taken together.
        Browser = "browser",
    }

    /// Which way something went, seen from the server.
    Direction("direction") {
        /// It came.
        Inbound = "inbound",
        /// It was sent.
        Outbound = "outbound",
    }

    /// Whether a message and its answer were linked to each other.
    Correlation(RESULT) {
        /// The message named the span it came from.
        Linked = "linked",
        /// It named none.
        MissingContext = "missing_context",
        /// It named one that cannot be.
        InvalidContext = "invalid_context",
        /// An answer came to a request that nobody knows of.
        OrphanResponse = ORPHAN_RESPONSE,
    }

    /// How a handshake ended.
    Handshake(RESULT) {
        /// There is a connection.
        Accepted = "accepted",
        /// There was no credential.
        Unauthenticated = "unauthenticated",
        /// It came from somebody else's page, or named a host that is not ours.
        Forbidden = "forbidden",
        /// There is no connection for another reason.
        Error = "error",
    }

    /// What became of a change that is to outlive the server.
    Stored(RESULT) {
        /// It is in the database.
        Saved = "saved",
        /// It is remembered, because there can be no database, and is written down once there can.
        Remembered = "remembered",
        /// It could not be written this time, and is tried again.
        Failed = "failed",
        /// It never will be.
        Dropped = "dropped",
    }
}

/// The label of an event; `_OTHER` for one that is not in the catalogue.
pub(super) fn event(name: &str) -> KeyValue {
    KeyValue::new(EVENT_NAME, catalog::label(name))
}

/// The list's own copy of an error's type, or `_OTHER`.
pub(super) fn error_type(name: &str) -> &'static str {
    let known = RefusalCode::ALL.iter().map(|code| code.as_str()).chain(PAGE_ERRORS);
    known.into_iter().find(|known| *known == name).unwrap_or(catalog::OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_every_series() {
        let (asked, told) = (catalog::REQUESTS.len() + 1, catalog::RESPONSES_AND_NOTICES.len() + 1);
        assert!(asked + told < super::super::MAX_SERIES && 2 * asked < super::super::MAX_SERIES);
        let reasons = RefusalCode::ALL.len() + PAGE_ERRORS.len() + 1;
        assert!(asked * reasons * Side::ALL.len() < super::super::MAX_ERRORS);
    }

    #[test]
    fn only_known_names_become_labels() {
        assert_eq!(event("terminal:input"), KeyValue::new("event_name", "terminal:input"));
        assert_eq!(event("terminal:input\"} 1\n"), KeyValue::new("event_name", "_OTHER"));
        assert_eq!(
            ["not_found", "timeout", "disconnected", "Timeout"].map(error_type),
            ["not_found", "timeout", "disconnected", "_OTHER"]
        );
    }
}
