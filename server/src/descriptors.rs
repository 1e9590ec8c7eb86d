//! How many descriptors this process may have. A terminal takes three and a window one: with the limit that an account usually
//! has there is no room for as many as are promised.

use std::sync::OnceLock;

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit, setrlimit};

/// The soft limit that the account gives; none as long as it is in force here, too.
static OF_ACCOUNT: OnceLock<u64> = OnceLock::new();

/// Raises the soft limit of this process to what the system allows it. `of_account` is the soft limit that shells are given; it is
/// what is in force now when absent.
pub fn raise(of_account: Option<u64>) {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let Some(current) = current else { return };
    // Only the first word counts, and there is one.
    let _ = OF_ACCOUNT.set(of_account.unwrap_or(current));
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::warn!(%error, current, "the limit of descriptors stays as it is");
    }
}

/// The soft limit that shells are given, where it is not what this process has.
pub fn of_account() -> Option<u64> {
    OF_ACCOUNT.get().copied()
}

/// Gives a child that has just been started the limit that the account has: programs may count on a small one.
pub fn lower(child: Pid) {
    let Some(current) = of_account() else { return };
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    if let Err(error) = prlimit(Some(child), Resource::Nofile, Rlimit { current: Some(current), maximum }) {
        // It has ended already, say.
        tracing::debug!(%error, "a shell has the limit of descriptors that its host has");
    }
}
