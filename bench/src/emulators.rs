//! The emulators there are to choose from, over the same output: how fast they take it.

use std::{fs, path::Path, time::Instant};

use alacritty_terminal::{Term, event::VoidListener, grid::Dimensions, vte::ansi::Processor};
use anyhow::{Context, Result};
use server::terminal::{
    Size,
    screen::{Emulator, ScreenModel},
};

use crate::figures::median;

/// Interleaved rounds.
const ROUNDS: usize = 5;

/// Output a round, in bytes.
const OUTPUT: usize = 8 * 1024 * 1024;

/// One piece, as the server feeds them.
const PIECE: usize = 64 * 1024;

const COLS: u16 = 80;
const ROWS: u16 = 24;

/// Lines each of them keeps.
const HISTORY: usize = 10_000;

/// Feeds output to a fresh emulator.
type Run = fn(&str);

/// Writes a table of megabytes per second as Markdown.
#[expect(clippy::print_stdout, reason = "the table is what the program is run for")]
pub fn print() -> Result<()> {
    println!("\n| emulator, MB/s | recorded programs | plain text | Japanese and emoji |");
    println!("| --- | ---: | ---: | ---: |");
    let corpora = [recordings()?, plain(), japanese()];
    let runs: [(&str, Run); 4] = [("ours", ours), ("alacritty_terminal", alacritty), ("avt", avt), ("vt100", vt100)];
    let mut speeds = vec![vec![Vec::new(); corpora.len()]; runs.len()];
    for _ in 0..ROUNDS {
        for ((_, run), speeds) in runs.iter().zip(&mut speeds) {
            for (corpus, speeds) in corpora.iter().zip(speeds) {
                let began = Instant::now();
                run(corpus);
                speeds.push(corpus.len() as f64 / 1e6 / began.elapsed().as_secs_f64());
            }
        }
    }
    for ((name, _), speeds) in runs.iter().zip(&mut speeds) {
        let medians: Vec<String> = speeds.iter_mut().map(|speeds| format!("{:.0}", median(speeds))).collect();
        println!("| {name} | {} |", medians.join(" | "));
    }
    Ok(())
}

/// What `vim`, `less`, `htop` and others wrote at this size, again and again.
fn recordings() -> Result<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/tests/recordings");
    let mut output = Vec::new();
    let files = fs::read_dir(&folder).with_context(|| format!("no recordings in {}", folder.display()))?;
    for file in files {
        let path = file?.path();
        if path.to_string_lossy().ends_with("-80x24.bin") {
            output.extend(fs::read(path)?);
        }
    }
    Ok(repeated(&String::from_utf8_lossy(&output)))
}

fn plain() -> String {
    repeated(&format!("{}\r\n", "x".repeat(78)))
}

fn japanese() -> String {
    repeated("日本語の文章も含まれています。漢字、かな、カナ 😀👍 mixed with text\r\n")
}

fn repeated(text: &str) -> String {
    text.repeat(OUTPUT.div_ceil(text.len().max(1)))
}

fn ours(output: &str) {
    let mut emulator = Emulator::new(Size::clamped(COLS.into(), ROWS.into()), HISTORY);
    output.as_bytes().chunks(PIECE).for_each(|piece| drop(emulator.feed(piece)));
}

fn alacritty(output: &str) {
    struct Screen;
    impl Dimensions for Screen {
        fn total_lines(&self) -> usize {
            ROWS.into()
        }
        fn screen_lines(&self) -> usize {
            ROWS.into()
        }
        fn columns(&self) -> usize {
            COLS.into()
        }
    }
    // Ten thousand lines of history are its default, too.
    let mut term = Term::new(alacritty_terminal::term::Config::default(), &Screen, VoidListener);
    let mut parser = Processor::<alacritty_terminal::vte::ansi::StdSyncHandler>::new();
    output.as_bytes().chunks(PIECE).for_each(|piece| parser.advance(&mut term, piece));
}

fn avt(output: &str) {
    let terminal = avt::Terminal::with_scrollback(COLS.into(), ROWS.into(), Some(HISTORY));
    let mut terminal = terminal.expect("the size is not zero");
    let mut rest = output;
    while !rest.is_empty() {
        let (piece, later) = rest.split_at(rest.floor_char_boundary(PIECE.min(rest.len())));
        terminal.feed(piece);
        rest = later;
    }
}

fn vt100(output: &str) {
    let size = |number: u16| number.try_into().expect("the size is not zero");
    let mut parser = vt100::Parser::new(size(ROWS), size(COLS), HISTORY);
    output.as_bytes().chunks(PIECE).for_each(|piece| parser.process(piece));
}
