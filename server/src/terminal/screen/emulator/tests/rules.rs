//! Single rules, as xterm.js has them.

use super::*;

/// What a screen of 10 columns and 4 rows shows, rows without what is blank at their end, and where the cursor is.
fn check(output: &str, rows: &[&str], cursor: (usize, usize)) {
    let emulator = emulator(10, 4, output.as_bytes());
    let screen = &emulator.screen;
    let shown: Vec<String> = screen
        .buffer()
        .rows
        .iter()
        .map(|row| {
            let text = row.cells().iter().filter(|cell| !cell.is_spacer()).map(|cell| match cell.content() {
                Content::Empty => " ".to_owned(),
                Content::Code(code) => char::from_u32(code).unwrap().to_string(),
                Content::Cluster(id) => screen.cluster(id).to_owned(),
            });
            text.collect::<String>().trim_end().to_owned()
        })
        .collect();
    let used = shown.iter().rposition(|row| !row.is_empty()).map_or(0, |last| last + 1);
    assert_eq!(&shown[..used], rows, "{output:?}");
    assert_eq!((screen.buffer().x, screen.buffer().y), cursor, "{output:?}");
}

#[test]
fn text_wraps_and_scrolls() {
    check("hello\r\nworld", &["hello", "world"], (5, 1));
    check("0123456789", &["0123456789"], (10, 0));
    check("0123456789a", &["0123456789", "a"], (1, 1));
    check("0123456789\r\na", &["0123456789", "a"], (1, 1));
    check("1\n2\n3\n4\n5", &[" 2", "  3", "   4", "    5"], (5, 3));
    check("\x1b[?7l0123456789abc", &["012345678c"], (10, 0));
}

#[test]
fn wide_characters_are_never_cut_in_two() {
    check("012345678漢", &["012345678", "漢"], (2, 1));
    check("漢字\x1b[2Gx", &[" x字"], (2, 0));
    check("漢字\x1b[1Gx", &["x 字"], (1, 0));
    check("\x1b[?7l012345678漢", &["012345678"], (9, 0));
}

#[test]
fn clusters_share_a_cell() {
    check("e\u{301}x", &["e\u{301}x"], (2, 0));
    check("❤\u{fe0f}x", &["❤\u{fe0f}x"], (3, 0));
    check("012345678❤\u{fe0f}x", &["012345678", "❤\u{fe0f}x"], (3, 1));
    check("🇯🇵🇩🇪", &["🇯🇵🇩🇪"], (4, 0));
}

#[test]
fn erasing_the_display_keeps_the_history() {
    check("1\r\n2\r\n3\r\n4\r\n5\x1b[2J", &[], (1, 3));
    assert_eq!(emulator(10, 4, b"1\r\n2\r\n3\r\n4\r\n5\x1b[2J").screen.main.history.len(), 1);
    assert_eq!(emulator(10, 4, b"1\r\n2\r\n3\r\n4\r\n5\x1b[3J").screen.main.history.len(), 0);
    check("abc\r\ndef\x1b[1;2H\x1b[J", &["a"], (1, 0));
    check("abc\r\ndef\x1b[2;2H\x1b[1J", &["", "  f"], (1, 1));
}

#[test]
fn margins_confine_scrolling() {
    check("1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[3;1H\n5", &["1", "3", "5", "4"], (1, 2));
    check("1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[2;1H\x1bM5", &["1", "5", "2", "4"], (1, 1));
    check("1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[?6h\x1b[1;1Hx\x1b[9;1Hy", &["1", "x", "y", "4"], (1, 2));
    check("1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[2;1H\x1b[L", &["1", "", "2", "4"], (0, 1));
    check("1\r\n2\r\n3\r\n4\x1b[1;3r\x1b[3;1H\n", &["2", "3", "", "4"], (0, 2));
}

#[test]
fn the_alternate_screen_is_another_one() {
    check("one\x1b[?1049h\x1b[Htwo\x1b[?1049l", &["one"], (3, 0));
    check("one\x1b[?1049htwo", &["   two"], (6, 0));
    check("one\x1b[?1049htwo\x1b[?1049l\x1b[?1049h", &[], (3, 0));
}

#[test]
fn tab_stops_are_set_and_cleared() {
    check("\tx", &["        x"], (9, 0));
    check("\x1b[3g\x1b[4G\x1bH\r\tx", &["   x"], (4, 0));
    check("\x1b[9G\x1b[Zx", &["x"], (1, 0));
}

#[test]
fn line_drawing_replaces_letters() {
    check("\x1b(0lqk\x1b(Bq", &["┌─┐q"], (4, 0));
    check("\x1b)0a\x0eq\x0fq", &["a─q"], (3, 0));
    check("\x1b(0q\x1b[2b", &["───"], (3, 0));
}

#[test]
fn the_cursor_is_saved_with_its_pen() {
    check("ab\x1b7\x1b[3;3Hx\x1b8y", &["aby", "", "  x"], (3, 0));
    let emulator = emulator(10, 4, b"\x1b[1;31m\x1b7\x1b[m\x1b8x");
    assert_eq!(emulator.screen.pen.foreground, Color::Basic(1));
}

#[test]
fn broken_sequences_leave_no_text_behind() {
    check("a\x1b[1;2\u{e9}b", &["ab"], (2, 0));
    check("a\x1b[1;2?3mb", &["ab"], (2, 0));
    check("a\x1b]0;title\x18b", &["ab"], (2, 0));
    check("a\x1bPq~~~\x1b\\b\x1b_x\x1b\\c", &["abc"], (3, 0));
    check("a\x1b[31\x1b[1mb\x1b[3\x181m", &["ab1m"], (4, 0));
}

#[test]
fn narrower_and_wider_windows_wrap_anew() {
    let mut emulator = emulator(10, 4, b"0123456789abc\r\n$ ");
    let mut check = |cols, lines: &[&str], cursor| {
        emulator.resize(Size::clamped(cols, 4));
        let screen = &emulator.screen;
        let shown: Vec<String> =
            screen.page(&screen.main, true).lines.iter().map(|line| line.trim_end_matches('·').to_owned()).collect();
        let used = shown.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
        assert_eq!(&shown[..used], lines);
        assert_eq!((screen.main.x, screen.main.y), cursor);
    };
    check(5, &["01234", "↪56789", "↪abc", "$ "], (2, 3));
    check(20, &["0123456789abc", "$ "], (2, 1));
    check(10, &["0123456789", "↪abc", "$ "], (2, 2));
}

#[test]
fn titles_and_bells_are_told() {
    let mut emulator = emulator(10, 4, b"");
    let mut heard = |output: &str| emulator.feed(output.as_bytes());
    assert_eq!(heard("\x1b]0;one\x07"), Heard { bells: 0, title: Some("one".into()) });
    assert_eq!(heard("\x07a\x07\x1b]2;t\x07\x1bPq\x07\x1b\\").bells, 2);
    assert_eq!(heard("\x1b[\x071m").bells, 1);
    assert_eq!(heard("\x1b[22;0t\x1b]2;two\x07\x1b[23;0t").title.as_deref(), Some("t"));
    assert_eq!(heard(&format!("\x1b]2;{}\x07", "é".repeat(1000))).title.map(|title| title.len()), Some(512));
}
