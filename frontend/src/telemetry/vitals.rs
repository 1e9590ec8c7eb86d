//! How the page feels: what the browser measures of it, told once, when the page is first out of sight.

mod interactions;
mod shifts;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use app::tracking::meter::{Meter, Vital};

use crate::js::{
    page,
    performance::{self, Entry, Watch},
};

use self::{interactions::Interactions, shifts::Shifts};

/// Watches the page until it is first out of sight.
pub struct Vitals {
    seen: Rc<RefCell<Seen>>,
    watches: RefCell<Vec<Watch>>,
    /// Whether it has been told.
    told: Cell<bool>,
}

/// What has been measured so far; times in milliseconds.
#[derive(Default)]
struct Seen {
    largest_paint: Option<f64>,
    shifts: Shifts,
    interactions: Interactions,
}

/// What is done with a measurement of a kind.
type Take = fn(&mut Seen, &Entry);

impl Vitals {
    /// Begins to watch; `None` on a page that was opened out of sight, which paints only when it is looked for.
    pub fn watch() -> Option<Self> {
        if page::hidden() {
            return None;
        }
        let seen = Rc::<RefCell<Seen>>::default();
        let kinds: [(&str, Take); 4] = [
            ("largest-contentful-paint", Seen::painted),
            ("layout-shift", Seen::shifted),
            ("event", Seen::answered),
            ("first-input", Seen::answered),
        ];
        let watch = |(kind, take): (&str, Take)| {
            let seen = seen.clone();
            Watch::new(kind, move |entry| take(&mut seen.borrow_mut(), entry))
        };
        let watches = kinds.into_iter().filter_map(watch).collect();
        Some(Self { seen, watches: RefCell::new(watches), told: Cell::new(false) })
    }

    /// Tells all of it, the first time it is asked.
    pub fn tell(&self, meter: &mut Meter) {
        if self.told.replace(true) {
            return;
        }
        let watches = self.watches.take();
        watches.iter().for_each(Watch::catch_up);
        let Seen { largest_paint, shifts, interactions } = &*self.seen.borrow();
        let paints = performance::paints();
        let first_paint = paints.iter().find(|(name, _)| name == "first-contentful-paint").map(|(_, at)| *at);
        let first_byte = performance::navigation().number("responseStart");
        for (vital, millis) in [
            (Vital::Lcp, *largest_paint),
            (Vital::Inp, interactions.slowest(performance::interaction_count())),
            (Vital::Fcp, first_paint),
            (Vital::Ttfb, (first_byte > 0.0).then_some(first_byte)),
        ] {
            if let Some(millis) = millis {
                meter.felt(vital, millis / 1_000.0);
            }
        }
        meter.felt(Vital::Cls, shifts.worst());
    }
}

impl Seen {
    fn painted(&mut self, entry: &Entry) {
        self.largest_paint = Some(entry.number("startTime"));
    }

    fn shifted(&mut self, entry: &Entry) {
        // What moves because somebody has just touched it was asked to.
        if !entry.is("hadRecentInput") {
            self.shifts.add(entry.number("startTime"), entry.number("value"));
        }
    }

    fn answered(&mut self, entry: &Entry) {
        self.interactions.add(entry.number("interactionId"), entry.number("duration"));
    }
}
