//! Keys at a steady pace, and the CPU time that the server takes for them.

use std::time::Duration;

use anyhow::Result;
use tokio::time::{MissedTickBehavior, interval};

use crate::{running::Running, window::Window};

/// Windows that type at once. Of each terminal's keys the server traces twenty a second, so this many make it busy with spans, too.
const WINDOWS: u32 = 25;

/// Messages a second of all windows together.
const MESSAGES: u32 = 1_000;

/// Keys a second of one person: about seventy words a minute.
const KEYS: u32 = 6;

/// How many messages all windows send in a time.
pub fn messages(time: Duration) -> f64 {
    time.as_secs_f64() * f64::from(MESSAGES)
}

/// Many windows at once; returns the CPU seconds that the server took.
pub async fn many(server: &Running, sampled: Option<u32>, time: Duration) -> Result<f64> {
    let mut windows = Vec::new();
    for _ in 0..WINDOWS {
        windows.push(typist(server, sampled).await?);
    }
    let before = server.cpu()?;
    let pace = Duration::from_secs(1) * WINDOWS / MESSAGES;
    let typed = windows.into_iter().map(|window| tokio::spawn(steadily(window, pace, time)));
    let typed = futures_util::future::try_join_all(typed).await?;
    let used = server.cpu()? - before;
    for window in typed {
        window?.close().await?;
    }
    Ok(used)
}

/// One person; returns the CPU seconds that the server took.
pub async fn person(server: &Running, sampled: Option<u32>, time: Duration) -> Result<f64> {
    let window = typist(server, sampled).await?;
    let before = server.cpu()?;
    let window = steadily(window, Duration::from_secs(1) / KEYS, time).await?;
    let used = server.cpu()? - before;
    window.close().await?;
    Ok(used)
}

async fn typist(server: &Running, sampled: Option<u32>) -> Result<Window> {
    let mut window = Window::open(server).await?;
    window.trace(sampled);
    window.start_cat().await?;
    Ok(window)
}

/// Types a key at each beat and takes its echo, for so long.
async fn steadily(mut window: Window, pace: Duration, time: Duration) -> Result<Window> {
    let mut beat = interval(pace);
    beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for _ in 0..(time.as_secs_f64() / pace.as_secs_f64()) as u32 {
        beat.tick().await;
        window.echoes(1).await?;
    }
    Ok(window)
}
