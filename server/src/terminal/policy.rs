//! Whose size a terminal has that several look at.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::Size;

/// Whose window decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResizePolicy {
    /// The one that leads: whoever typed last.
    #[default]
    Leader,
    /// None in particular: everybody sees everything.
    Smallest,
    /// No window.
    Fixed(Size),
}

/// What a resize policy must look like.
#[derive(Debug, Error)]
#[error(
    "a resize policy is `leader`, `smallest`, or `fixed:` with columns and rows within 1…1000, such as fixed:120x40"
)]
pub struct BadResizePolicy;

impl FromStr for ResizePolicy {
    type Err = BadResizePolicy;

    fn from_str(text: &str) -> Result<Self, BadResizePolicy> {
        match text {
            "leader" => return Ok(Self::Leader),
            "smallest" => return Ok(Self::Smallest),
            _ => {}
        }
        let (cols, rows) = text.strip_prefix("fixed:").and_then(|size| size.split_once('x')).ok_or(BadResizePolicy)?;
        let cells = |text: &str| text.parse().ok().filter(|n| (1..=u32::from(Size::MAX)).contains(n));
        let (cols, rows) = cells(cols).zip(cells(rows)).ok_or(BadResizePolicy)?;
        Ok(Self::Fixed(Size::clamped(cols, rows)))
    }
}

impl fmt::Display for ResizePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leader => f.write_str("leader"),
            Self::Smallest => f.write_str("smallest"),
            Self::Fixed(size) => write!(f, "fixed:{}x{}", size.cols(), size.rows()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_read_as_it_is_written() {
        for text in ["leader", "smallest", "fixed:120x40", "fixed:1x1000"] {
            assert_eq!(text.parse::<ResizePolicy>().unwrap().to_string(), text);
        }
        for text in ["", "Leader", "fixed", "fixed:", "fixed:80", "fixed:0x24", "fixed:80x1001", "fixed:80x24x2"] {
            assert!(text.parse::<ResizePolicy>().is_err(), "{text}");
        }
    }
}
