//! A byte typed into `cat` and its echo: through the server, and through the same kernel without it.

use std::time::Duration;

use anyhow::Result;
use tokio::sync::oneshot;

use crate::{
    bare, baseline,
    figures::{Budget, Table, median, percentile},
    running::Running,
    window::{Page, Window},
};

/// Interleaved rounds.
const ROUNDS: usize = 41;

/// Echoes a round.
const ECHOES: usize = 400;

/// With nothing else going on. The server's share is what is left without the window and the network between them.
pub async fn idle(server: &Running, table: &mut Table) -> Result<()> {
    let (mut p50, mut p99, mut shares) = (Vec::new(), Vec::new(), Vec::new());
    let (mut kernels, mut bares) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut kernel = baseline::echoes(ECHOES)?;
        let mut bare = Window::connect_to(&bare::start()?).await?.echoes(ECHOES).await?;
        let mut window = Window::open(server).await?;
        window.start_cat().await?;
        let mut times = window.echoes(ECHOES).await?;
        window.close().await?;
        let (with, without) = (percentile(&mut times, 50.0), percentile(&mut bare, 50.0));
        shares.push(with - without);
        p50.push(with);
        p99.push(percentile(&mut times, 99.0));
        bares.push(without);
        kernels.push(percentile(&mut kernel, 50.0));
    }
    let kernel = Some(("the kernel's own echo, p50", median(&mut kernels)));
    let bare = Some(("the same window and a thread that answers it, p50", median(&mut bares)));
    table.row("echo p50, the server's share", "ms", median(&mut shares), Budget::AtMost(0.15), bare);
    table.row("echo p50, window included", "ms", median(&mut p50), Budget::None, kernel);
    table.row("echo p99, window included", "ms", median(&mut p99), Budget::AtMost(1.0), kernel);
    Ok(())
}

/// While another pane is flooded, in a page that parses ten megabytes a second.
pub async fn beside_a_flood(server: &Running, table: &mut Table) -> Result<()> {
    let mut page = Page::new(Window::open(server).await?);
    page.input("yes\r").await?;
    page.parse(None, Duration::from_millis(500)).await?;
    let (calm, is_calm) = oneshot::channel::<()>();
    let flooded = tokio::spawn(async move {
        tokio::select! {
            // Longer than all echoes take.
            parsed = page.parse(None, Duration::from_secs(600)) => parsed?,
            _ = is_calm => {}
        }
        // A shell outlives its window: left alone, this one would go on beside whatever is measured next.
        page.close().await
    });
    let mut window = Window::open(server).await?;
    window.start_cat().await?;
    let (mut p50, mut p99) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut times = window.echoes(ECHOES).await?;
        p50.push(percentile(&mut times, 50.0));
        p99.push(percentile(&mut times, 99.0));
    }
    window.close().await?;
    drop(calm);
    flooded.await??;
    table.row("echo p50 beside a flooded pane", "ms", median(&mut p50), Budget::AtMost(5.0), None);
    table.row("echo p99 beside a flooded pane", "ms", median(&mut p99), Budget::AtMost(5.0), None);
    Ok(())
}
