//! What browsers are told not to do with our answers.

use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderName, HeaderValue, header};

/// Pages hold settings and nonces that are good once.
pub const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The content security policy of pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    reload_port: Option<u16>,
}

impl Policy {
    /// A port where `cargo leptos watch` talks to the page lets the page connect there.
    pub fn new(reload_port: Option<u16>) -> Self {
        Self { reload_port }
    }

    /// Writes the policy for a page whose own scripts and styles carry this nonce.
    pub fn with_nonce(self, nonce: &str) -> HeaderValue {
        let reload = self.reload_port.map(|port| format!(" ws://*:{port}")).unwrap_or_default();
        let policy = format!(
            "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
             connect-src 'self'{reload}; img-src 'self' data:; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
             form-action 'self'; frame-ancestors 'none'"
        );
        HeaderValue::try_from(policy).expect("a nonce is base64")
    }
}

/// Adds to every answer what holds for all of them, and to those without a policy of their own one that permits nothing.
pub async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, NOTHING);
    }
    response
}

const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// The referrer is kept within our own pages but not dropped: without one, browsers send `Origin: null` with a form.
const ALWAYS: [(HeaderName, HeaderValue); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_the_one_of_the_contract() {
        assert_eq!(
            Policy::default().with_nonce("N"),
            "default-src 'none'; script-src 'self' 'nonce-N' 'wasm-unsafe-eval'; style-src 'self' 'nonce-N'; \
             connect-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
             form-action 'self'; frame-ancestors 'none'"
        );
    }

    #[test]
    fn only_development_may_connect_elsewhere() {
        let policy = Policy::new(Some(57_576)).with_nonce("N");
        assert!(policy.to_str().unwrap().contains("connect-src 'self' ws://*:57576; "));
    }
}
