//! The browser's half: the only place with JavaScript. It builds the client, hands it to the views and brings the page to
//! life.

mod api;
mod backoff;
mod browser;
mod connection;
mod console;
mod js;
mod screen;
mod telemetry;
mod traces;
mod tracked;

use std::{rc::Rc, sync::Arc};

use app::{
    chat::ChatState,
    client::{Client, ClientContext, Link, LinkStatus, ScreenFocus},
    page::PageConfig,
    people::PeopleState,
    tracking::{NoOpSocketConnectionTracker, Settings, SocketConnectionTracker, Tracker},
    ui::{App, MonitorContext},
    workspace::WorkspaceState,
};
use leptos::prelude::{Effect, Get, Memo, StoredValue, With, provide_context, view};
use wasm_bindgen::prelude::wasm_bindgen;

use self::{
    browser::ThisBrowser,
    connection::{Connection, Parts},
    screen::{Outlets, XtermScreens},
    telemetry::Recorder,
    traces::ServerTraces,
    tracked::{Records, TrackedSocketService},
};

/// Brings the page to life; the page's script calls it once, after the module is there.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    js::csp::install();
    let page = js::page::settings();
    let tracker = tracker_for(&page);
    leptos::mount::hydrate_body(move || {
        // What is made here belongs to the root owner, and lives as long as the page.
        let status = LinkStatus::new();
        let monitor = MonitorContext::new(tracker.clone());
        let (workspace, people, chat) = (WorkspaceState::new(), PeopleState::new(), ChatState::new());
        let recorder = Recorder::new(&page, status);
        let records = Records { tracker: tracker.clone(), recorder: recorder.clone(), monitor };
        let service = TrackedSocketService::new(&page, records, status);
        let link = Link::new(service.clone(), status);
        let outlets = Outlets::new();
        let client = Client {
            link: link.clone(),
            screens: Rc::new(XtermScreens::new(outlets.clone(), link.clone(), service.clone(), workspace)),
            focus: ScreenFocus::new(),
            traces: Rc::new(ServerTraces::new(&page, recorder)),
            browser: Rc::new(ThisBrowser),
        };
        let parts = Parts { page: page.clone(), service: service.clone(), link, workspace, people, chat, outlets };
        let connection = Connection::new(parts);
        provide_context(ClientContext::new_local(client));
        provide_context(page);
        provide_context(monitor);
        provide_context(workspace);
        provide_context(people);
        provide_context(chat);
        StoredValue::new_local((connection.clone(), console::expose(&service)));
        name_session(workspace, service.clone());
        service.load_page();
        connection.attempt();
        view! { <App/> }
    });
}

/// Says on every span which session the window shows.
fn name_session(workspace: WorkspaceState, service: Rc<TrackedSocketService>) {
    let shown = Memo::new(move |_| workspace.view().with(|view| view.as_ref().and_then(|view| view.active_session_id)));
    Effect::new(move || service.show_session(shown.get().map(|id| id.to_string())));
}

/// The tracker that the page's settings ask for.
fn tracker_for(page: &PageConfig) -> Arc<dyn Tracker> {
    if page.tracking.enabled {
        Arc::new(SocketConnectionTracker::new(Settings::from(&page.tracking), &js::random::suffix()))
    } else {
        Arc::new(NoOpSocketConnectionTracker)
    }
}
