//! UTF-8 over a stream that is cut anywhere.

/// Decodes bytes as they come; keeps what may still become a character.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// The beginning of a character: at most three bytes.
    unfinished: Vec<u8>,
}

impl Decoder {
    /// Hands on all whole characters, U+FFFD for each that cannot be one.
    pub(super) fn decode(&mut self, bytes: &[u8], mut text: impl FnMut(&str)) {
        if self.unfinished.is_empty() {
            self.unfinished = decode_whole(bytes, &mut text);
        } else {
            let mut joined = std::mem::take(&mut self.unfinished);
            joined.extend_from_slice(bytes);
            self.unfinished = decode_whole(&joined, &mut text);
        }
    }

    /// The bytes of a character whose end has not come.
    pub(super) fn unfinished(&self) -> &[u8] {
        &self.unfinished
    }
}

fn decode_whole(bytes: &[u8], text: &mut impl FnMut(&str)) -> Vec<u8> {
    for chunk in bytes.utf8_chunks() {
        if !chunk.valid().is_empty() {
            text(chunk.valid());
        }
        let invalid = chunk.invalid();
        if invalid.is_empty() {
            continue;
        }
        let at_end = std::ptr::eq(invalid.as_ptr_range().end, bytes.as_ptr_range().end);
        if at_end && std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none()) {
            return invalid.to_vec();
        }
        text("\u{fffd}");
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(pieces: &[&[u8]]) -> (String, Vec<u8>) {
        let mut decoder = Decoder::default();
        let mut out = String::new();
        for piece in pieces {
            decoder.decode(piece, |text| out.push_str(text));
        }
        (out, decoder.unfinished().to_vec())
    }

    fn check(pieces: &[&[u8]], text: &str, unfinished: &[u8]) {
        assert_eq!(decode(pieces), (text.to_owned(), unfinished.to_vec()), "{pieces:?}");
    }

    #[test]
    fn characters_survive_being_cut() {
        check(&[b"a\xe6", b"\xbc\xa2b"], "a漢b", b"");
        check(&[b"\xf0", b"\x9f", b"\x98", b"\x80"], "😀", b"");
        check(&[b"ab\xe6\xbc"], "ab", b"\xe6\xbc");
    }

    #[test]
    fn what_cannot_be_a_character_is_replaced() {
        check(&[b"a\xffb"], "a\u{fffd}b", b"");
        check(&[b"\xe6\xbc", b"x"], "\u{fffd}x", b"");
        check(&[b"\x80"], "\u{fffd}", b"");
    }

    proptest! {
        #[test]
        fn cutting_anywhere_changes_nothing(bytes in prop::collection::vec(any::<u8>(), 0..64), cut in 0usize..64) {
            let (left, right) = bytes.split_at(cut.min(bytes.len()));
            prop_assert_eq!(decode(&[left, right]), decode(&[&bytes]));
        }
    }
}
