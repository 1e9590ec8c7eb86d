//! Shells: the task that owns one PTY, its output by absolute offset, and the screen a newcomer is shown.
//! Knows neither sockets nor sessions: output leaves as offsets in a ring that others read at their own pace.

mod answers;
mod commands;
mod handle;
pub mod host;
mod lifetime;
mod mirror;
mod model;
mod output;
mod places;
mod policy;
pub mod pty;
mod registry;
mod ring;
pub mod screen;
mod shared;
mod size;
mod task;
mod viewers;
mod watched;
mod witness;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use commands::{CommandEnd, CommandNews, Past};
pub use handle::{EndReason, Ended, InputError, ScreenAt, Terminal};
pub use host::Host;
pub use lifetime::Lifetime;
pub use policy::{BadResizePolicy, ResizePolicy};
pub use pty::{Integration, SpawnError, SpawnSpec, Spawner};
pub use registry::{CreateError, Found, Holder, Limits, Terminals};
pub use ring::Read;
pub use size::Size;
pub use viewers::{CREDIT, READ_AHEAD, ViewerHandle};
pub use witness::Witness;

/// Locks for a short section. Every section leaves its data whole at each step, so a poisoned lock is still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
