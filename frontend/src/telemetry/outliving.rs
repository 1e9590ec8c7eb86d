//! Room for the bodies that outlive the page: a browser allows 64 KiB of them at once, whoever sends them.

use std::{cell::Cell, rc::Rc};

/// A little less than the browser allows, for what is counted beside the bodies.
const MOST_BYTES: usize = 60_000;

/// The bytes under way that outlive the page.
#[derive(Debug, Default)]
pub struct Outliving(Cell<usize>);

/// Room for one body, as long as this lives.
#[derive(Debug)]
pub struct Room {
    of: Rc<Outliving>,
    bytes: usize,
}

impl Outliving {
    /// Takes room for a body; `None` when there is not enough.
    pub fn room(self: &Rc<Self>, bytes: usize) -> Option<Room> {
        let taken = self.0.get() + bytes;
        (taken <= MOST_BYTES).then(|| {
            self.0.set(taken);
            Room { of: self.clone(), bytes }
        })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.of.0.set(self.of.0.get() - self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_given_back_when_a_body_has_arrived() {
        let outliving = Rc::new(Outliving::default());
        let most = outliving.room(MOST_BYTES - 1);
        assert!(most.is_some() && outliving.room(2).is_none());
        let rest = outliving.room(1);
        assert!(rest.is_some() && outliving.room(1).is_none());
        drop(most);
        assert!(outliving.room(MOST_BYTES - 1).is_some());
    }
}
