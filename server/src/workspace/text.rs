//! Titles and names as people may write them and others are shown them.

use super::Denied;

/// The most bytes of a title or a name.
pub const MAX_TITLE: usize = 200;

/// The most bytes of a description.
pub const MAX_DESCRIPTION: usize = 1_000;

/// The text without what is not to be seen: control characters, what turns the direction of a line, and space at both ends.
///
/// # Errors
/// [`Denied::TooLong`] for what is longer than `most` bytes after that.
pub fn cleaned(field: &'static str, text: &str, most: usize) -> Result<String, Denied> {
    let shown: String = text.chars().filter(|&letter| !is_hidden(letter)).collect();
    let shown = shown.trim();
    if shown.len() > most {
        return Err(Denied::TooLong { field, most });
    }
    Ok(shown.to_owned())
}

/// Control characters, separators of lines and paragraphs, and the marks by which a text can look like another one.
fn is_hidden(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(cleaned("title", text, MAX_TITLE).as_deref(), Ok(expected), "{text:?}");
    }

    #[test]
    fn what_is_not_to_be_seen_is_taken_out() {
        check("build", "build");
        check("  two words \t", "two words");
        check("a\u{1b}[31mb\u{7}\n", "a[31mb");
        check("safe\u{202e}txt.exe", "safetxt.exe");
        check("端末 🐚", "端末 🐚");
        check("\u{0}\u{9f} ", "");
    }

    #[test]
    fn what_is_too_long_is_denied_by_its_length_as_shown() {
        check(&format!("  {}  ", "x".repeat(200)), &"x".repeat(200));
        let long = Err(Denied::TooLong { field: "title", most: 200 });
        assert_eq!(cleaned("title", &"x".repeat(201), MAX_TITLE), long);
        assert_eq!(cleaned("title", &"端".repeat(67), MAX_TITLE), long);
    }
}
