//! The same work without the server: a PTY and nothing between it and the reader.

use std::{
    io::{Read, Write},
    time::Instant,
};

use anyhow::Result;
use portable_pty::{CommandBuilder, PtyPair, PtySize, native_pty_system};
use server::terminal::{
    Size,
    screen::{Emulator, ScreenModel},
};

/// Who reads the PTY.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Nobody who looks at it.
    Raw,
    /// The emulator that the server keeps a terminal's screen in.
    Emulator,
}

/// Lines the emulator keeps, as in the server.
const HISTORY: usize = 10_000;

/// Types into `cat` and returns how long each echo took, in milliseconds.
pub fn echoes(count: usize) -> Result<Vec<f64>> {
    let (pair, mut reader) = spawn("cat")?;
    let mut writer = pair.master.take_writer()?;
    let mut buffer = [0; 64];
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let typed = Instant::now();
        writer.write_all(b"x")?;
        writer.flush()?;
        reader.read_exact(&mut buffer[..1])?;
        times.push(typed.elapsed().as_secs_f64() * 1e3);
    }
    Ok(times)
}

/// Reads `bytes` of output and returns the megabytes per second.
pub fn throughput(bytes: usize, who: Reader) -> Result<f64> {
    let (_pair, mut reader) = spawn(&super::window::flood_command(bytes))?;
    let mut emulator = (who == Reader::Emulator).then(|| Emulator::new(Size::clamped(80, 24), HISTORY));
    let mut buffer = vec![0; 64 * 1024];
    let began = Instant::now();
    let mut read = 0;
    while read < bytes {
        let taken = reader.read(&mut buffer)?;
        anyhow::ensure!(taken > 0, "the output ended after {read} bytes");
        if let Some(emulator) = &mut emulator {
            emulator.feed(&buffer[..taken]);
        }
        read += taken;
    }
    Ok(read as f64 / 1e6 / began.elapsed().as_secs_f64())
}

fn spawn(command: &str) -> Result<(PtyPair, Box<dyn Read + Send>)> {
    let pair = native_pty_system().openpty(PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 })?;
    let mut shell = CommandBuilder::new("/bin/sh");
    shell.args(["-c", command]);
    pair.slave.spawn_command(shell)?;
    let reader = pair.master.try_clone_reader()?;
    Ok((pair, reader))
}
