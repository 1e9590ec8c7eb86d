//! Takes finished spans: to the exporter's queue, and into a short memory that shows them in the page at once. Takes what is
//! counted and measured as well.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use app::{
    client::LinkStatus,
    page::PageConfig,
    trace::{
        TraceId,
        otlp::{Resource, ResourceSpans, Span},
    },
    tracking::meter::Meter,
};
use leptos::prelude::GetUntracked;

use super::{
    batch::{ClockDifference, grouped},
    exporter::Exporter,
    metrics::Metrics,
    resource,
};

/// How many finished spans the page remembers for its own trace view; the server has the others.
const REMEMBERED: usize = 512;

/// Where finished spans go.
pub struct Recorder {
    recent: RefCell<VecDeque<Span>>,
    resource: Resource,
    status: LinkStatus,
    exporter: Option<Rc<Exporter>>,
    metrics: Option<Rc<Metrics>>,
}

impl Recorder {
    /// A recorder with the exporter that the page's settings ask for.
    pub fn new(page: &PageConfig, status: LinkStatus) -> Self {
        let resource = resource::of_this_window();
        let posts = page.tracking.enabled && page.telemetry.enabled;
        let exporter = posts.then(|| Exporter::new(page, resource.clone(), status));
        let metrics = (posts && page.tracking.metrics).then(|| Metrics::new(page, resource.clone(), status));
        Self { recent: RefCell::default(), resource, status, exporter, metrics }
    }

    /// Takes a finished span.
    pub fn record(&self, span: Span) {
        let mut recent = self.recent.borrow_mut();
        if recent.len() == REMEMBERED {
            recent.pop_front();
        }
        if let Some(exporter) = &self.exporter {
            recent.push_back(span.clone());
            exporter.push(span);
        } else {
            recent.push_back(span);
        }
    }

    /// Writes down what is counted and measured, where that is wanted.
    pub fn measure(&self, write: impl FnOnce(&mut Meter)) {
        if let Some(metrics) = &self.metrics {
            metrics.record(write);
        }
    }

    /// The page's own spans of a trace, in the server's time; none when it has none.
    pub fn recent(&self, trace_id: TraceId) -> Option<ResourceSpans> {
        let recent = self.recent.borrow();
        let spans: Vec<Span> = recent.iter().filter(|span| span.trace_id == trace_id).cloned().collect();
        (!spans.is_empty()).then(|| grouped(&self.resource, &spans, clock_difference(self.status)))
    }
}

/// What the link has measured of the two clocks.
pub(super) fn clock_difference(status: LinkStatus) -> Option<ClockDifference> {
    let offset_ms = status.clock_offset_ms.get_untracked()?;
    let round_trip_ms = status.round_trip_ms.get_untracked()?;
    Some(ClockDifference { offset_ms, round_trip_ms })
}
