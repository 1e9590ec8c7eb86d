//! What an exporter posts: the bodies of spans, and of the counts of those that are lost.

use std::rc::Rc;

use app::trace::otlp::Span;

use super::{
    super::{batch, metrics, recorder::clock_difference},
    Exporter,
    sending::Sending,
};

impl Exporter {
    /// What is to be posted next: what has been before, then at most so many spans, and last what is lost.
    pub(super) fn next(&self, most: usize) -> Option<Rc<Sending>> {
        let held = self.held.borrow_mut().pop();
        held.or_else(|| {
            let spans = self.queue.borrow_mut().take(most);
            let json = if spans.is_empty() { self.losses()? } else { self.body(&spans) };
            Some(Rc::new(Sending::new(json, spans)))
        })
    }

    fn body(&self, spans: &[Span]) -> String {
        batch::body(&self.resource, spans, clock_difference(self.status))
    }

    /// Whether there is anything to tell of what is lost.
    pub(super) fn has_lost(&self) -> bool {
        self.measures && self.queue.borrow().has_lost()
    }

    /// How many spans are lost and why. A body of that goes again, is left with the browser and is taken over by the next page as those
    /// of spans are: a server counts it once. One that has been started anew after it took it counts it again, from nothing.
    fn losses(&self) -> Option<String> {
        self.has_lost().then(|| {
            let lost = self.queue.borrow_mut().take_lost();
            metrics::body(&self.resource, self.status, &lost, &self.since)
        })
    }
}
