//! `^C` under `yes`, with a page that parses ten megabytes a second: how soon the prompt is back on its screen, and how much
//! waited in the page meanwhile.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::{
    figures::{Budget, Table, percentile},
    running::Running,
    window::{Page, Window},
};

/// Rounds; the worst counts.
const ROUNDS: usize = 5;

/// Adds the rows.
pub async fn measure(server: &Running, table: &mut Table) -> Result<()> {
    let (mut times, mut queued) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut page = Page::new(Window::open(server).await?);
        page.input("PS1=rea''dy@\r").await?;
        page.parse(Some(b"ready@"), Duration::from_secs(10)).await?;
        page.input("yes\r").await?;
        page.parse(None, Duration::from_millis(1500)).await?;
        let interrupted = Instant::now();
        page.input("\u{3}").await?;
        page.parse(Some(b"ready@"), Duration::from_secs(60)).await?;
        times.push(interrupted.elapsed().as_secs_f64() * 1e3);
        queued.push(page.most_queued as f64 / 1024.0);
        page.close().await?;
    }
    table.row("^C until the prompt is back, worst", "ms", percentile(&mut times, 100.0), Budget::AtMost(150.0), None);
    table.row("queued in the page, most", "KiB", percentile(&mut queued, 100.0), Budget::AtMost(256.0), None);
    Ok(())
}
