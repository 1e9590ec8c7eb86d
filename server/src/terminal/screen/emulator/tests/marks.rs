//! What a shell has marked comes back, too, and stays with its text.

use super::*;

#[test]
fn marks_of_commands_come_back() {
    let command =
        |n, exit| format!("\x1b]133;A\x07$ \x1b]133;B\x07run {n}\r\n\x1b]133;C\x07out\r\nput\x1b]133;D;{exit}\x07");
    check(command(1, 0).as_bytes());
    check((0..40).map(|n| command(n, n % 2) + "\r\n").collect::<String>().as_bytes());
    check(format!("{}\x1b]133;A\x07$ vim\r\n\x1b]133;C\x07\x1b[?1049h\x1b]133;A\x07here", command(1, 2)).as_bytes());
    check(b"\x1b]133;C\x07exactly twenty cells\x1b]133;D\x07\x1b]133;A\x07 and more");
    check(b"\x1b]133;C\x07text\x1b[2;10Hfar\x1b[2;6H\x1b]133;D;0\x07\x1b[K\r\x1b]133;A\x07");
    check(b"\x1b[41m\x1b[1;20H\xe6\xbc\xa2\r\x1b[1;20Hx\x1b[1J\x1b]133;D;0\x07\x1b[m\r");
    check(b"gone\x1b]133;A\x07\x1b[2J\x1b[3;3H\x1b]133;D;7\x07");
}

#[test]
fn marks_stay_with_their_text_when_the_width_changes() {
    let command = "\x1b]133;A\x07$ one\r\n\x1b]133;C\x07a line that is longer than the screen\x1b]133;D;1\x07\r\n";
    let mut emulator = emulator(20, 9, format!("{command}{command}\x1b]133;A\x07$ ").as_bytes());
    for cols in [11, 40, 13, 20] {
        emulator.resize(Size::clamped(cols, 9));
        let buffer = &emulator.screen.main;
        let mut row = Row::new(cols as usize, Cell::empty(0));
        let history = (0..buffer.history.len()).map(|index| {
            buffer.history.read(index, &mut row);
            row.clone()
        });
        let rows: Vec<Row> = history.collect::<Vec<_>>().into_iter().chain(buffer.rows.iter().cloned()).collect();
        let text = |row: &Row, end: usize| -> String {
            row.cells()[..end].iter().map(|cell| char::from(cell.bits() as u8)).collect()
        };
        let prompts = rows.iter().filter(|row| row.milestones.prompt);
        assert!(prompts.clone().all(|row| text(row, 1) == "$") && prompts.count() == 3, "{cols} columns");
        let outputs = rows.iter().filter(|row| row.milestones.output);
        assert!(outputs.clone().all(|row| text(row, 6) == "a line") && outputs.count() == 2, "{cols} columns");
        let ends: Vec<String> = rows.iter().filter_map(|row| Some(text(row, row.milestones.end?.col.into()))).collect();
        assert!(ends.len() == 2 && ends.iter().all(|text| text.ends_with("een")), "{cols} columns: {ends:?}");
    }
}
