//! The page's clock against the server's, by the best of a few round trips.

use app::protocol::clock::ClockProbed;

/// What one round trip says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// How long the message was under way, both ways together, in milliseconds.
    pub round_trip_ms: f64,
    /// How far the server's clock is ahead, in milliseconds; off by at most half the round trip.
    pub offset_ms: f64,
}

/// Reads one round trip that left at `sent` and was back at `back`, in microseconds of the page's clock.
pub fn measure(sent: u64, server: ClockProbed, back: u64) -> Measured {
    let [sent, back, received, answered] = [sent, back, server.received_at, server.sent_at].map(|micros| micros as f64);
    let inside = (answered - received).max(0.0);
    Measured {
        round_trip_ms: ((back - sent - inside) / 1_000.0).max(0.0),
        offset_ms: ((received - sent) + (answered - back)) / 2_000.0,
    }
}

/// The one with the shortest way: it leaves the least room for error.
pub fn best(all: &[Measured]) -> Option<Measured> {
    all.iter().copied().min_by(|one, other| one.round_trip_ms.total_cmp(&other.round_trip_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sent: u64, received_at: u64, sent_at: u64, back: u64, round_trip_ms: f64, offset_ms: f64) {
        let measured = measure(sent, ClockProbed { received_at, sent_at }, back);
        assert_eq!(measured, Measured { round_trip_ms, offset_ms });
    }

    #[test]
    fn the_offset_is_what_symmetry_leaves() {
        check(1_000, 1_500, 1_600, 2_100, 1.0, 0.0);
        check(1_000, 251_500, 251_600, 2_100, 1.0, 250.0);
        check(301_000, 1_500, 1_600, 302_100, 1.0, -300.0);
    }

    #[test]
    fn a_coarse_clock_makes_no_negative_round_trip() {
        check(1_000, 1_500, 1_600, 1_000, 0.0, 0.55);
    }

    #[test]
    fn the_shortest_way_is_the_best() {
        let measured = |round_trip_ms| Measured { round_trip_ms, offset_ms: 0.0 };
        assert_eq!(best(&[measured(3.0), measured(1.0), measured(2.0)]), Some(measured(1.0)));
        assert_eq!(best(&[]), None);
    }
}
