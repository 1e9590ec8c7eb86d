//! Where a frame belongs in the stream: next, partly known, known, or after a gap.

/// What to do with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Take it from this byte on; zero takes all of it.
    From(u32),
    /// Every byte of it is known.
    Known,
    /// Bytes before it are missing.
    Gap,
}

/// Where `length` bytes at `seq` belong when `next` is the offset of the next byte.
pub fn of(seq: u64, length: u32, next: u64) -> Place {
    if seq > next {
        return Place::Gap;
    }
    match u32::try_from(next - seq) {
        Ok(known) if known < length => Place::From(known),
        Ok(_) | Err(_) => Place::Known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(seq: u64, length: u32, expected: Place) {
        assert_eq!(of(seq, length, 100), expected, "{length} bytes at {seq}");
    }

    #[test]
    fn a_frame_is_taken_from_the_first_unknown_byte() {
        check(100, 10, Place::From(0));
        check(95, 10, Place::From(5));
        check(91, 10, Place::From(9));
    }

    #[test]
    fn what_is_known_is_not_taken_twice() {
        check(90, 10, Place::Known);
        check(0, 10, Place::Known);
        check(100, 0, Place::Known);
    }

    #[test]
    fn a_gap_is_seen() {
        check(101, 10, Place::Gap);
    }
}
