//! Hosts and origins: which names are ours, and whether a request comes from our own page.

use std::{fmt, net::IpAddr, str::FromStr};

use http::{HeaderMap, Uri, header, uri::Authority};

/// The scheme, host and port of a page (RFC 6454), with the default port written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    scheme: &'static str,
    host: Host,
}

impl Origin {
    /// The origin of our own page when it was asked for under this host.
    pub fn ours(host: &Host) -> Self {
        Self { scheme: "http", host: Host { name: host.name.clone(), port: Some(host.port.unwrap_or(80)) } }
    }

    /// Whether the host has this origin's name; a proxy in front of us may have changed its port.
    pub fn has_name_of(&self, host: &Host) -> bool {
        self.host.name == host.name
    }
}

impl FromStr for Origin {
    type Err = BadOrigin;

    fn from_str(text: &str) -> Result<Self, BadOrigin> {
        let (scheme, rest) = text.split_once("://").ok_or(BadOrigin)?;
        let (scheme, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => ("http", 80),
            "https" => ("https", 443),
            _ => return Err(BadOrigin),
        };
        let host: Host = rest.parse()?;
        Ok(Self { scheme, host: Host { port: Some(host.port.unwrap_or(default_port)), ..host } })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)
    }
}

/// A host as a request names it: a name in lower case or an address, and a port if one is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    name: String,
    port: Option<u16>,
}

impl Host {
    /// Returns the host a request is for: that of an absolute target, else the one `Host` header.
    pub fn of(uri: &Uri, headers: &HeaderMap) -> Option<Self> {
        if let Some(authority) = uri.authority() {
            return authority.as_str().parse().ok();
        }
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = hosts.next()?.to_str().ok()?.parse().ok()?;
        hosts.next().is_none().then_some(host)
    }

    /// Whether nobody else can make a browser send this name here: a page at `evil.example` whose name is rebound to
    /// our address still says `evil.example`.
    pub fn is_ours(&self, allowed: &[Origin]) -> bool {
        let address = self.name.trim_start_matches('[').trim_end_matches(']');
        address.parse::<IpAddr>().is_ok()
            || self.name == "localhost"
            || allowed.iter().any(|origin| origin.has_name_of(self))
    }
}

impl FromStr for Host {
    type Err = BadOrigin;

    fn from_str(text: &str) -> Result<Self, BadOrigin> {
        let authority: Authority = text.parse().map_err(|_| BadOrigin)?;
        let port = authority.port().map(|port| port.as_str().parse()).transpose().map_err(|_| BadOrigin)?;
        // The parser takes `user@host` and `host:` as well.
        let written = authority.host().len() + authority.port().map_or(0, |port| 1 + port.as_str().len());
        if authority.host().is_empty() || written != text.len() {
            return Err(BadOrigin);
        }
        Ok(Self { name: authority.host().to_ascii_lowercase(), port })
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// What an origin must look like.
#[derive(Debug, thiserror::Error)]
#[error("an origin is a scheme, a host and perhaps a port, such as https://term.example.com")]
pub struct BadOrigin;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_origin(text: &str, expected: Option<&str>) {
        assert_eq!(text.parse::<Origin>().ok().map(|origin| origin.to_string()).as_deref(), expected, "{text}");
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        check_origin("https://Term.Example.com", Some("https://term.example.com:443"));
        check_origin("http://127.0.0.1:57575", Some("http://127.0.0.1:57575"));
        check_origin("HTTP://[::1]:8080", Some("http://[::1]:8080"));
        check_origin("http://localhost", Some("http://localhost:80"));
    }

    #[test]
    fn anything_more_or_less_is_none() {
        for text in [
            "",
            "null",
            "*",
            "term.example.com",
            "https://",
            "https://a/",
            "https://a/b",
            "https://a:",
            "https://a:99999",
            "https://user@a",
            "ftp://a",
            "file://",
            "https://a b",
            "https://a?b",
        ] {
            check_origin(text, None);
        }
    }

    #[track_caller]
    fn check_host(text: &str, expected: bool) {
        let allowed = ["https://term.example.com".parse().unwrap()];
        let ours = text.parse::<Host>().is_ok_and(|host| host.is_ours(&allowed));
        assert_eq!(ours, expected, "{text}");
    }

    #[test]
    fn addresses_localhost_and_allowed_names_are_ours() {
        for text in [
            "127.0.0.1",
            "127.0.0.1:57575",
            "192.168.1.7:80",
            "[::1]:57575",
            "localhost",
            "LOCALHOST:1",
            "term.example.com:8443",
        ] {
            check_host(text, true);
        }
    }

    #[test]
    fn a_rebound_name_is_not_ours() {
        for text in [
            "evil.example",
            "evil.example:57575",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "localhost.",
            "2130706433.",
            "term.example.com.evil.example",
            "",
            "a@127.0.0.1",
        ] {
            check_host(text, false);
        }
    }

    #[test]
    fn a_request_that_names_two_hosts_names_none() {
        let mut headers = HeaderMap::new();
        headers.append(header::HOST, "127.0.0.1".parse().unwrap());
        assert!(Host::of(&Uri::from_static("/"), &headers).is_some());
        headers.append(header::HOST, "evil.example".parse().unwrap());
        assert_eq!(Host::of(&Uri::from_static("/"), &headers), None);
        assert_eq!(Host::of(&Uri::from_static("/"), &HeaderMap::new()), None);
    }

    #[test]
    fn our_own_origin_follows_the_host() {
        let ours = |host: &str| Origin::ours(&host.parse().unwrap());
        assert_eq!(ours("127.0.0.1:57575"), "http://127.0.0.1:57575".parse().unwrap());
        assert_eq!(ours("localhost"), "http://localhost".parse().unwrap());
        assert_ne!(ours("127.0.0.1:57575"), "http://localhost:57575".parse().unwrap());
        assert_ne!(ours("127.0.0.1:57575"), "https://127.0.0.1:57575".parse().unwrap());
    }
}
