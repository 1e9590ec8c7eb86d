//! Measures the release server as a program sees it, against baselines taken in the same run: `make bench`.
//!
//! Rounds are interleaved and medians are taken, so that a machine that is slow for a while is slow for both sides.

mod attach;
mod baseline;
mod echo;
mod emulators;
mod figures;
mod interrupt;
mod running;
mod scale;
mod throughput;
mod window;

use std::{path::Path, process::ExitCode};

use anyhow::{Context, Result};

use figures::Table;
use running::Running;

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let mut words = std::env::args().skip(1);
    let program = words.next().context("usage: bench PATH_OF_AETHERTERM [OPTION]…")?;
    let (program, options) = (Path::new(&program), words.collect::<Vec<_>>());
    let mut table = Table::default();
    let server = Running::start(program, &options).await?;
    scale::idle_server(&server, &mut table)?;
    echo::idle(&server, &mut table).await?;
    throughput::measure(&server, &mut table).await?;
    echo::beside_a_flood(&server, &mut table).await?;
    interrupt::measure(&server, &mut table).await?;
    attach::measure(&server, &mut table).await?;
    scale::viewers(&server, &mut table).await?;
    server.stop().await?;
    let server = Running::start(program, &options).await?;
    scale::terminals(&server, &mut table).await?;
    server.stop().await?;
    table.print();
    emulators::print()?;
    Ok(if table.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
