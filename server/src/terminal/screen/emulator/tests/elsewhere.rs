//! A snapshot read by an emulator that is none of ours gives what the output itself gives there.

use super::*;

/// Recordings in which the two agree about the width of every character.
const RECORDINGS: [&str; 3] = ["less-80x24.bin", "htop-80x24.bin", "vim-80x24.bin"];

/// What the other emulator shows: cells, and the state that it knows of. It knows no tab stops but every eighth column; the
/// browser's emulator does (`end2end/tests/snapshot.spec.ts`).
#[derive(Debug, PartialEq)]
struct Shown {
    title: String,
    rows: Vec<String>,
    cursor: (u16, u16),
    is_cursor_hidden: bool,
    is_alternate: bool,
    modes: (bool, bool, bool),
    mouse: (vt100::MouseProtocolMode, vt100::MouseProtocolEncoding),
}

/// What follows tells where the margins are: each row gets its number, and a line feed that moves those of the region.
fn numbered(size: Size) -> Vec<u8> {
    let rows = || 1..=size.rows();
    let numbers: String = rows().map(|row| format!("\x1b[{row}H\x1b[2K{row}")).collect();
    let feeds: String = rows().map(|row| format!("\x1b[{row}H\n")).collect();
    format!("\x1b[?6l\x1b[4l\x1b[m\x1b(B\x0f{numbers}{feeds}").into_bytes()
}

/// The last title that was set.
#[derive(Debug, Default)]
struct Title(String);

impl vt100::Callbacks for Title {
    fn set_window_title(&mut self, _: &mut vt100::Screen, title: &[u8]) {
        self.0 = String::from_utf8_lossy(title).into_owned();
    }
}

type Parser = vt100::Parser<Title>;

/// The other emulator after this output.
fn played(size: Size, output: &[u8]) -> Parser {
    let (height, width) = (size.rows().try_into().unwrap(), size.cols().try_into().unwrap());
    let mut parser = Parser::new_with_callbacks(height, width, 1000, Title::default());
    parser.process(output);
    parser
}

fn rows(size: Size, parser: &Parser) -> Vec<String> {
    let row = |row| (0..size.cols()).filter_map(|col| parser.screen().cell(row, col)).map(look).collect();
    (0..size.rows()).map(row).collect()
}

fn shown(size: Size, output: &[u8]) -> Shown {
    let parser = played(size, output);
    let screen = parser.screen();
    Shown {
        title: parser.callbacks().0.clone(),
        rows: rows(size, &parser),
        cursor: screen.cursor_position(),
        is_cursor_hidden: screen.hide_cursor(),
        is_alternate: screen.alternate_screen(),
        modes: (screen.application_cursor(), screen.application_keypad(), screen.bracketed_paste()),
        mouse: (screen.mouse_protocol_mode(), screen.mouse_protocol_encoding()),
    }
}

/// The rows of the screen that is shown, and of the main one, after what tells where their margins are.
fn scrolled(size: Size, output: &[u8]) -> [Vec<String>; 2] {
    let mut parser = played(size, output);
    // Whatever is under way is over.
    [&b""[..], b"\x1b[?1049l"].map(|screen| {
        parser.process(&[&b"\x18"[..], screen, &numbered(size)].concat());
        parser.screen().rows(0, size.cols()).collect()
    })
}

/// A cell in words. Of a blank one only what can be seen counts.
fn look(cell: &vt100::Cell) -> String {
    let text = cell.contents();
    let seen = (cell.bgcolor(), cell.inverse(), cell.underline(), cell.is_wide());
    if text.trim().is_empty() {
        return format!("‹{seen:?}›");
    }
    format!("{text}‹{seen:?}{:?}{}{}{}›", cell.fgcolor(), cell.bold(), cell.dim(), cell.italic())
}

#[test]
fn recorded_programs_look_the_same_in_another_emulator() {
    for name in RECORDINGS {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(name);
        let (size, output) = (size_of(&path).unwrap(), std::fs::read(&path).unwrap());
        let mut emulator = Emulator::new(size, 1000);
        let mut at = 0;
        for piece in output.chunks(output.len() / 25) {
            emulator.feed(piece);
            at += piece.len();
            let (from_output, from_snapshot) = (shown(size, &output[..at]), shown(size, &emulator.snapshot().bytes));
            for (n, (output, snapshot)) in from_output.rows.iter().zip(&from_snapshot.rows).enumerate() {
                assert_eq!(output, snapshot, "row {n} after {at} bytes of {name}");
            }
            assert_eq!(from_output, from_snapshot, "after {at} bytes of {name}");
            check_margins(size, &output[..at], &emulator);
        }
    }
}

fn check_margins(size: Size, output: &[u8], emulator: &Emulator) {
    let (from_output, from_snapshot) = (scrolled(size, output), scrolled(size, &emulator.snapshot().bytes));
    assert_eq!(from_output, from_snapshot, "after {:?}", String::from_utf8_lossy(output));
}

/// A title and margins mean the same in another emulator. Returns the rows of the screen that is shown, and of the main one,
/// once their numbers have been scrolled.
fn check(output: &[u8]) -> [Vec<String>; 2] {
    let emulator = emulator(20, 12, output);
    let size = Size::clamped(20, 12);
    assert_eq!(shown(size, output), shown(size, &emulator.snapshot().bytes), "{:?}", String::from_utf8_lossy(output));
    check_margins(size, output, &emulator);
    scrolled(size, output)
}

#[test]
fn titles_come_back_in_another_emulator() {
    for output in
        [&b"\x1b]2;a title\x07"[..], "\x1b]0;漢字\x1b\\text".as_bytes(), b"\x1b]2;one\x07\x1b[?1049h\x1b]2;two\x07"]
    {
        check(output);
    }
}

#[test]
fn margins_come_back_on_both_screens_of_another_emulator() {
    let moved =
        |rows: &[String]| -> Vec<usize> { (1..=rows.len()).filter(|row| rows[row - 1] != row.to_string()).collect() };
    // It has its own mind about where the cursor is after margins are set.
    let [main, _] = check(b"\x1b[5;8r\x1b[H");
    assert_eq!(moved(&main), [5, 6, 7, 8]);
    let [alternate, main] = check(b"\x1b[5;8r\x1b[?1049h\x1b[2;3r\x1b[H");
    assert_eq!((moved(&alternate), moved(&main)), (vec![2, 3], vec![5, 6, 7, 8]));
    check(b"\x1b[5;8r\x1b[?6h\x1b[2;2Hx");
    check(b"\x1b[5;8r\x1b[H\x1b[?1049h\x1b[2;3r\x1b[?1049l");
    check(b"\x1b[5;8r\x1b[?47h\x1b[r\x1b[H");
}
