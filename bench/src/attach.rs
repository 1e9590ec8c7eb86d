//! How long a newcomer waits for a terminal with a long history.

use anyhow::Result;

use crate::{
    figures::{Budget, Table, percentile},
    running::Running,
    window::Window,
};

/// Newcomers; the slowest counts.
const ROUNDS: usize = 7;

/// Lines above the screen.
const LINES: usize = 10_000;

/// Adds the row.
pub async fn measure(server: &Running, table: &mut Table) -> Result<()> {
    let mut window = Window::open(server).await?;
    // As many lines as are kept, and the screen; each of 80 columns with its line feed.
    window.flood((LINES + 100) * 80).await?;
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        times.push(Window::connect(server).await?.attach(window.terminal()).await?);
    }
    window.close().await?;
    table.row("attach with 10,000 lines, slowest", "ms", percentile(&mut times, 100.0), Budget::AtMost(50.0), None);
    Ok(())
}
