//! How long a newcomer waits for a terminal with a long history.

use anyhow::Result;

use crate::{
    figures::{Budget, Table, percentile},
    running::Running,
    window::Window,
};

/// Newcomers; the slowest counts.
const ROUNDS: usize = 7;

/// Lines above the screen, and what stands in each.
const LINES: usize = 10_000;
const COLUMNS: usize = 80;

/// Adds the row.
pub async fn measure(server: &Running, table: &mut Table) -> Result<()> {
    let mut window = Window::open(server).await?;
    // As many lines as are kept, and the screen.
    window.print(LINES + 100, COLUMNS).await?;
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        times.push(Window::connect(server).await?.attach(window.terminal()).await?);
    }
    window.close().await?;
    table.row("attach with 10,000 lines, slowest", "ms", percentile(&mut times, 100.0), Budget::AtMost(50.0), None);
    Ok(())
}
