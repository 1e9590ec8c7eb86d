//! How many terminals there may be: in total, and for each owner.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::lock;

/// Counts what is there.
#[derive(Debug)]
pub(super) struct Places {
    total: usize,
    of_owner: usize,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    total: usize,
    by_owner: HashMap<String, usize>,
}

/// One terminal's place; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Place {
    owner: String,
    taken: Arc<Mutex<Taken>>,
}

/// Which limit stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    Total(usize),
    Owner(usize),
}

impl Places {
    pub(super) fn new(total: usize, of_owner: usize) -> Self {
        Self { total, of_owner, taken: Arc::default() }
    }

    /// Takes a place for one more terminal.
    ///
    /// # Errors
    /// [`Full`].
    pub(super) fn take(&self, owner: &str) -> Result<Place, Full> {
        let mut taken = lock(&self.taken);
        if taken.total >= self.total {
            return Err(Full::Total(self.total));
        }
        if taken.by_owner.get(owner).is_some_and(|count| *count >= self.of_owner) {
            return Err(Full::Owner(self.of_owner));
        }
        Ok(self.enter(&mut taken, owner))
    }

    /// Counts a terminal that is there already, whatever the limits say now.
    pub(super) fn find(&self, owner: &str) -> Place {
        self.enter(&mut lock(&self.taken), owner)
    }

    fn enter(&self, taken: &mut Taken, owner: &str) -> Place {
        taken.total += 1;
        *taken.by_owner.entry(owner.to_owned()).or_default() += 1;
        Place { owner: owner.to_owned(), taken: Arc::clone(&self.taken) }
    }
}

impl Place {
    /// Whose it is.
    pub(super) fn owner(&self) -> &str {
        &self.owner
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        taken.total -= 1;
        if let Some(count) = taken.by_owner.get_mut(&self.owner) {
            *count -= 1;
            if *count == 0 {
                taken.by_owner.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_limits_hold_and_a_place_comes_back() {
        let places = Places::new(3, 2);
        let ada = [places.take("ada").unwrap(), places.take("ada").unwrap()];
        assert_eq!(places.take("ada").unwrap_err(), Full::Owner(2));
        let _eve = places.take("eve").unwrap();
        assert_eq!(places.take("bob").unwrap_err(), Full::Total(3));
        drop(ada);
        let _bob = places.take("bob").unwrap();
        assert_eq!(lock(&places.taken).by_owner.len(), 2, "who has none is forgotten");
    }

    #[test]
    fn what_is_there_already_counts_beyond_the_limits() {
        let places = Places::new(1, 1);
        let found = [places.find("ada"), places.find("ada")];
        assert_eq!(places.take("eve").unwrap_err(), Full::Total(1));
        drop(found);
        places.take("eve").unwrap();
    }
}
