//! A snapshot fed to a second terminal gives the first one again.

use proptest::prelude::*;

use super::*;

fn screen(cols: u32, rows: u32, output: &[u8]) -> AvtScreen {
    let mut screen = AvtScreen::new(Size::clamped(cols, rows), 1000);
    screen.feed(output);
    screen
}

fn restored(screen: &AvtScreen) -> AvtScreen {
    let snapshot = screen.snapshot();
    let mut restored = AvtScreen::new(snapshot.size, 1000);
    restored.feed(&snapshot.bytes);
    restored
}

fn cells(lines: impl Iterator<Item = impl std::ops::Deref<Target = Line>>) -> Vec<Vec<Cell>> {
    lines.map(|line| line.cells().to_vec()).collect()
}

fn assert_same(one: &AvtScreen, other: &AvtScreen, what: &dyn std::fmt::Debug) {
    let (a, b) = (&one.terminal, &other.terminal);
    assert_eq!(a.active_screen_kind(), b.active_screen_kind(), "{what:?}");
    assert_eq!(cells(a.screen().visible_lines()), cells(b.screen().visible_lines()), "{what:?}");
    assert_eq!(cells(a.primary_screen().all_lines()), cells(b.primary_screen().all_lines()), "history of {what:?}");
    assert_eq!(a.cursor(), b.cursor(), "{what:?}");
    assert_eq!(a.dump(), b.dump(), "{what:?}");
    assert_eq!(one.modes.restore(), other.modes.restore(), "{what:?}");
    assert_eq!(one.decoder.unfinished(), other.decoder.unfinished(), "{what:?}");
}

fn check(output: &[u8]) {
    let what = String::from_utf8_lossy(output).into_owned();
    let mut original = screen(20, 5, output);
    let mut copy = restored(&original);
    assert_same(&original, &copy, &what);
    // What follows is understood alike too.
    original.feed(b"6mgo \x1b[0mon\r\nand on");
    copy.feed(b"6mgo \x1b[0mon\r\nand on");
    assert_same(&original, &copy, &what);
}

#[test]
fn text_and_cursor_come_back() {
    check(b"");
    check(b"$ echo hello\r\nhello\r\n$ ");
    check(b"one\x1b[3;7Htwo\x1b[?25l");
    check(b"exactly twenty cells");
}

#[test]
fn colours_and_attributes_come_back() {
    check(b"\x1b[1;31mred\x1b[0m \x1b[4;38;5;208morange\x1b[m \x1b[48;2;1;2;3;7mrgb");
    check(b"\x1b[44mblue to the end\x1b[K\r\n\x1b[2;3;9mall\x1b[22;23;29m off");
}

#[test]
fn wide_characters_come_back() {
    check("漢字かな😀 wide\r\n幅".as_bytes());
    check("abcdefghijklmnopqrs漢".as_bytes());
}

#[test]
fn both_screens_come_back() {
    check(b"shell$ vim\r\n\x1b[?1049h\x1b[H\x1b[2Jvim here\x1b[3;3H");
    check(b"shell$ vim\r\n\x1b[?1049h\x1b[2Jgone\x1b[?1049lshell again");
}

#[test]
fn modes_and_margins_come_back() {
    check(b"\x1b[?1h\x1b=\x1b[?2004h\x1b[?1002;1006h\x1b]2;title\x07\x1b[5 q");
    check(b"\x1b[2;4r\x1b[?6h\x1b[2;2Hx\x1b[4h\x1b[?7l");
    check(b"\x1b(0lqk\x1b(B\x1b7\x1b[3;3Hsaved\x1b[3g\x1b[1;5H\x1bH");
}

#[test]
fn history_comes_back() {
    let lines: String = (0..40).map(|n| format!("line {n}\x1b[3{}m in colour\x1b[m\r\n", n % 8)).collect();
    check(lines.as_bytes());
    check(format!("{lines}\x1b[?1049hon the other screen").as_bytes());
    check(format!("{}\r\nend", "a line that is longer than the screen ".repeat(10)).as_bytes());
}

#[test]
fn erased_history_stays_erased() {
    let lines: String = (0..40).map(|n| format!("line {n}\r\n")).collect();
    let screen = screen(20, 5, format!("{lines}\x1b[H\x1b[2J\x1b[3J$ ").as_bytes());
    assert_eq!(screen.terminal.primary_screen().all_lines().count(), 5);
    assert!(!String::from_utf8(screen.snapshot().bytes).unwrap().contains("line"));
}

#[test]
fn a_sequence_or_character_that_is_cut_goes_on() {
    check(b"text \x1b[1;3");
    check(b"text \x1b");
    check(b"text \xe6\xbc");
}

#[test]
fn a_snapshot_speaks_what_the_page_understands() {
    let screen = screen(20, 5, b"\x1b[38;2;1;2;3mx\x1b[38;5;200my\x1b[3g\x1b[1;5H\x1bH");
    let snapshot = String::from_utf8(screen.snapshot().bytes).unwrap();
    assert!(snapshot.starts_with("\x1bc"), "{snapshot:?}");
    for unknown in [":", "W", "\u{9b}"] {
        assert!(!snapshot.contains(unknown), "{snapshot:?}");
    }
}

#[test]
fn a_resized_screen_comes_back_in_its_new_size() {
    let mut original = screen(20, 5, "some text that wraps over the end 漢字\r\n$ ".as_bytes());
    original.resize(Size::clamped(31, 9));
    let snapshot = original.snapshot();
    assert_eq!((snapshot.size.cols(), snapshot.size.rows()), (31, 9));
    assert_same(&original, &restored(&original), &"resized");
}

/// Whether a terminal would answer anything in `bytes`: DA, DSR, DECRQM, XTVERSION, DECRQSS, ENQ, OSC with `?`,
/// window reports.
fn asks(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let control = |sequence: &str| {
        let last = sequence.find(|c: char| ('\x40'..='\x7e').contains(&c));
        last.is_some_and(|last| match &sequence[last..=last] {
            "c" | "n" => true,
            "p" => sequence[..last].ends_with('$'),
            "q" => sequence.starts_with('>'),
            "t" => true,
            _ => false,
        })
    };
    text.contains('\x05')
        || text.split("\x1b[").skip(1).any(control)
        || text
            .split("\x1b]")
            .skip(1)
            .any(|osc| osc.split(['\x07', '\x1b']).next().is_some_and(|osc| osc.ends_with(";?")))
        || text.contains("\x1bP$q")
        || text.contains("\x1bZ")
}

#[test]
fn queries_are_not_repeated() {
    let queries = b"\x1b[c\x1b[>c\x1b[=c\x1b[5n\x1b[6n\x1b[?6n\x1b[?2026$p\x1b[>q\x1bP$qm\x1b\\\x1b]10;?\x07\x1b]11;?\x1b\\\x05\x1b[18t\x1bZ";
    assert!(asks(queries), "the test knows queries");
    let snapshot = screen(20, 5, queries).snapshot();
    assert!(!asks(&snapshot.bytes), "{:?}", String::from_utf8_lossy(&snapshot.bytes));
}

/// Recorded at 80×24: each cut in many places must give the same screen again.
fn check_recorded(output: &[u8]) {
    for end in (0..=output.len()).step_by(97).chain([output.len()]) {
        let original = screen(80, 24, &output[..end]);
        assert_same(&original, &restored(&original), &format_args!("the first {end} bytes"));
    }
}

#[test]
fn recorded_programs_come_back() {
    check_recorded(include_bytes!("recorded/vim.bin"));
    check_recorded(include_bytes!("recorded/less.bin"));
    check_recorded(include_bytes!("recorded/tmux.bin"));
}

proptest! {
    #[test]
    fn any_output_comes_back(pieces in prop::collection::vec(piece(), 0..60), cut in 0usize..200) {
        let output = pieces.concat();
        let output = &output[..output.len() - cut.min(output.len())];
        let original = screen(12, 4, output);
        let snapshot = original.snapshot();
        prop_assert!(!asks(&snapshot.bytes));
        let copy = restored(&original);
        prop_assert_eq!(cells(original.terminal.screen().visible_lines()), cells(copy.terminal.screen().visible_lines()));
        prop_assert_eq!(original.terminal.cursor(), copy.terminal.cursor());
        prop_assert_eq!(original.terminal.dump(), copy.terminal.dump());
    }
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "[a-z ]{1,20}".prop_map(String::into_bytes),
        Just("漢😀".as_bytes().to_vec()),
        Just(b"\r\n".to_vec()),
        (0u8..110).prop_map(|n| format!("\x1b[{n}m").into_bytes()),
        (0u8..6, 0u8..14).prop_map(|(row, col)| format!("\x1b[{row};{col}H").into_bytes()),
        prop::sample::select(vec![
            "\x1b[J",
            "\x1b[1J",
            "\x1b[2J",
            "\x1b[3J",
            "\x1b[K",
            "\x1b[L",
            "\x1b[M",
            "\x1b[P",
            "\x1b[@",
            "\x1b[S",
            "\x1b[T",
            "\x1bM",
            "\x1b[?1049h",
            "\x1b[?1049l",
            "\x1b[2;3r",
            "\x1b[r",
            "\x1b7",
            "\x1b8",
            "\x1bc",
            "\x1b[6n",
            "\x1b[3b",
            "\t",
            "\x1bH",
            "\x1b[?25l",
            "\x1b[4h",
            "\x1b[4l",
            "\x0e",
            "\x0f",
            "\x1b(0",
            "\x1b[38;2;1;2;3m",
            "\x1b]2;t\x07",
        ])
        .prop_map(|sequence| sequence.as_bytes().to_vec()),
    ]
}
