//! The Socket Monitor: the state of the link, what waits, what happened and the figures per event. It only draws;
//! following requests is the tracker's, keeping rows the journal's.

mod activity;
mod context;
mod empty;
mod events;
mod filter;
mod list;
mod pending;
mod row;
mod saving;
mod spark;
mod state;
mod stats;

pub use context::{MonitorContext, TrackedSocket, use_tracked_socket};
pub use saving::{Format, provide as provide_saving};
pub use state::{MonitorState, use_monitor_state};

use leptos::prelude::*;

use activity::Activity;
use events::EventTable;
use pending::PendingList;
use stats::{LinkFacts, Stats};

/// The monitor as a tool of the dock.
#[component]
pub fn SocketTrackingMonitor(
    /// Whether it is in sight; out of sight it computes nothing.
    shown: Signal<bool>,
) -> impl IntoView {
    let state = use_monitor_state();
    state.live_while(shown);
    view! {
        <Stats/>
        <LinkFacts/>
        <PendingList/>
        <Activity shown/>
        <EventTable/>
    }
}
