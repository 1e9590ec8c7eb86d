//! How a page feels to who looks at it: the five Web Vitals (<https://web.dev/articles/vitals>), each once for every load.

use super::BOUNDS;

/// A Web Vital.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vital {
    /// Largest Contentful Paint: until the largest part of the page was seen.
    Lcp,
    /// Interaction to Next Paint: until the page had answered, for nearly the slowest of all interactions.
    Inp,
    /// Cumulative Layout Shift: how much moved that nobody had asked to move.
    Cls,
    /// First Contentful Paint: until anything was seen.
    Fcp,
    /// Time To First Byte: until the first byte of the document came.
    Ttfb,
}

/// Bounds of the durations, in seconds: among them those between good, middling and poor of each.
const SECONDS: [f64; BOUNDS.len()] = [0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 1.8, 2.5, 3.0, 4.0, 5.0, 7.5, 10.0, 30.0];
/// Bounds of the shift, which is a share of the window times a share of its size.
const SHIFTS: [f64; BOUNDS.len()] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0, 2.0];

impl Vital {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Lcp, Self::Inp, Self::Cls, Self::Fcp, Self::Ttfb];

    /// The name of its metric.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lcp => "browser.web_vital.lcp",
            Self::Inp => "browser.web_vital.inp",
            Self::Cls => "browser.web_vital.cls",
            Self::Fcp => "browser.web_vital.fcp",
            Self::Ttfb => "browser.web_vital.ttfb",
        }
    }

    /// The one whose metric has this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|vital| vital.name() == name)
    }

    /// What it is measured in, as UCUM writes it.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Cls => "1",
            Self::Lcp | Self::Inp | Self::Fcp | Self::Ttfb => "s",
        }
    }

    /// The bounds of its buckets.
    #[must_use]
    pub const fn bounds(self) -> &'static [f64; BOUNDS.len()] {
        match self {
            Self::Cls => &SHIFTS,
            Self::Lcp | Self::Inp | Self::Fcp | Self::Ttfb => &SECONDS,
        }
    }
}

/// The bounds of the metric of that name.
pub(super) fn bounds(name: &str) -> &'static [f64; BOUNDS.len()] {
    Vital::named(name).map_or(&BOUNDS, Vital::bounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_end_where_good_and_poor_begin() {
        for (vital, good, poor) in [
            (Vital::Lcp, 2.5, 4.0),
            (Vital::Inp, 0.2, 0.5),
            (Vital::Cls, 0.1, 0.25),
            (Vital::Fcp, 1.8, 3.0),
            (Vital::Ttfb, 0.8, 1.8),
        ] {
            assert!(vital.bounds().contains(&good) && vital.bounds().contains(&poor), "{vital:?}");
            assert!(vital.bounds().is_sorted(), "{vital:?}");
            assert_eq!(Vital::named(vital.name()), Some(vital));
        }
    }
}
