//! UTF-8 over a stream that is cut anywhere. As in xterm.js, what cannot be a character is left out, and so is a byte
//! order mark.

/// Decodes a stream one code point at a time; holds the beginning of one: at most three bytes.
#[derive(Debug, Default)]
pub(super) struct Utf8 {
    partial: [u8; 4],
    length: usize,
}

/// What came of the next bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decoded {
    Code(u32),
    /// They were no character, or are the beginning of one.
    Nothing,
}

impl Utf8 {
    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The bytes of a character whose end has not come.
    pub(super) fn partial(&self) -> &[u8] {
        &self.partial[..self.length]
    }

    /// Takes bytes off the front of `bytes`, which is not empty, until it is clear what they are.
    pub(super) fn next(&mut self, bytes: &mut &[u8]) -> Decoded {
        while let Some((&byte, rest)) = bytes.split_first() {
            let is_continuation = byte & 0xc0 == 0x80;
            if self.length > 0 && !is_continuation {
                // The character before is broken off; this byte is looked at anew.
                self.length = 0;
                return Decoded::Nothing;
            }
            *bytes = rest;
            if self.length == 0 {
                match byte {
                    0..0x80 => return Decoded::Code(byte.into()),
                    0xc0..0xf8 => {}
                    _ => return Decoded::Nothing,
                }
            }
            self.partial[self.length] = byte;
            self.length += 1;
            if self.length == wanted(self.partial[0]) {
                let code = assemble(&self.partial[..self.length]);
                self.length = 0;
                return code.map_or(Decoded::Nothing, Decoded::Code);
            }
        }
        Decoded::Nothing
    }
}

/// How many bytes a character with this first byte has.
fn wanted(first: u8) -> usize {
    match first {
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    }
}

fn assemble(bytes: &[u8]) -> Option<u32> {
    let first = u32::from(bytes[0]) & (0x7f >> bytes.len());
    let code = bytes[1..].iter().fold(first, |code, byte| code << 6 | u32::from(byte & 0x3f));
    let is_whole = match bytes.len() {
        2 => code >= 0x80,
        3 => code >= 0x800 && !(0xd800..0xe000).contains(&code) && code != 0xfeff,
        _ => (0x1_0000..=0x10_ffff).contains(&code),
    };
    is_whole.then_some(code)
}

/// Appends a code point; one that is none is left out.
pub(super) fn encode(code: u32, out: &mut Vec<u8>) {
    if let Some(c) = char::from_u32(code) {
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(pieces: &[&[u8]]) -> (String, Vec<u8>) {
        let mut utf8 = Utf8::default();
        let mut out = Vec::new();
        for mut piece in pieces.iter().copied() {
            while !piece.is_empty() {
                if let Decoded::Code(code) = utf8.next(&mut piece) {
                    encode(code, &mut out);
                }
            }
        }
        (String::from_utf8(out).unwrap(), utf8.partial().to_vec())
    }

    fn check(pieces: &[&[u8]], text: &str, partial: &[u8]) {
        assert_eq!(decode(pieces), (text.to_owned(), partial.to_vec()), "{pieces:?}");
    }

    #[test]
    fn characters_survive_being_cut() {
        check(&[b"a\xe6", b"\xbc\xa2b"], "a漢b", b"");
        check(&[b"\xf0", b"\x9f", b"\x98", b"\x80"], "😀", b"");
        check(&[b"\xe2\x80", b"\x98"], "‘", b"");
        check(&[b"ab\xe6\xbc"], "ab", b"\xe6\xbc");
    }

    #[test]
    fn what_cannot_be_a_character_is_left_out() {
        check(&[b"a\xffb"], "ab", b"");
        check(&[b"\xe6\xbc", b"x"], "x", b"");
        check(&[b"\x80\xc0\x80\xed\xa0\x80\xef\xbb\xbf."], ".", b"");
    }

    proptest! {
        #[test]
        fn valid_text_comes_out_as_it_is(text in "[^\u{feff}]*", cut in 0usize..64) {
            let (left, right) = text.as_bytes().split_at(cut.min(text.len()));
            prop_assert_eq!(decode(&[left, right]).0, text);
        }

        #[test]
        fn cutting_anywhere_changes_nothing(bytes in prop::collection::vec(any::<u8>(), 0..64), cut in 0usize..64) {
            let (left, right) = bytes.split_at(cut.min(bytes.len()));
            prop_assert_eq!(decode(&[left, right]), decode(&[&bytes]));
        }
    }
}
