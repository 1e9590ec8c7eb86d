//! How a terminal ends: its processes first, then its last output.

use std::time::Duration;

use rustix::process::Signal;
use tokio::time::Instant;

use super::{Attend, Event, Task};
use crate::terminal::pty::Processes;
use crate::terminal::viewers::Gate;

/// How long processes have to end by themselves after SIGHUP: a shell saves its history in much less.
const GRACE: Duration = Duration::from_millis(500);

/// How often a closing terminal looks whether its processes have ended.
const LOOK: Duration = Duration::from_millis(20);

/// The terminal of a process that has ended is read until it is silent for this long: the kernel hands the last output
/// over on its own time, and only says when it was the last if no background job holds the terminal open.
const SILENCE: Duration = Duration::from_millis(50);

/// How long a background job may keep talking before the terminal of an ended process is left.
const DRAIN: Duration = Duration::from_secs(1);

impl Task {
    /// Ends every process of the terminal, in the foreground or not: asks, waits a little, then kills.
    pub(super) async fn end_processes(&mut self) {
        self.pty.hang_up();
        let processes = self.pty.processes();
        for signal in [Signal::HUP, Signal::CONT] {
            // Stopped jobs take a hang-up only once they go on.
            off_runtime(processes, move |processes| processes.signal(signal)).await;
        }
        let deadline = Instant::now() + GRACE;
        let mut killed = false;
        loop {
            match self.next(Attend::Ending, Some(Instant::now() + LOOK)).await {
                Event::Exit(exit) => self.exit = Some(exit),
                Event::Read(Ok(length)) => self.read(length),
                Event::Read(Err(_)) => self.silent = true,
                _ => {}
            }
            let living = off_runtime(processes, |processes| processes.living().len()).await.unwrap_or(0);
            if self.exit.is_some() && living == 0 {
                return;
            }
            if Instant::now() > deadline && !killed {
                killed = true;
                off_runtime(processes, |processes| processes.signal(Signal::KILL)).await;
            } else if Instant::now() > deadline + DRAIN {
                // A process that even SIGKILL does not end hangs inside the kernel.
                tracing::error!(terminal = %self.shared.name, living, "processes of a closed terminal do not end");
                return;
            }
        }
    }

    /// Reads what the processes left behind.
    pub(super) async fn drain(&mut self) {
        let deadline = Instant::now() + DRAIN;
        let mut silence = Instant::now() + SILENCE;
        while !self.silent && Instant::now() < deadline {
            match self.next(Attend::Ending, Some(silence)).await {
                Event::Read(Ok(length)) => {
                    self.read(length);
                    silence = Instant::now() + SILENCE;
                }
                Event::Read(Err(_)) => self.silent = true,
                // Time in which the screen model had to be waited for is no silence.
                Event::Again if self.shared.gate(true) != Gate::Open => silence = Instant::now() + SILENCE,
                _ => self.silent = Instant::now() >= silence,
            }
        }
    }
}

/// Does something with the processes on a thread that may block; nothing for a terminal without any.
async fn off_runtime<T: Send + 'static>(
    processes: Option<Processes>,
    act: impl FnOnce(Processes) -> T + Send + 'static,
) -> Option<T> {
    let processes = processes?;
    tokio::task::spawn_blocking(move || act(processes)).await.ok()
}
