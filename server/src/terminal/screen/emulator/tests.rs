//! A snapshot fed to a second terminal gives the first one again.

mod elsewhere;
mod marks;
mod queries;
mod rules;
mod state;

use proptest::prelude::*;

use super::*;
use crate::terminal::screen::style::Color;
use queries::asks;

fn emulator(cols: u32, rows: u32, output: &[u8]) -> Emulator {
    let mut emulator = Emulator::new(Size::clamped(cols, rows), 1000);
    emulator.feed(output);
    emulator
}

fn restored(original: &Emulator) -> Emulator {
    let snapshot = original.snapshot();
    let mut restored = Emulator::new(snapshot.size, 1000);
    restored.feed(&snapshot.bytes);
    restored
}

fn assert_same(one: &Emulator, other: &Emulator, what: &dyn std::fmt::Debug) {
    let (one, other) = (one.state(), other.state());
    for (n, (a, b)) in one.main.lines.iter().zip(&other.main.lines).enumerate() {
        assert_eq!(a, b, "line {n} of {what:?}");
    }
    assert_eq!(one, other, "{what:?}");
}

/// A second terminal made from a snapshot is the same, and stays the same with what follows.
fn check(output: &[u8]) {
    let what = String::from_utf8_lossy(output).into_owned();
    let mut original = emulator(20, 5, output);
    let mut copy = restored(&original);
    assert_same(&original, &copy, &what);
    for follows in [&b"6mgo \x1b[0mon\r\nand on"[..], b"\x1b8x\x1b[?1049ly\n\n\x1b[?6l\x1b[3b"] {
        original.feed(follows);
        copy.feed(follows);
        assert_same(&original, &copy, &what);
    }
}

#[test]
fn text_and_cursor_come_back() {
    check(b"");
    check(b"$ echo hello\r\nhello\r\n$ ");
    check(b"one\x1b[3;7Htwo\x1b[?25l");
    check(b"exactly twenty cells");
    check(b"exactly twenty cells\r\n\r\n\r\n\r\nexactly twenty cells");
    check(b"exactly twenty cells\x1b[31m");
    check(b"exactly twenty cells and more");
}

#[test]
fn colours_and_attributes_come_back() {
    check(b"\x1b[1;31mred\x1b[0m \x1b[4;38;5;208morange\x1b[m \x1b[48;2;1;2;3;7mrgb");
    check(b"\x1b[44mblue to the end\x1b[K\r\n\x1b[2;3;9;53mall\x1b[22;23;29m off");
    check(b"\x1b[4:3;58:2::10:20:30mcurly\x1b[21mdouble\x1b[4:5;58;5;9mdashed\x1b[59;8mno");
    check(b"\x1b[44mfull of blue all the line and on\x1b[K\r\n\n\n\n\n\x1b[mx");
    check(b"\x1b[1\"qprotected\x1b[0\"q not\x1b[?2K");
    check(b"\x1b[42;5;1m\x1b[2J\x1b[3;3Hx");
}

#[test]
fn wide_characters_and_clusters_come_back() {
    check("漢字かな😀 wide\r\n幅".as_bytes());
    // Where nothing wraps, what finds no room replaces the second half of the last, or blanks it.
    check("\x1b[?7l\x1b[1;17Hかなa".as_bytes());
    check("\x1b[?7l\x1b[1;17Hかなa\x1b[?7h".as_bytes());
    check("one row that wraps to two\x1b[?7l\x1b[1;17Hかな漢\x1b[H".as_bytes());
    check("\x1b[?7l\x1b[1;17Hかな\x1b[1ma\x1b[2 @\x1b[m\x1b[H".as_bytes());
    check("abcdefghijklmnopqrs漢".as_bytes());
    check("abcdefghijklmnopqr漢".as_bytes());
    check("\x1b[41mabcdefghijklmnopqrs漢字漢字漢字漢字漢字漢字漢字漢".as_bytes());
    check("漢字\x1b[2Gx\x1b[31;4m\x1b[3Gy".as_bytes());
    check("e\u{301}👩\u{200d}👩\u{200d}👧❤\u{fe0f}🇯🇵".as_bytes());
    check("👩\u{200d}".as_bytes());
    check("🇯".as_bytes());
    check("🇯\x1b[m🇵\x1b[m\u{301}x".as_bytes());
    check("abcdefghijklmnopqrs❤\u{fe0f}".as_bytes());
    check("abcdefghijklmnopqrst\u{301}".as_bytes());
}

#[test]
fn links_come_back() {
    check(b"\x1b]8;;https://example.org/a;b\x1b\\link\x1b]8;;\x07 and \x1b]8;x=y:id=n;file:///x\x07more\x1b[31m still");
}

#[test]
fn both_screens_come_back() {
    check(b"shell$ vim\r\n\x1b[?1049h\x1b[H\x1b[2Jvim here\x1b[3;3H");
    check(b"shell$ vim\r\n\x1b[?1049h\x1b[2Jgone\x1b[?1049lshell again");
    check(b"one\x1b[31m\x1b[?47htwo\x1b7\x1b[2;3r\x1b[44m\x1b[J");
    check(b"one\x1b[41m\x1b[?1047htwo\r\n\n\n\n\n\n\nthree");
}

#[test]
fn modes_and_margins_come_back() {
    check(b"\x1b[?1h\x1b=\x1b[?2004h\x1b[?1002;1006h\x1b]2;title\x07\x1b[5 q\x1b[?12l");
    check(b"\x1b[?1004hwants to hear of the focus");
    check(b"\x1b[2;4r\x1b[?6h\x1b[2;2Hx\x1b[4h\x1b[?7l");
    check(b"\x1b[2;4r\x1b[?6h\x1b[2;2Habc\x1b[4hd");
    check(b"exactly twenty cells\x1b[4hx\x1b[1;20Hyz");
    check(b"\x1b[?45h\x1b[20habc\ndef\x1b[?1003h\x1b[?1016h");
    check(b"\x1b]4;1;rgb:ff/00/00;2;#00ff00\x07\x1b]11;#123456;#654321\x07\x1b]104;2\x07\x1b]110\x07");
    check(b"\x1b[22t\x1b]0;one\x07\x1b[23t");
    check(b"half a frame\x1b[?2026h\x1b[H\x1b[2Jthe next");
}

#[test]
fn character_sets_come_back() {
    check(b"\x1b(0lqk\x1b(B\x1b7\x1b[3;3Hsaved\x1b[3g\x1b[1;5H\x1bH");
    check(b"\x1b)0a\x0eqqq\x0fb\x0eq");
    check(b"\x1b(0\x1b7\x1b(B\x1b[2;2Hx");
    check(b"\x1b*A\x1bn#");
    check(b"\x1b(0qqqqqqqqqqqqqqqqqqqq\x1b(B");
}

#[test]
fn history_comes_back() {
    let lines: String = (0..40).map(|n| format!("line {n}\x1b[3{}m in colour\x1b[m\r\n", n % 8)).collect();
    check(lines.as_bytes());
    check(format!("{lines}\x1b[?1049hon the other screen").as_bytes());
    check(format!("{}\r\nend", "a line that is longer than the screen ".repeat(10)).as_bytes());
    check(format!("\x1b[44m{}\x1b[K\r\nend\r\n\n\n\n\n", "blue and longer than the screen ".repeat(10)).as_bytes());
    check(format!("\x1b7{lines}").as_bytes());
}

#[test]
fn wraps_over_erased_cells_come_back() {
    check(b"exactly twenty cells and more\x1b[1;15H\x1b[K\x1b[2;9H");
    check(b"exactly twenty cells and more\x1b[2;1H\x1b[X\x1b[2;9H");
    check(b"exactly twenty cells and more\x1b[2;1H\x1b[X\x1b[1;20H\x1b[42m\x1b[X\r\n\n\n\n\n\n\n");
    check("exactly twenty cell漢 and more\x1b[2;3H".as_bytes());
}

#[test]
fn erased_history_stays_erased() {
    let lines: String = (0..40).map(|n| format!("line {n}\r\n")).collect();
    let emulator = emulator(20, 5, format!("{lines}\x1b[H\x1b[2J\x1b[3J$ ").as_bytes());
    assert_eq!(emulator.screen.main.history.len(), 0);
    assert!(!String::from_utf8(emulator.snapshot().bytes).unwrap().contains("line"));
}

#[test]
fn a_sequence_or_character_that_is_cut_goes_on() {
    check(b"text \x1b[1;3");
    check(b"text \x1b");
    check(b"text \xe6\xbc");
    check(b"text \x1b[1\n;3");
    check(b"\x1b]2;half a title");
    check(b"\x1bP1;2|half a string\x1b");
    check(&[b"\x1b]52;c;", "QUJD".repeat(5000).as_bytes()].concat());
    check(&[b"\x1bPq", "~".repeat(20_000).as_bytes()].concat());
}

#[test]
fn a_resized_screen_comes_back_in_its_new_size() {
    let mut original = emulator(20, 5, "some text that wraps over the end 漢字\r\n$ ".as_bytes());
    for (cols, rows) in [(31, 9), (7, 3), (80, 24), (1, 1), (200, 50)] {
        original.resize(Size::clamped(cols, rows));
        let snapshot = original.snapshot();
        assert_eq!(snapshot.size, Size::clamped(cols, rows));
        assert_same(&original, &restored(&original), &(cols, rows));
    }
}

#[test]
fn styles_and_clusters_without_end_take_no_endless_memory() {
    let mut emulator = emulator(20, 5, b"");
    for n in 0..100_000u32 {
        let (r, g, b) = (n & 255, n >> 8 & 255, n >> 16);
        let mark = char::from_u32(0x300 + n % 0x60).unwrap();
        emulator.feed(format!("\x1b]8;;http://x/{n}\x07\x1b[38;2;{r};{g};{b}me{mark}{mark}\u{301}\x1b[H").as_bytes());
    }
    let screen = &emulator.screen;
    assert!(screen.styles.iter().count() < 3000 && screen.links.iter().count() < 3000);
    assert!(screen.clusters.iter().count() < 3000);
    assert_same(&emulator, &restored(&emulator), &"many styles");
    let before = emulator.snapshot().bytes.len();
    emulator.feed("\u{301}".repeat(100_000).as_bytes());
    assert!(emulator.snapshot().bytes.len() < before + 500, "a cluster is bounded");
}

/// A second terminal made at any of many cuts of a recording is the same, and so it is at the next cut.
#[test]
fn recorded_programs_come_back() {
    for path in recordings() {
        let (size, output) = (size_of(&path).unwrap(), std::fs::read(&path).unwrap());
        let mut original = Emulator::new(size, 1000);
        let mut copy = restored(&original);
        let mut at = 0;
        for piece in output.chunks((output.len() / CUTS).max(1)) {
            at += piece.len();
            original.feed(piece);
            copy.feed(piece);
            assert_same(&original, &copy, &format_args!("what leads to byte {at} of {}", path.display()));
            copy = restored(&original);
            assert_same(&original, &copy, &format_args!("the first {at} bytes of {}", path.display()));
            // A query whose end is still to come is no repetition.
            let mut snapshot = original.snapshot().bytes;
            snapshot.truncate(snapshot.len() - original.parser.unfinished().len());
            assert!(!asks(&snapshot), "{at} bytes of {}: {:?}", path.display(), String::from_utf8_lossy(&snapshot));
        }
    }
}

/// Recordings with some of their bytes replaced, at sizes nobody has.
#[test]
fn broken_programs_are_survived() {
    for path in recordings() {
        let recorded = std::fs::read(&path).unwrap();
        for (n, (cols, rows)) in [(1, 1), (2, 1), (3, 2), (80, 1), (2, 50), (7, 3)].into_iter().enumerate() {
            let scramble = |(at, byte): (usize, &u8)| {
                let dice = (at + 1).wrapping_mul(0x9e37_79b9 + 2 * n) >> 7;
                if dice.is_multiple_of(31) { (dice >> 8) as u8 } else { *byte }
            };
            let output: Vec<u8> = recorded.iter().enumerate().map(scramble).collect();
            let mut emulator = emulator(cols, rows, &[]);
            for (turn, piece) in output.chunks(3000).enumerate() {
                emulator.feed(piece);
                restored(&emulator);
                if turn % 3 == 2 {
                    emulator.resize(Size::clamped(cols + turn as u32 % 5, rows + turn as u32 % 4));
                }
            }
        }
    }
}

/// In how many places each recording is cut.
const CUTS: usize = 100;

fn recordings() -> impl Iterator<Item = std::path::PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings");
    std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path())
}

/// The size in a recording's name, as in `vim-80x24.bin`.
fn size_of(path: &std::path::Path) -> Option<Size> {
    let (cols, rows) = path.file_stem()?.to_str()?.rsplit_once('-')?.1.split_once('x')?;
    Some(Size::clamped(cols.parse().ok()?, rows.parse().ok()?))
}

proptest! {
    #[test]
    fn any_output_comes_back(pieces in prop::collection::vec(piece(), 0..60), cut in 0usize..30) {
        let output = pieces.concat();
        let output = &output[..output.len() - cut.min(output.len())];
        let original = emulator(12, 4, output);
        let snapshot = original.snapshot();
        prop_assert!(!asks(&snapshot.bytes));
        let copy = restored(&original);
        prop_assert_eq!(original.state(), copy.state(), "by {:?}", String::from_utf8_lossy(&snapshot.bytes));
    }

    #[test]
    fn cutting_output_anywhere_changes_nothing(pieces in prop::collection::vec(piece(), 0..30), cut in 0usize..200) {
        let output = pieces.concat();
        let whole = emulator(12, 4, &output);
        let mut cut_once = emulator(12, 4, &output[..cut.min(output.len())]);
        cut_once.feed(&output[cut.min(output.len())..]);
        prop_assert_eq!(whole.state(), cut_once.state());
    }

    #[test]
    fn no_bytes_and_no_sizes_are_too_bad(
        bytes in prop::collection::vec(any::<u8>(), 0..2000),
        pieces in prop::collection::vec(piece(), 0..30),
        sizes in prop::collection::vec((1u32..40, 1u32..12), 1..5),
    ) {
        let mut emulator = emulator(sizes[0].0, sizes[0].1, &pieces.concat());
        for (chunk, (cols, rows)) in bytes.chunks(500).zip(sizes.into_iter().cycle()) {
            emulator.resize(Size::clamped(cols, rows));
            emulator.feed(chunk);
            emulator.feed(&pieces.concat());
            restored(&emulator);
        }
    }
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    let text = ["漢😀", "👩\u{200d}", "🇯", "🇵", "\u{301}", "❤\u{fe0f}", "1\u{fe0f}", "かな", "\u{600}", "‘"];
    prop_oneof![
        "[a-z ]{1,20}".prop_map(String::into_bytes),
        prop::sample::select(text.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        Just(b"\r\n".to_vec()),
        (0u8..110).prop_map(|n| format!("\x1b[{n}m").into_bytes()),
        (0u8..6, 0u8..14).prop_map(|(row, col)| format!("\x1b[{row};{col}H").into_bytes()),
        (0u8..5, prop::sample::select(b"ABCDEFGIJKLMPSTXZ@`abdeg".to_vec())).prop_map(|(n, last)| format!(
            "\x1b[{n}{}",
            char::from(last)
        )
        .into_bytes()),
        prop::sample::select(vec![
            "\x1b[?J",
            "\x1b[?2K",
            "\x1b[3J",
            "\x1bM",
            "\x1bD",
            "\x1bE",
            "\x1b[?1049h",
            "\x1b[?1049l",
            "\x1b[?47h",
            "\x1b[?1047l",
            "\x1b[?1048h",
            "\x1b[?1048l",
            "\x1b[2;3r",
            "\x1b[r",
            "\x1b7",
            "\x1b8",
            "\x1bc",
            "\x1b[!p",
            "\x1b[6n",
            "\t",
            "\x1bH",
            "\x1b[3g",
            "\x1b[?25l",
            "\x1b[4h",
            "\x1b[4l",
            "\x1b[?7l",
            "\x1b[?7h",
            "\x1b[?6h",
            "\x1b[?6l",
            "\x1b[?45h",
            "\x08\x08",
            "\x0e",
            "\x0f",
            "\x1b(0",
            "\x1b(B",
            "\x1b)0",
            "\x1bn",
            "\x1b[38;2;1;2;3m",
            "\x1b[4:3m",
            "\x1b[58:5:9m",
            "\x1b]2;t\x07",
            "\x1b]8;;http://x\x07",
            "\x1b]8;;\x07",
            "\x1b]11;#123456\x07",
            "\x1b]133;A\x07",
            "\x1b]133;C\x07",
            "\x1b]133;D;0\x07",
            "\x1b]133;D;1\x07",
            "\x1b[1\"q",
            "\x1b[2\"q",
            "\x1b#8",
            "\x1b[2'}",
            "\x1b[2 @",
            "\x1b[?2026h",
            "\x1b[?2026l",
            "\x1b[20h",
            "\x1bPq#0\x1b\\",
            "\x1b_x\x1b\\",
            "\u{9b}1m",
        ])
        .prop_map(|sequence| sequence.as_bytes().to_vec()),
    ]
}
