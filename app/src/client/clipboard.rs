//! What a program asks of the clipboard: `OSC 52 ; selections ; base64`, as xterm defined it.

/// The largest text that a program may put on the clipboard, in bytes.
pub const MAX_CLIPBOARD: usize = 1_024 * 1_024;

/// What a program wants of the clipboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClipboardWish {
    /// To put text there.
    Write(String),
    /// To put more there than it may.
    TooLarge,
    /// To know what is there; the selections it named are named in the answer.
    Read(String),
}

impl ClipboardWish {
    /// Reads what follows `OSC 52 ;`; `None` for what is malformed or about a selection no browser has.
    #[must_use]
    pub fn read(data: &str) -> Option<Self> {
        let (selections, payload) = data.split_once(';')?;
        // Clipboard, primary, selection: a browser has one place for all three. Cut buffers it has not.
        if !selections.is_empty() && !selections.contains(['c', 'p', 's']) {
            return None;
        }
        if payload == "?" {
            return Some(Self::Read(selections.to_owned()));
        }
        if payload.trim_end_matches('=').len() > MAX_CLIPBOARD.div_ceil(3) * 4 {
            return Some(Self::TooLarge);
        }
        let bytes = decode(payload)?;
        if bytes.len() > MAX_CLIPBOARD {
            return Some(Self::TooLarge);
        }
        Some(Self::Write(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// The answer to [`ClipboardWish::Read`].
    #[must_use]
    pub fn answer(selections: &str, text: &str) -> String {
        format!("\u{1b}]52;{selections};{}\u{1b}\\", encode(text.as_bytes()))
    }
}

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Reads base64 (RFC 4648 §4), padded or not; `None` for anything else.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=').as_bytes();
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    for group in text.chunks(4) {
        let mut word = 0_u32;
        for letter in group {
            word = (word << 6) | value_of(*letter)?;
        }
        match group.len() {
            4 => bytes.extend_from_slice(&word.to_be_bytes()[1..]),
            3 => bytes.extend_from_slice(&(word >> 2).to_be_bytes()[2..]),
            2 => bytes.push((word >> 4) as u8),
            _ => return None,
        }
    }
    Some(bytes)
}

fn value_of(letter: u8) -> Option<u32> {
    Some(u32::from(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let word = group.iter().fold(0_u32, |word, byte| (word << 8) | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= group.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(data: &str, expected: &Option<ClipboardWish>) {
        assert_eq!(&ClipboardWish::read(data), expected, "{data}");
    }

    #[test]
    fn a_text_is_read_padded_or_not() {
        let write = |text: &str| Some(ClipboardWish::Write(text.to_owned()));
        check("c;aGVsbG8=", &write("hello"));
        check("c;aGVsbG8", &write("hello"));
        check(";44GC", &write("あ"));
        check("pc;", &write(""));
    }

    #[test]
    fn what_is_malformed_is_nobodys_wish() {
        for data in ["", "c", "c;a", "c;a*bc", "c;aG\nk="] {
            check(data, &None);
        }
        check("0;aGVsbG8=", &None);
    }

    #[test]
    fn a_question_and_its_answer_name_the_same_selections() {
        check("c;?", &Some(ClipboardWish::Read("c".to_owned())));
        assert_eq!(ClipboardWish::answer("c", "hi"), "\u{1b}]52;c;aGk=\u{1b}\\");
    }

    #[test]
    fn encoding_and_decoding_are_each_others_inverse() {
        for length in 0..20_u8 {
            let bytes: Vec<u8> = (0..length).map(|byte| byte.wrapping_mul(37)).collect();
            assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
    }

    #[test]
    fn more_than_the_limit_is_refused() {
        let just = encode(&vec![b'x'; MAX_CLIPBOARD]);
        assert!(matches!(ClipboardWish::read(&format!("c;{just}")), Some(ClipboardWish::Write(_))));
        let over = encode(&vec![b'x'; MAX_CLIPBOARD + 1]);
        check(&format!("c;{over}"), &Some(ClipboardWish::TooLarge));
    }
}
