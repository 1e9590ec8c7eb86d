//! A snapshot asks nothing: whoever reads it would answer in the name of somebody who has typed nothing.

use super::emulator;
use crate::terminal::screen::ScreenModel as _;

/// Whether a terminal would answer anything in `bytes`: DA, DSR, DECRQM, XTVERSION, DECRQSS, ENQ, OSC with `?`, or window
/// reports.
pub(super) fn asks(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let control = |sequence: &str| {
        let last = sequence.find(|c: char| ('\x40'..='\x7e').contains(&c));
        last.is_some_and(|last| match &sequence[last..=last] {
            "t" => !sequence.starts_with("22;"),
            "c" | "n" | "x" => true,
            "p" => sequence[..last].ends_with('$'),
            "q" => sequence.starts_with('>'),
            _ => false,
        })
    };
    let osc = |osc: &str| osc.split(['\x07', '\x1b']).next().is_some_and(|osc| osc.split(';').any(|part| part == "?"));
    text.contains('\x05')
        || text.split("\x1b[").skip(1).any(control)
        || text.split("\x1b]").skip(1).any(osc)
        || text.contains("\x1bP$q")
        || text.contains("\x1bP+q")
        || text.contains("\x1bZ")
}

#[test]
fn queries_are_not_repeated() {
    let queries = [
        "\x1b[c",
        "\x1b[>c",
        "\x1b[=c",
        "\x1b[5n",
        "\x1b[6n",
        "\x1b[?6n",
        "\x1b[?2026$p",
        "\x1b[>q",
        "\x1bP$qm\x1b\\",
        "\x05",
        "\x1b]10;?\x07",
        "\x1b]4;1;?\x1b\\",
        "\x1b[18t",
        "\x1bZ",
        "\x1bP+q544e\x1b\\",
        "\x1b]52;c;?\x07",
    ];
    for query in queries {
        assert!(asks(query.as_bytes()), "the test knows {query:?}");
        let snapshot = emulator(20, 5, query.as_bytes()).snapshot();
        assert!(!asks(&snapshot.bytes), "{query:?} in {:?}", String::from_utf8_lossy(&snapshot.bytes));
    }
}
