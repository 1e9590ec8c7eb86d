//! Random bytes of the browser's own generator, for ids and jitter.

use app::trace::{SpanId, TraceId};

/// The letters of a window's suffix: each is one character in a request id.
const LETTERS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A new trace id.
pub fn trace_id() -> TraceId {
    loop {
        if let Some(id) = TraceId::from_bytes(bytes()) {
            return id;
        }
    }
}

/// A new span id.
pub fn span_id() -> SpanId {
    loop {
        if let Some(id) = SpanId::from_bytes(bytes()) {
            return id;
        }
    }
}

/// A number in 0…1, one excluded.
pub fn unit() -> f64 {
    f64::from(u32::from_le_bytes(bytes())) / (f64::from(u32::MAX) + 1.0)
}

/// Six letters that tell this window from others.
pub fn suffix() -> String {
    bytes::<6>().iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect()
}

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("a browser's generator does not fail for a few bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_in_the_unit_interval() {
        assert!((0..1_000).all(|_| (0.0..1.0).contains(&unit())));
    }

    #[test]
    fn a_suffix_is_six_letters_of_base_36() {
        assert!(suffix().bytes().all(|byte| LETTERS.contains(&byte)));
        assert_eq!(suffix().len(), 6);
    }
}
