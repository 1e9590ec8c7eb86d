//! The prefix under which the server lives when it shares a host name with others.

use std::{fmt, str::FromStr};

/// Empty, or `/like/this`: it begins with a slash and does not end with one, so that a path can be put behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasePath(String);

impl BasePath {
    /// Puts the prefix in front of an absolute path.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// Puts the prefix in front of every route.
    pub fn nest(&self, routes: axum::Router) -> axum::Router {
        if self.0.is_empty() { routes } else { axum::Router::new().nest(&self.0, routes) }
    }

    /// Returns what follows the prefix, beginning with a slash; `None` for a path outside.
    pub fn strip<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(&self.0).filter(|rest| rest.starts_with('/'))
    }

    /// Returns the prefix as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the path that a cookie of this server is limited to.
    pub fn cookie_path(&self) -> &str {
        if self.0.is_empty() { "/" } else { &self.0 }
    }
}

impl FromStr for BasePath {
    type Err = BadBasePath;

    fn from_str(text: &str) -> Result<Self, BadBasePath> {
        let path = text.strip_suffix('/').unwrap_or(text);
        let plain = |segment: &str| {
            !segment.is_empty()
                && segment != "."
                && segment != ".."
                && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
        };
        match path.strip_prefix('/') {
            None if path.is_empty() => Ok(Self::default()),
            Some(rest) if rest.split('/').all(plain) => Ok(Self(path.to_owned())),
            _ => Err(BadBasePath),
        }
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a base path must look like.
#[derive(Debug, thiserror::Error)]
#[error("a base path begins with a slash and consists of letters, digits, and -._~, such as /term")]
pub struct BadBasePath;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(text.parse::<BasePath>().ok().as_ref().map(BasePath::as_str), expected, "{text}");
    }

    #[test]
    fn a_slash_at_the_end_does_not_matter() {
        check("", Some(""));
        check("/", Some(""));
        check("/term", Some("/term"));
        check("/term/", Some("/term"));
        check("/a/b-c_d.e~1", Some("/a/b-c_d.e~1"));
    }

    #[test]
    fn what_could_change_the_meaning_of_an_address_is_refused() {
        for text in ["term", "//evil.example", "/a//b", "/..", "/a/../b", "/a b", "/a?b", "/a#b", "/{a}", "/%2e"] {
            check(text, None);
        }
    }

    #[test]
    fn only_whole_segments_count_as_the_prefix() {
        let base: BasePath = "/term".parse().unwrap();
        assert_eq!(base.strip("/term/monitor"), Some("/monitor"));
        assert_eq!(base.strip("/terminal"), None);
        assert_eq!(base.strip("/term"), None);
        assert_eq!(BasePath::default().strip("/monitor"), Some("/monitor"));
    }
}
