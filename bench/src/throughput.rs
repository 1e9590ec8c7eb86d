//! A large output: through the server to a client that acks at once, read from a PTY straight into the same emulator, and
//! read by nobody who looks at it.

use anyhow::Result;

use crate::{
    baseline,
    figures::{Budget, Table, median},
    running::Running,
    window::Window,
};

/// Interleaved rounds.
const ROUNDS: usize = 7;

/// Output a round, in bytes.
const OUTPUT: usize = 32 * 1024 * 1024;

/// Adds the rows.
pub async fn measure(server: &Running, table: &mut Table) -> Result<()> {
    let (mut ours, mut emulated, mut raw, mut frames) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        raw.push(baseline::throughput(OUTPUT, baseline::Reader::Raw)?);
        emulated.push(baseline::throughput(OUTPUT, baseline::Reader::Emulator)?);
        let mut window = Window::open(server).await?;
        let flood = window.flood(OUTPUT).await?;
        window.close().await?;
        ours.push(flood.megabytes_per_second);
        frames.push(flood.frames);
    }
    let ours = median(&mut ours);
    let emulated = Some(("the same PTY read into the same emulator", median(&mut emulated)));
    table.row("throughput", "MB/s", ours, Budget::Share(0.9), emulated);
    table.row("throughput", "MB/s", ours, Budget::None, Some(("the same PTY read raw", median(&mut raw))));
    table.row("frames for 32 MiB", "", median(&mut frames), Budget::AtMost(600.0), None);
    Ok(())
}
