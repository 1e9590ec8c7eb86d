//! Measures the release server as a program sees it, against baselines taken in the same run: `make bench`.
//!
//! Rounds are interleaved and medians are taken, so that a machine that is slow for a while is slow for both sides.

mod baseline;
mod figures;
mod running;
mod window;

use std::path::Path;

use anyhow::{Context, Result};

use figures::{Table, median, percentile};
use running::Running;
use window::Window;

/// Interleaved rounds of each measurement.
const ROUNDS: usize = 5;
/// Echoes a round.
const ECHOES: usize = 400;
/// Output a round, in bytes.
const OUTPUT: usize = 32 * 1024 * 1024;

#[tokio::main]
async fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let program = words.next().context("usage: bench PATH_OF_AETHERTERM [OPTION]…")?;
    let server = Running::start(Path::new(&program), &words.collect::<Vec<_>>()).await?;
    let mut table = Table::default();
    echo(&server, &mut table).await?;
    throughput(&server, &mut table).await?;
    table.print();
    server.stop().await
}

/// A byte typed into `cat` and its echo: through the server, and through the same kernel without it.
async fn echo(server: &Running, table: &mut Table) -> Result<()> {
    let (mut ours, mut kernels, mut p99) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut kernel = baseline::echoes(ECHOES)?;
        let mut window = Window::open(server).await?;
        let mut times = window.echoes(ECHOES).await?;
        window.close().await?;
        kernels.push(percentile(&mut kernel, 50.0));
        ours.push(percentile(&mut times, 50.0));
        p99.push(percentile(&mut times, 99.0));
    }
    let (ours, kernel, p99) = (median(&mut ours), median(&mut kernels), median(&mut p99));
    table.row("echo p50, client included", "ms", ours, "the kernel's own echo", kernel);
    table.row("echo p99, client included", "ms", p99, "the kernel's own echo, p50", kernel);
    Ok(())
}

/// A large output: through the server to a client that acks at once, and read from a PTY straight into the same emulator.
async fn throughput(server: &Running, table: &mut Table) -> Result<()> {
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
    table.row("throughput", "MB/s", ours, "the same PTY read into the same emulator", median(&mut emulated));
    table.row("throughput", "MB/s", ours, "the same PTY read raw", median(&mut raw));
    table.row("frames for 32 MiB", "", median(&mut frames), "the most there may be", 600.0);
    Ok(())
}
