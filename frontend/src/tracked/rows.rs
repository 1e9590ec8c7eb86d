//! Writes what happens into the monitor's journal, and tells the monitor once per frame.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

use app::{monitor::Journal, ui::MonitorContext};
use leptos::prelude::{Set, UpdateValue, WithValue};

use crate::js::frame::Frame;

/// The monitor's rows, as their only writer has them.
pub struct Rows {
    monitor: MonitorContext,
    frame: RefCell<Option<Frame>>,
    this: Weak<Self>,
}

impl Rows {
    /// Writes into the journal of `monitor`.
    pub fn new(monitor: MonitorContext) -> Rc<Self> {
        Rc::new_cyclic(|this| Self { monitor, frame: RefCell::default(), this: this.clone() })
    }

    /// Changes the journal; views hear of it before the next paint.
    pub fn write<T>(&self, change: impl FnOnce(&mut Journal) -> T) {
        self.monitor.journal.update_value(|journal| {
            change(journal);
        });
        if self.frame.borrow().is_some() {
            return;
        }
        let this = self.this.clone();
        self.frame.replace(Some(Frame::next(move || {
            if let Some(rows) = this.upgrade() {
                let drawn = rows.frame.take();
                rows.monitor.version.set(rows.monitor.journal.with_value(Journal::version));
                drop(drawn);
            }
        })));
    }
}
