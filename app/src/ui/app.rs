//! The root component: what all others find in their context, and the grid they stand in.

use leptos::{ev, prelude::*};

use crate::{
    client::{LinkStatus, use_client},
    page::{PageConfig, PageView},
};

use super::{
    confirm::Confirm,
    connection::ConnectionBanner,
    dock::{Dock, DockState},
    guest::tell_news,
    here::{Here, use_here},
    key_bar::KeyBar,
    later::{Late, Later, Piece},
    monitor::MonitorState,
    palette::PaletteState,
    pane::FindState,
    people::ShareState,
    preferences::Preferences,
    session::SessionActions,
    settings::{SettingsState, use_settings},
    shortcuts::Keys,
    status_bar::StatusBar,
    text::{Message, Texts},
    toasts::{ToastStack, Toasts},
    top_bar::TopBar,
    work::{Arranger, Place, Work, name_the_window},
};

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let page = use_context::<PageConfig>().unwrap_or_default();
    let view = page.view;
    let preferences = Preferences::new(&page);
    let dock = DockState::new();
    let palette = PaletteState::new();
    let text = Texts(preferences.language());
    provide_context(MonitorState::new(&page));
    provide_context(page);
    provide_context(preferences);
    provide_context(text);
    provide_context(dock);
    provide_context(palette);
    provide_context(SettingsState::new());
    provide_context(FindState::new());
    let place = Place::new();
    provide_context(place);
    provide_context(Toasts::new());
    provide_context(Confirm::new());
    provide_context(Here::new());
    provide_context(ShareState::new());
    provide_context(SessionActions::from_context());
    provide_context(Arranger::new());
    provide_context(use_client().map_or_else(LinkStatus::new, |client| client.link.status()));
    let later = Later::from_context();
    provide_context(later);
    preferences.follow(dock);
    use_settings().follow();
    place.follow();
    later.follow();
    Keys::from_context().follow();
    name_the_window();
    tell_news();

    let here = use_here();
    let read_only = move || here.is_read_only().then_some("");
    let workspace = view == PageView::Workspace;
    let view_word = match view {
        PageView::Workspace => "workspace",
        PageView::Monitor => "monitor",
    };
    view! {
        <div
            class="app"
            data-view=view_word
            data-dock=move || dock.word()
            data-readonly=read_only
            // Before the dialog that has just opened: what was typed ahead of it comes first.
            on:keydown:capture=move |event: ev::KeyboardEvent| {
                if later.keep(&event) {
                    event.stop_propagation();
                }
            }
        >
            {workspace.then(|| view! { <a class="skip" href="#work">{text.of(Message::SkipToTerminal)}</a> })}
            <TopBar/>
            <div class="bars">
                {workspace.then(|| view! { <Late piece=Piece::GuestBar/> })}
                <Late piece=Piece::AskingBar/>
            </div>
            {workspace.then(|| view! { <Work/> })}
            <Dock/>
            {workspace.then(|| view! { <KeyBar/> })}
            <StatusBar/>
            {workspace.then(|| view! { <Late piece=Piece::Gate/> })}
            <ConnectionBanner/>
            <ToastStack/>
            <Late piece=Piece::Dialogs/>
        </div>
    }
}
