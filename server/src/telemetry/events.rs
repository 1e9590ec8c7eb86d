//! Ended requests, told as the founding notes' trace events: in log records, and to the exporters of others.

use app::protocol::clock::ClockProbe;
use app::protocol::event::Event;
use app::tracking::{Micros, Settled, SocketTraceEvent};

use super::exporter::Exporters;
use super::logs::{Logs, event};
use super::record::Record;

/// Who is told.
#[derive(Debug)]
pub(super) struct Events {
    /// None where events become no log records.
    pub(super) logs: Option<Logs>,
    pub(super) exporters: Exporters,
    /// From which duration on an answer is slow.
    pub(super) slow: Micros,
}

impl Events {
    /// Whether anybody listens.
    pub(super) fn are_wanted(&self) -> bool {
        self.logs.is_some() || !self.exporters.is_empty()
    }

    /// Tells of a request of the server's tracker. What measures the clock is no activity.
    pub(super) fn tell(&self, settled: &Settled) {
        if !self.are_wanted() || settled.request.event_name == ClockProbe::NAME {
            return;
        }
        let event = SocketTraceEvent::new(settled, self.slow);
        if let Some(logs) = &self.logs {
            logs.event(&event, settled.context.is_some_and(|context| context.sampling.is_sampled()));
        }
        self.exporters.tell(&event);
    }

    /// The log records that follow from a page's spans.
    pub(super) fn of_page(&self, spans: &[Record]) -> Vec<Record> {
        if self.logs.is_some() { event::of_page(spans, self.slow) } else { Vec::new() }
    }
}
