//! What can be wrong with the telemetry settings, each naming the variable or key.

/// A setting whose value cannot be used.
///
/// As the OpenTelemetry specification asks, wrong numbers and names in its own variables are warnings; what would send
/// data to the wrong place, or is a variable of ours, is an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TelemetryConfigError {
    /// The value is not of the kind the setting wants.
    #[error("{setting} is {value:?}, which is not {expected}")]
    Value {
        /// The variable or key.
        setting: String,
        /// What it holds.
        value: String,
        /// What it should hold.
        expected: String,
    },
    /// The headers cannot be sent; the value is a secret and is not repeated.
    #[error("{setting} is not a list of name=value pairs that can be sent as headers")]
    Headers {
        /// The variable or key.
        setting: String,
    },
    /// The address belongs to another protocol than OTLP.
    #[error("{setting} is {address}, {instead}")]
    Elsewhere {
        /// The variable or key.
        setting: String,
        /// The address, without what may be secret in it.
        address: String,
        /// What it is, and what to use.
        instead: String,
    },
    /// Something is missing beside what is set.
    #[error("{setting} is missing: {beside}")]
    Missing {
        /// The variable or key.
        setting: String,
        /// What it is needed for.
        beside: String,
    },
}

impl TelemetryConfigError {
    pub(super) fn value(setting: impl Into<String>, value: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::Value { setting: setting.into(), value: value.into(), expected: expected.into() }
    }

    pub(super) fn missing(setting: impl Into<String>, beside: impl Into<String>) -> Self {
        Self::Missing { setting: setting.into(), beside: beside.into() }
    }
}
