//! A snapshot read by an emulator that is none of ours gives what the output itself gives there.

use super::*;

/// Recordings in which the two agree about the width of every character.
const RECORDINGS: [&str; 3] = ["less-80x24.bin", "htop-80x24.bin", "vim-80x24.bin"];

/// What the other emulator shows: cells, and the state that it knows of.
#[derive(Debug, PartialEq)]
struct Shown {
    rows: Vec<String>,
    cursor: (u16, u16),
    is_cursor_hidden: bool,
    is_alternate: bool,
    modes: (bool, bool, bool),
    mouse: (vt100::MouseProtocolMode, vt100::MouseProtocolEncoding),
}

fn shown(size: Size, output: &[u8]) -> Shown {
    let mut parser = vt100::Parser::new(size.rows().try_into().unwrap(), size.cols().try_into().unwrap(), 1000);
    parser.process(output);
    let screen = parser.screen();
    let row = |row| (0..size.cols()).filter_map(|col| screen.cell(row, col)).map(look).collect();
    Shown {
        rows: (0..size.rows()).map(row).collect(),
        cursor: screen.cursor_position(),
        is_cursor_hidden: screen.hide_cursor(),
        is_alternate: screen.alternate_screen(),
        modes: (screen.application_cursor(), screen.application_keypad(), screen.bracketed_paste()),
        mouse: (screen.mouse_protocol_mode(), screen.mouse_protocol_encoding()),
    }
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
        }
    }
}
