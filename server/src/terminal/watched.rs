//! Descriptors that the runtime watches for one thing only: each thing more would wake it for nothing.

use std::io;
use std::os::fd::AsRawFd;

use tokio::io::{Interest, unix::AsyncFd};

/// Has the current runtime watch a non-blocking descriptor.
///
/// # Errors
/// What the system says.
#[expect(
    deprecated,
    reason = "it trusts its caller that the descriptor stays the same open file, and each of ours owns its own; the \
              successor is `unsafe fn`, which the workspace denies"
)]
pub(super) fn watched<T: AsRawFd>(descriptor: T, interest: Interest) -> io::Result<AsyncFd<T>> {
    AsyncFd::with_interest(descriptor, interest)
}
