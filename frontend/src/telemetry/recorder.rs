//! Takes finished spans: to the exporter's queue, and into a short memory that shows them in the page at once. Takes what is
//! counted and measured as well.

use std::{
    cell::RefCell,
    collections::VecDeque,
    rc::{Rc, Weak},
};

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

use crate::js::listener::Listener;

use super::{
    batch::{ClockDifference, grouped},
    exporter::Exporter,
    metrics::Metrics,
    outliving::Outliving,
    resource,
    vitals::Vitals,
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
    vitals: Option<Vitals>,
    _going: RefCell<Vec<Listener>>,
}

impl Recorder {
    /// A recorder with the exporter that the page's settings ask for.
    pub fn new(page: &PageConfig, status: LinkStatus) -> Rc<Self> {
        let resource = resource::of_this_window();
        let outliving = Rc::new(Outliving::default());
        let posts = page.tracking.enabled && page.telemetry.enabled;
        let measures = posts && page.tracking.metrics;
        let metrics = measures.then(|| Metrics::new(page, resource.clone(), status, outliving.clone()));
        let exporter = posts.then(|| Exporter::new(page, resource.clone(), status, measures, outliving));
        let vitals = metrics.as_ref().and_then(|_| Vitals::watch());
        let (recent, _going) = (RefCell::default(), RefCell::default());
        let recorder = Rc::new(Self { recent, resource, status, exporter, metrics, vitals, _going });
        recorder._going.replace(Self::follow(&Rc::downgrade(&recorder)));
        recorder
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

    /// Listens to the page's going and coming; `unload` would keep it out of the back/forward cache.
    fn follow(this: &Weak<Self>) -> Vec<Listener> {
        let (seen, gone) = (this.clone(), this.clone());
        let part = |recorder: &Self| {
            recorder.vitals.iter().for_each(|vitals| recorder.measure(|meter| vitals.tell(meter)));
            // What is counted first: it is small, and there is room for so much only.
            recorder.metrics.iter().for_each(|metrics| metrics.part());
            recorder.exporter.iter().for_each(|exporter| exporter.part());
        };
        vec![
            Listener::on_visibility(move |hidden| match seen.upgrade() {
                Some(recorder) if hidden => part(&recorder),
                Some(recorder) => recorder.exporter.iter().for_each(|exporter| exporter.return_to()),
                None => {}
            }),
            Listener::on_window("pagehide", move |_| {
                if let Some(recorder) = gone.upgrade() {
                    part(&recorder);
                }
            }),
        ]
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
