//! What is pasted, as a terminal sends it: its line ends as Enter, nothing in it that would act by itself, and brackets
//! around it where the program asks for them.

use crate::client::ScreenModes;

/// The longest line that the kernel keeps of what is typed into a program that reads by lines (N_TTY, `MAX_CANON`).
const LONGEST_LINE: usize = 4_095;
/// How many lines of a paste are shown before it is sent.
const PREVIEW_LINES: usize = 6;
/// How much of one line is shown.
const PREVIEW_COLUMNS: usize = 80;

/// A paste, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    /// What is sent.
    pub text: String,
    /// Whether it stands in brackets.
    pub bracketed: bool,
}

/// What a person should know before a paste is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// How many lines it has.
    pub lines: usize,
    /// Whether a line is longer than a program that reads by lines would get.
    pub too_long: bool,
    /// How it begins.
    pub preview: String,
}

/// Makes a paste of what was on the clipboard.
///
/// Every control character but the tab goes: ESC could end the brackets, and the kernel acts on others even inside of them.
/// A line end of any kind becomes Enter.
pub fn prepare(clipboard: &str, modes: ScreenModes) -> Pasted {
    let bracketed = modes.bracketed_paste;
    let (open, close) = if bracketed { ("\u{1b}[200~", "\u{1b}[201~") } else { ("", "") };
    let mut text = String::with_capacity(open.len() + clipboard.len() + close.len());
    text.push_str(open);
    let mut chars = clipboard.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\n' => text.push('\r'),
            '\t' => text.push('\t'),
            char if char.is_control() => {}
            char => text.push(char),
        }
    }
    text.push_str(close);
    Pasted { text, bracketed }
}

/// What to say before `pasted` is sent; nothing where a program takes it as a whole: in brackets, or on a full screen.
pub fn warning(pasted: &Pasted, modes: ScreenModes) -> Option<Warning> {
    if pasted.bracketed || modes.alternate_screen {
        return None;
    }
    let too_long = pasted.text.split('\r').any(|line| line.len() > LONGEST_LINE);
    if !too_long && !pasted.text.contains('\r') {
        return None;
    }
    let text = pasted.text.strip_suffix('\r').unwrap_or(&pasted.text);
    let shown: Vec<String> = text.split('\r').take(PREVIEW_LINES).map(shortened).collect();
    let lines = text.split('\r').count();
    let more = if lines > PREVIEW_LINES { "\n…" } else { "" };
    Some(Warning { lines, too_long, preview: shown.join("\n") + more })
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(PREVIEW_COLUMNS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: ScreenModes = ScreenModes { bracketed_paste: false, alternate_screen: false };
    const BRACKETED: ScreenModes = ScreenModes { bracketed_paste: true, alternate_screen: false };
    const FULL_SCREEN: ScreenModes = ScreenModes { bracketed_paste: false, alternate_screen: true };

    fn check(clipboard: &str, expected: &str) {
        assert_eq!(prepare(clipboard, PLAIN).text, expected, "{clipboard:?}");
    }

    fn warned(clipboard: &str, modes: ScreenModes) -> Option<Warning> {
        warning(&prepare(clipboard, modes), modes)
    }

    #[test]
    fn line_ends_of_every_kind_become_enter() {
        check("a\nb\r\nc\rd", "a\rb\rc\rd");
        check("a\n\nb\r\n\r\n", "a\r\rb\r\r");
    }

    #[test]
    fn nothing_that_acts_by_itself_is_pasted() {
        check("a\u{1b}[201~b", "a[201~b");
        check("\u{0}\u{3}\u{4}\u{7}\u{8}\u{f}\u{1a}\u{1c}\u{7f}\u{9b}x", "x");
        check("tab\tあ🦀\u{a0}", "tab\tあ🦀\u{a0}");
    }

    #[test]
    fn brackets_stand_around_it_where_the_program_asks_and_cannot_be_closed_from_inside() {
        let pasted = prepare("ls\u{1b}[201~\n", BRACKETED);
        assert_eq!(pasted.text, "\u{1b}[200~ls[201~\r\u{1b}[201~");
    }

    #[test]
    fn lines_that_a_prompt_would_run_are_warned_of() {
        assert_eq!(warned("ls", PLAIN), None);
        assert_eq!(warned("ls\n", PLAIN).map(|warning| warning.lines), Some(1));
        assert_eq!(warned("a\nb", PLAIN).map(|warning| (warning.lines, warning.preview)), Some((2, "a\nb".to_owned())));
    }

    #[test]
    fn a_program_that_takes_it_as_a_whole_needs_no_warning() {
        assert_eq!(warned("a\nb", BRACKETED), None);
        assert_eq!(warned("a\nb", FULL_SCREEN), None);
    }

    #[test]
    fn a_line_that_the_kernel_would_cut_is_warned_of() {
        assert_eq!(warned(&"x".repeat(LONGEST_LINE), PLAIN), None);
        let warning = warned(&"x".repeat(LONGEST_LINE + 1), PLAIN).expect("it is too long");
        assert!(warning.too_long);
        assert_eq!(warning.preview.chars().count(), PREVIEW_COLUMNS + 1);
    }

    #[test]
    fn a_long_paste_is_shown_by_its_beginning() {
        let warning = warned(&"line\n".repeat(100), PLAIN).expect("it has lines");
        assert_eq!((warning.lines, warning.preview), (100, "line\n".repeat(PREVIEW_LINES) + "…"));
    }
}
