//! Memory, many terminals, many viewers.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::time::sleep;

use crate::{
    figures::{Budget, Table, percentile},
    running::Running,
    window::Window,
};

/// Terminals that have shown only their prompt.
const TERMINALS: usize = 1_000;

/// Viewers of one terminal.
const VIEWERS: usize = 200;

/// Keys typed before them.
const KEYS: usize = 200;

/// Output after which a ring and a history are full, and what follows before the memory is looked at again, in bytes.
const FILLED: u64 = 32 << 20;
const FOLLOWS: u64 = 256 << 20;

/// The server allows 200 requests a second for long.
const REQUEST: Duration = Duration::from_micros(5500);

/// The memory of a server that nobody has used.
pub fn idle_server(server: &Running, table: &mut Table) -> Result<()> {
    table.row("memory of an idle server", "MB", server.memory()? / 1e6, Budget::AtMost(20.0), None);
    Ok(())
}

/// Many idle terminals: what each costs, and whether one notices them while typing.
pub async fn terminals(server: &Running, table: &mut Table) -> Result<()> {
    let mut window = Window::open(server).await?;
    window.start_cat().await?;
    let before = server.memory()?;
    let mut opener = Window::connect(server).await?;
    for n in 0..TERMINALS {
        opener.create().await.with_context(|| format!("terminal {n} does not open"))?;
        sleep(REQUEST).await;
    }
    let each = (server.memory()? - before) / TERMINALS as f64 / 1024.0 / 1024.0;
    let p99 = percentile(&mut window.echoes(KEYS).await?, 99.0);
    table.row(&format!("memory of each of {TERMINALS} idle terminals"), "MiB", each, Budget::AtMost(2.0), None);
    table.row(&format!("echo p99 beside {TERMINALS} idle terminals"), "ms", p99, Budget::AtMost(10.0), None);
    Ok(())
}

/// A flood with a viewer that never acks beside one that does: what it takes beyond full rings and histories.
pub async fn stuck(server: &Running, table: &mut Table) -> Result<()> {
    let mut viewer = Window::open(server).await?;
    let mut stuck = Window::connect(server).await?;
    stuck.attach(viewer.terminal()).await?;
    viewer.input("yes\r").await?;
    viewer.take(FILLED).await?;
    let before = server.memory()?;
    viewer.take(FOLLOWS).await?;
    let grown = (server.memory()? - before) / 1e6;
    drop(stuck);
    viewer.close().await?;
    table.row("memory grown by 256 MiB that a viewer does not ack", "MB", grown, Budget::AtMost(4.0), None);
    Ok(())
}

/// Two hundred viewers of one terminal: from a key until each of them sees its echo.
pub async fn viewers(server: &Running, table: &mut Table) -> Result<()> {
    let mut typist = Window::open(server).await?;
    typist.start_cat().await?;
    let mut watching = Vec::new();
    for _ in 1..VIEWERS {
        let mut viewer = Window::connect(server).await?;
        viewer.attach(typist.terminal()).await?;
        watching.push(tokio::spawn(async move {
            let mut seen = Vec::with_capacity(KEYS);
            for _ in 0..KEYS {
                viewer.until(b"x").await?;
                seen.push(Instant::now());
            }
            Ok::<_, anyhow::Error>(seen)
        }));
    }
    let (mut typed, mut times) = (Vec::with_capacity(KEYS), Vec::new());
    for _ in 0..KEYS {
        typed.push(Instant::now());
        times.extend(typist.echoes(1).await?);
        // As fast as a person who types very fast.
        sleep(Duration::from_millis(20)).await;
    }
    for viewer in watching {
        let seen = viewer.await??;
        times.extend(typed.iter().zip(seen).map(|(typed, seen)| (seen - *typed).as_secs_f64() * 1e3));
    }
    typist.close().await?;
    table.row("echo p99 at each of 200 viewers", "ms", percentile(&mut times, 99.0), Budget::AtMost(10.0), None);
    Ok(())
}
