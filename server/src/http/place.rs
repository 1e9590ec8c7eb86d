//! What kind of place a path leads to, which decides who may go there and what they are told otherwise.

use std::{collections::BTreeSet, sync::Arc};

use crate::config::BasePath;

/// The paths at which the application's page is served.
pub const PAGES: [&str; 2] = ["/", "/monitor"];

const OPEN: [&str; 4] = ["/healthz", "/readyz", "/version", LOGIN];

const LOGIN: &str = "/login";

const METRICS: &str = "/metrics";

const OWN: [&str; 2] = ["/api/session", "/logout"];

/// A kind of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A page of the application, where people arrive by links.
    Page,
    /// Open to everybody: health, version, and the site's files.
    Open,
    /// The form that takes the token.
    Login,
    /// The Socket.IO endpoint.
    Socket,
    /// Where telemetry is posted.
    Telemetry,
    /// The metrics, closed but for who scrapes.
    Metrics,
    /// Who one is here, and the way out: for everybody who is somebody.
    Own,
    /// Everything else: closed without a credential, whether there is something or not.
    Closed,
}

/// Knows the places of one server.
#[derive(Clone, Debug)]
pub struct Places {
    base_path: BasePath,
    public: Arc<BTreeSet<String>>,
}

impl Places {
    /// The public files are those of the site outside `pkg` and `vendor`, as absolute paths.
    pub fn new(base_path: BasePath, public: BTreeSet<String>) -> Self {
        Self { base_path, public: Arc::new(public) }
    }

    /// Returns the kind of place a request's path leads to.
    pub fn of(&self, path: &str) -> Place {
        // The prefix alone only redirects to the page, and does so before anybody signs in.
        if !self.base_path.as_str().is_empty() && path == self.base_path.as_str() {
            return Place::Open;
        }
        let Some(path) = self.base_path.strip(path) else { return Place::Closed };
        if PAGES.contains(&path) {
            Place::Page
        } else if path == LOGIN {
            Place::Login
        } else if OPEN.contains(&path)
            || path.starts_with("/pkg/")
            || path.starts_with("/vendor/")
            || self.public.contains(path)
        {
            Place::Open
        } else if path == "/socket.io" || path.starts_with("/socket.io/") {
            Place::Socket
        } else if path.starts_with("/v1/") {
            Place::Telemetry
        } else if path == METRICS {
            Place::Metrics
        } else if OWN.contains(&path) {
            Place::Own
        } else {
            Place::Closed
        }
    }

    /// Returns the prefix of every place.
    pub fn base_path(&self) -> &BasePath {
        &self.base_path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Place) {
        let public = BTreeSet::from(["/favicon.svg".to_owned()]);
        let at_root = Places::new(BasePath::default(), public.clone());
        assert_eq!(at_root.of(path), expected, "{path}");
        let below = Places::new("/term".parse().unwrap(), public);
        assert_eq!(below.of(&format!("/term{path}")), expected, "/term{path}");
    }

    #[test]
    fn each_path_has_its_kind() {
        check("/", Place::Page);
        check("/monitor", Place::Page);
        check("/login", Place::Login);
        check("/healthz", Place::Open);
        check("/readyz", Place::Open);
        check("/version", Place::Open);
        check("/pkg/aetherterm.wasm", Place::Open);
        check("/vendor/xterm-6.0.0/xterm.mjs", Place::Open);
        check("/favicon.svg", Place::Open);
        check("/socket.io/", Place::Socket);
        check("/socket.io", Place::Socket);
        check("/v1/traces", Place::Telemetry);
        check("/metrics", Place::Metrics);
        check("/logout", Place::Own);
        check("/api/session", Place::Own);
    }

    #[test]
    fn what_is_not_known_to_be_open_is_closed() {
        for path in ["/healthz/", "/pkg", "/Login", "/monitor/", "//", "/favicon.svg/x", "/socket.iox", "/v1"] {
            check(path, Place::Closed);
        }
        assert_eq!(Places::new("/term".parse().unwrap(), BTreeSet::new()).of("/healthz"), Place::Closed);
    }
}
