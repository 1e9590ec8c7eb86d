//! Traces: which there are, and where the time of one of them went.

mod attributes;
mod filter;
mod ledger;
mod list;
mod state;
mod trace;
mod waterfall;

use leptos::prelude::*;

use super::dock::use_dock;
use filter::TraceFilter;
use ledger::Ledger;
use list::TraceList;
use state::TracesState;
use trace::TracePanel;

/// The traces as a tool of the dock.
#[component]
pub fn TraceView(
    /// Whether it is in sight; out of sight it asks for nothing.
    shown: Signal<bool>,
) -> impl IntoView {
    let state = TracesState::new(use_dock().trace());
    state.live_while(shown);
    provide_context(state);
    view! {
        <TraceFilter/>
        <TraceList/>
        <TracePanel/>
        <Ledger/>
    }
}
