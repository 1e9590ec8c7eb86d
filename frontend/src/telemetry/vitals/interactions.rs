//! Interaction to Next Paint: the slowest of all interactions, but for one of every fifty.

/// How many of the slowest are remembered: enough for five hundred interactions, after which the tenth slowest is close.
const REMEMBERED: usize = 10;
/// Of how many interactions one may be slower.
const OF: usize = 50;

/// The slowest interactions so far.
#[derive(Clone, Debug, Default)]
pub struct Interactions {
    /// Id and duration in milliseconds, slowest first.
    slowest: Vec<(f64, f64)>,
}

impl Interactions {
    /// Adds an event of an interaction; the longest of its events is how long it took. Zero is the id of none.
    pub fn add(&mut self, id: f64, duration: f64) {
        if id == 0.0 {
            return;
        }
        let known = self.slowest.iter().position(|(known, _)| *known == id);
        let longest = known.map_or(duration, |place| self.slowest.remove(place).1.max(duration));
        let place = self.slowest.partition_point(|(_, slower)| *slower >= longest);
        self.slowest.insert(place, (id, longest));
        self.slowest.truncate(REMEMBERED);
    }

    /// The one that counts, of `count` interactions; `None` when there was none that could be measured.
    pub fn slowest(&self, count: usize) -> Option<f64> {
        let place = (count / OF).min(self.slowest.len().checked_sub(1)?);
        Some(self.slowest[place].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(events: impl IntoIterator<Item = (u32, u32)>, count: usize, slowest: Option<f64>) {
        let mut all = Interactions::default();
        events.into_iter().for_each(|(id, duration)| all.add(id.into(), duration.into()));
        assert_eq!(all.slowest(count), slowest);
    }

    #[test]
    fn the_slowest_counts() {
        check([], 0, None);
        check([(0, 400)], 1, None);
        check([(1, 48), (2, 120), (3, 56)], 3, Some(120.0));
    }

    #[test]
    fn the_events_of_one_interaction_are_one() {
        check([(1, 48), (1, 64), (1, 40)], 1, Some(64.0));
    }

    #[test]
    fn one_of_fifty_may_be_slower() {
        check((1..=60).map(|n| (n, n)), 60, Some(59.0));
        check((1..=60).map(|n| (n, n)), 10_000, Some(51.0));
    }
}
