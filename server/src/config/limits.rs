//! Amounts that have a range.

use std::ops::RangeInclusive;

use super::{Bytes, ConfigError, Options};
use crate::socket::WireLimits;

/// What a build or a test run prints, and what a viewer may miss without being shown a snapshot.
pub(super) const DEFAULT_RING: Bytes = Bytes(4 << 20);

/// Less would not hold what viewers and the screen model may still need; more, for each terminal, is more than a machine has.
const RINGS: RangeInclusive<Bytes> = DEFAULT_RING..=Bytes(1 << 30);

/// Less would not hold what is said in a chat; what is refused as too much is in memory first, up to four times this.
const MESSAGES: RangeInclusive<Bytes> = Bytes(64 << 10)..=Bytes(64 << 20);

/// Less would be a message for every few lines of a paste.
const SMALLEST_INPUT: Bytes = Bytes(1 << 10);

/// Bytes of the newest output kept of each terminal.
pub(super) fn ring(given: Option<Bytes>) -> Result<usize, ConfigError> {
    within("--ring", given.unwrap_or(DEFAULT_RING), &RINGS)
}

/// What each window may send at most.
pub(super) fn wire(options: &Options) -> Result<WireLimits, ConfigError> {
    let usual = WireLimits::default();
    let message = within("--max-message", options.max_message.unwrap_or(Bytes(usual.message)), &MESSAGES)?;
    // As text, a byte of input may take two of a message, and there is more in it than that.
    let inputs = SMALLEST_INPUT..=Bytes(message / 2);
    Ok(WireLimits {
        message,
        attachments: options.max_attachments.map_or(usual.attachments, usize::from),
        input: within("--max-input", options.max_input.unwrap_or(Bytes(usual.input.min(message / 2))), &inputs)?,
        requests: options.request_rate.unwrap_or(usual.requests),
        stream: options.input_rate.unwrap_or(usual.stream),
    })
}

/// The bytes of an amount that is in its range.
fn within(option: &str, given: Bytes, range: &RangeInclusive<Bytes>) -> Result<usize, ConfigError> {
    if range.contains(&given) {
        return Ok(given.0);
    }
    let problem = format!("{given} is not between {} and {}", range.start(), range.end());
    Err(ConfigError::Value { place: option.to_owned(), problem })
}
