//! How soon a trace can be seen: from a key to the moment at which a monitor that follows the server's traces has all spans of it.

mod rows;

use std::time::Instant;

use anyhow::Result;

use crate::{
    figures::{Budget, Table, median, percentile},
    running::Running,
    window::Window,
};

use rows::Rows;

/// Keys, one after another: fewer in a second than the twenty of a terminal that are recorded.
const KEYS: usize = 100;

/// The spans of a key: taking it, and writing it to the PTY.
const SPANS: u64 = 2;

/// From the key on, which is a little before its spans end: the figure is no smaller than what is promised.
pub async fn measure(server: &Running, table: &mut Table) -> Result<()> {
    let mut window = Window::open(server).await?;
    window.start_cat().await?;
    window.trace(Some(100));
    let mut rows = Rows::follow(server).await?;
    let mut times = Vec::with_capacity(KEYS);
    for _ in 0..KEYS {
        let typed = Instant::now();
        window.input("x").await?;
        window.until(b"x").await?;
        rows.until(&window.last_trace()?, SPANS).await?;
        times.push(typed.elapsed().as_secs_f64() * 1e3);
    }
    window.close().await?;
    table.row("trace of a key seen, p50", "ms", median(&mut times), Budget::AtMost(300.0), None);
    table.row("trace of a key seen, p99", "ms", percentile(&mut times, 99.0), Budget::AtMost(300.0), None);
    Ok(())
}
