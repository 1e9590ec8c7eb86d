//! Output as text, for clients that take no bytes: a character is never cut in two.

use std::str::from_utf8;

/// Turns pieces of output into text. What stands at the end of a piece and may still become a character waits for the next.
#[derive(Debug, Default)]
pub(super) struct TextCut {
    /// The beginning of a character: at most three bytes.
    waiting: Vec<u8>,
}

impl TextCut {
    /// The text of the next piece; bytes that are no character are U+FFFD.
    pub(super) fn cut(&mut self, piece: &[u8]) -> String {
        let mut bytes = std::mem::take(&mut self.waiting);
        bytes.extend_from_slice(piece);
        let whole = bytes.len() - unfinished(&bytes);
        self.waiting = bytes.split_off(whole);
        String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// Forgets what waits: what follows continues something else.
    pub(super) fn reset(&mut self) {
        self.waiting.clear();
    }
}

/// How many bytes at the end are the beginning of a character that may still be completed.
fn unfinished(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    // The last byte that begins a character, if that character is not all there.
    let start = tail.iter().rposition(|byte| byte & 0b1100_0000 != 0b1000_0000).unwrap_or(tail.len());
    match from_utf8(&tail[start..]) {
        Err(error) if error.valid_up_to() == 0 && error.error_len().is_none() => tail.len() - start,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(pieces: &[&[u8]], expected: &[&str]) {
        let mut text = TextCut::default();
        let cut: Vec<_> = pieces.iter().map(|piece| text.cut(piece)).collect();
        assert_eq!(cut, expected, "{pieces:?}");
    }

    #[test]
    fn a_character_in_pieces_comes_whole() {
        check(&["端末".as_bytes()], &["端末"]);
        check(&[&"端".as_bytes()[..1], &"端".as_bytes()[1..]], &["", "端"]);
        check(&[&"🦀".as_bytes()[..3], &"🦀".as_bytes()[3..]], &["", "🦀"]);
        check(&[&[b'a', 0xe7], &[0xab], &[0xaf, b'b']], &["a", "", "端b"]);
    }

    #[test]
    fn what_is_no_character_waits_for_nothing() {
        check(&[&[0xff], b"a"], &["\u{fffd}", "a"]);
        check(&[&[0x80, 0x80, 0x80, 0x80]], &["\u{fffd}\u{fffd}\u{fffd}\u{fffd}"]);
        check(&[&[0xc3, b'a']], &["\u{fffd}a"]);
        // A surrogate's beginning is the beginning of nothing.
        check(&[&[0xed, 0xa0]], &["\u{fffd}\u{fffd}"]);
    }

    #[test]
    fn what_waits_can_be_forgotten() {
        let mut text = TextCut::default();
        assert_eq!(text.cut(&[0xe7, 0xab]), "");
        text.reset();
        assert_eq!(text.cut(b"a"), "a");
    }

    proptest! {
        #[test]
        fn text_survives_any_cutting(text in "\\PC{0,40}", cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
            let bytes = text.as_bytes();
            let mut places: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            places.extend([0, bytes.len()]);
            places.sort_unstable();
            let mut cut = TextCut::default();
            let pieces: String = places.windows(2).map(|pair| cut.cut(&bytes[pair[0]..pair[1]])).collect();
            prop_assert_eq!(pieces, text);
        }

        #[test]
        fn any_bytes_read_as_if_they_had_come_at_once(bytes in prop::collection::vec(any::<u8>(), 0..64), at in any::<prop::sample::Index>()) {
            let (first, second) = bytes.split_at(at.index(bytes.len() + 1));
            let mut cut = TextCut::default();
            let pieces = cut.cut(first) + &cut.cut(second);
            let mut rest = cut;
            // The end of the output is the end of what waits, too.
            let end = String::from_utf8_lossy(&std::mem::take(&mut rest.waiting)).into_owned();
            prop_assert_eq!(pieces + &end, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
}
