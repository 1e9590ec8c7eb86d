//! A large output: through the server to a client that acks at once, read from a PTY straight into the same emulator, and
//! read by nobody who looks at it.

use anyhow::Result;

use crate::{
    baseline::{self, Reader},
    figures::{Budget, Pairs, Table, median},
    running::Running,
    window::Window,
};

/// Interleaved rounds, an odd number. One takes about a second; how the kernel happens to alternate between a program and its reader
/// moves a single figure by a fifth.
const ROUNDS: usize = 63;

/// Output a round, in bytes.
const OUTPUT: usize = 32 * 1024 * 1024;

/// Adds the rows.
pub async fn measure(server: &Running, table: &mut Table) -> Result<()> {
    let (mut emulated, mut raw, mut frames) = (Pairs::default(), Pairs::default(), Vec::new());
    for round in 0..ROUNDS {
        // Each is measured first as often as last.
        let before = if round % 2 == 0 { Some(baselines()?) } else { None };
        let mut window = Window::open(server).await?;
        let flood = window.flood(OUTPUT).await?;
        window.close().await?;
        let (into_emulator, into_nothing) = before.map_or_else(baselines, Ok)?;
        emulated.push(flood.megabytes_per_second, into_emulator);
        raw.push(flood.megabytes_per_second, into_nothing);
        frames.push(flood.frames);
    }
    table.paired("throughput", "MB/s", &emulated, "the same PTY read into the same emulator", Budget::Share(0.9));
    table.paired("throughput", "MB/s", &raw, "the same PTY read raw", Budget::None);
    table.row("frames for 32 MiB", "", median(&mut frames), Budget::AtMost(600.0), None);
    Ok(())
}

fn baselines() -> Result<(f64, f64)> {
    Ok((baseline::throughput(OUTPUT, Reader::Emulator)?, baseline::throughput(OUTPUT, Reader::Raw)?))
}
