//! Values that many cells share, kept once and named by a small number.

use std::collections::HashMap;
use std::hash::Hash;

/// Below this many nothing is collected: so few cost less than looking for those not in use.
const FEW: usize = 1024;

/// Shared values. The number 0 is the default one and always there.
#[derive(Debug)]
pub(super) struct Pool<T> {
    values: Vec<T>,
    ids: HashMap<T, u32>,
    free: Vec<u32>,
    /// How many there may be before it is worth looking which of them are in use.
    full: usize,
}

impl<T: Clone + Default + Eq + Hash> Pool<T> {
    /// The number of a value.
    pub(super) fn id(&mut self, value: T) -> u32 {
        if let Some(id) = self.ids.get(&value) {
            return *id;
        }
        let id = self.free.pop().unwrap_or(self.values.len() as u32);
        match self.values.get_mut(id as usize) {
            Some(free) => *free = value.clone(),
            None => self.values.push(value.clone()),
        }
        self.ids.insert(value, id);
        id
    }

    pub(super) fn get(&self, id: u32) -> &T {
        &self.values[id as usize]
    }

    /// Whether it is time to [`Pool::keep`] only what is in use.
    pub(super) fn is_full(&self) -> bool {
        self.ids.len() >= self.full
    }

    /// A mark for each number there may be.
    pub(super) fn marks(&self) -> Marks {
        let mut marks = Marks(vec![false; self.values.len()]);
        marks.mark(0);
        marks
    }

    /// Forgets the values that are not marked; their numbers are given to others.
    pub(super) fn keep(&mut self, marks: &Marks) {
        let values = &mut self.values;
        let free = &mut self.free;
        self.ids.retain(|_, id| {
            let keeps = marks.0[*id as usize];
            if !keeps {
                values[*id as usize] = T::default();
                free.push(*id);
            }
            keeps
        });
        self.full = (2 * self.ids.len()).max(FEW);
    }

    /// The values in use and their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&T, u32)> {
        self.ids.iter().map(|(value, id)| (value, *id))
    }
}

impl<T: Clone + Default + Eq + Hash> Default for Pool<T> {
    fn default() -> Self {
        let ids = HashMap::from([(T::default(), 0)]);
        Self { values: vec![T::default()], ids, free: Vec::new(), full: FEW }
    }
}

/// Which numbers are in use.
pub(super) struct Marks(Vec<bool>);

impl Marks {
    pub(super) fn mark(&mut self, id: u32) {
        self.0[id as usize] = true;
    }

    pub(super) fn has(&self, id: u32) -> bool {
        self.0[id as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_one_number() {
        let mut pool = Pool::default();
        let (one, two) = (pool.id("one"), pool.id("two"));
        assert_eq!((pool.id("one"), pool.id(""), *pool.get(two)), (one, 0, "two"));
        assert_ne!(one, two);
    }

    #[test]
    fn numbers_not_in_use_are_given_to_others() {
        let mut pool = Pool::default();
        let ids: Vec<u32> = (1..=FEW as u64).map(|n| pool.id(n)).collect();
        assert!(pool.is_full());
        let mut marks = pool.marks();
        marks.mark(ids[7]);
        pool.keep(&marks);
        assert!(!pool.is_full());
        assert_eq!((*pool.get(ids[7]), pool.iter().count()), (8, 2));
        (0..FEW as u64 - 2).for_each(|n| assert!((pool.id(5000 + n) as usize) <= FEW));
        assert_eq!((*pool.get(ids[7]), pool.id(8)), (8, ids[7]));
    }
}
