//! The end of a piece of output, where a character may be cut.

use js_sys::Uint8Array;

/// The longest beginning of a character in UTF-8.
const MAX: usize = 3;

/// Keeps the beginning of a character back until the rest of it comes.
///
/// xterm.js takes pieces that are cut anywhere, but 6.0 loses a character when one ends with a byte of 0x80 inside of it:
/// `E2 80` and then `98`, say, which is half of all typographic quotes.
#[derive(Debug, Default)]
pub struct Tail {
    kept: Vec<u8>,
}

impl Tail {
    /// What is to be written now that `data` has come: it ends with a whole character, and may be empty.
    pub fn whole(&mut self, data: &Uint8Array) -> Uint8Array {
        let joined = self.join(data);
        let length = joined.length();
        let looked = length.min(MAX as u32);
        let mut end = [0; MAX];
        let end = &mut end[..looked as usize];
        joined.subarray(length - looked, length).copy_to(end);
        let kept = unfinished(end);
        self.kept = end[end.len() - kept..].to_vec();
        joined.subarray(0, length - kept as u32)
    }

    /// Forgets what is kept: what comes next does not continue it.
    pub fn forget(&mut self) {
        self.kept.clear();
    }

    fn join(&self, data: &Uint8Array) -> Uint8Array {
        if self.kept.is_empty() {
            return data.clone();
        }
        let kept = self.kept.len() as u32;
        let joined = Uint8Array::new_with_length(kept + data.length());
        joined.subarray(0, kept).copy_from(&self.kept);
        joined.set(data, kept);
        joined
    }
}

/// How many bytes at the end are the beginning of a character (RFC 3629, section 4).
fn unfinished(bytes: &[u8]) -> usize {
    for (behind, byte) in bytes.iter().rev().enumerate() {
        let length = match byte {
            0x80..=0xbf => continue,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            // A whole character, or nothing that begins one.
            _ => return 0,
        };
        let present = behind + 1;
        return if present < length { present } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: usize) {
        assert_eq!(unfinished(bytes), expected, "{bytes:x?}");
    }

    #[test]
    fn the_beginning_of_a_character_is_kept() {
        check(b"\xe2\x80", 2);
        check(b"a\xe2", 1);
        check(b"\xf0\x9f\x91", 3);
        check(b"ab\xc3", 1);
    }

    #[test]
    fn whole_characters_are_not() {
        check(b"", 0);
        check(b"abc", 0);
        check("‘".as_bytes(), 0);
        check("aé".as_bytes(), 0);
        check(&"👍".as_bytes()[1..], 0);
    }

    #[test]
    fn what_can_be_no_character_is_not_waited_for() {
        check(b"\x80\x80\x80", 0);
        check(b"a\xff", 0);
        check(b"\xc1", 0);
        check(b"\xc3\xa9\x80", 0);
    }
}
