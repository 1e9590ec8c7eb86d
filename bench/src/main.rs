//! Measures the release server as a program sees it, against baselines taken in the same run: `make bench`.
//!
//! With arguments only those parts: `memory`, `echo`, `throughput`, `interrupt`, `attach`, `viewers`, `stuck`, `traces`, `terminals`,
//! `emulators`, `overhead`, `typing` (ten minutes). Rounds are interleaved and medians are taken, so that a machine that is slow for a while is slow for both sides.

mod attach;
mod bare;
mod baseline;
mod echo;
mod emulators;
mod figures;
mod interrupt;
mod overhead;
mod running;
mod scale;
mod throughput;
mod traces;
mod window;

use std::{path::Path, process::ExitCode};

use anyhow::{Context, Result};

use figures::Table;
use running::Running;

// One thread: what the client needs is taken from what is measured.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().context("usage: bench PATH_OF_AETHERTERM [PART]... [--OPTION OF AETHERTERM]...")?;
    let program = Path::new(&program);
    let words: Vec<String> = arguments.collect();
    let (parts, options) = words.split_at(words.iter().position(|word| word.starts_with('-')).unwrap_or(words.len()));
    let wants = |part: &str| parts.is_empty() || parts.iter().any(|wanted| wanted == part);
    let mut table = Table::default();
    let server = Running::start(program, options).await?;
    if wants("memory") {
        scale::idle_server(&server, &mut table)?;
    }
    if wants("echo") {
        echo::idle(&server, &mut table).await?;
        echo::beside_a_flood(&server, &mut table).await?;
    }
    if wants("throughput") {
        throughput::measure(&server, &mut table).await?;
    }
    if wants("interrupt") {
        interrupt::measure(&server, &mut table).await?;
    }
    if wants("attach") {
        attach::measure(&server, &mut table).await?;
    }
    if wants("viewers") {
        scale::viewers(&server, &mut table).await?;
    }
    if wants("stuck") {
        scale::stuck(&server, &mut table).await?;
    }
    if wants("traces") {
        traces::measure(&server, &mut table).await?;
    }
    server.stop().await?;
    if wants("terminals") {
        // A server of its own: what has been in use before would hide what a terminal costs.
        let server = Running::start(program, options).await?;
        scale::terminals(&server, &mut table).await?;
        server.stop().await?;
    }
    if wants("overhead") {
        overhead::busy(program, &mut table).await?;
    }
    if wants("typing") {
        overhead::typing(program, &mut table).await?;
    }
    table.print();
    if wants("emulators") {
        emulators::print()?;
    }
    Ok(if table.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
