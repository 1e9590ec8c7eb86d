//! The terminals, and the tabs they are in.

mod arranger;
mod deed;
mod divider;
mod drag;
mod dragging;
mod growth;
mod place;
mod tabs;

pub use arranger::{Arranger, use_arranger};
pub use deed::Deed;
pub use divider::DividerLine;
pub use dragging::Dragging;
pub use place::{Area, Place, nobody_has_the_keyboard, use_place};
pub use tabs::{TabHandle, Tabs};

use leptos::{ev, html, prelude::*};

use crate::{client::Progress, protocol::PaneId, workspace::Divider};

use super::{
    later::{Late, Piece},
    pane::TerminalPane,
    session::NoSession,
    shortcuts::Keys,
};

/// The name of the window as long as no program has named it.
const NAME: &str = "AetherTerm";

/// How many panes beside those that can be seen keep their screen: going back to one is a matter of showing it. Of the others
/// the page keeps nothing, and asks for a snapshot when they are shown again.
const KEPT: usize = 24;

/// Keeps the window's name in step with the terminal that is shown: what it does, and how far it is with it.
pub fn name_the_window() {
    let place = use_place();
    Effect::new(move || {
        let terminal = place.terminal();
        let title = terminal.as_ref().and_then(|terminal| terminal.title.get()).filter(|title| !title.is_empty());
        let percent = terminal.and_then(|terminal| terminal.progress.get()).and_then(Progress::percent);
        let percent = percent.map(|percent| format!("{percent}% ")).unwrap_or_default();
        document().set_title(&match title {
            Some(title) => format!("{percent}{title} – {NAME}"),
            None => format!("{percent}{NAME}"),
        });
    });
}

/// The panes of the tab that is shown, and of those that were shown before.
///
/// They stand in one flat list in the order of their first showing, each placed by its own rectangle: whatever becomes of the
/// layout, no element of a terminal moves in the document, because an emulator that is moved forgets where it was.
#[component]
pub fn Work() -> impl IntoView {
    let place = use_place();
    let keys = Keys::from_context();
    let screens = screens(place);
    let (room, watch) = (NodeRef::<html::Main>::new(), StoredValue::new_local(None));
    Effect::new(move || {
        if let Some(room) = room.get() {
            let resized = Box::new(move |width, height| place.resized(width, height));
            watch.set_value(place.with_client(|client| client.browser.watch_size(&room, resized)));
        }
    });
    let dividers = place.dividers();
    let none = Memo::new(move |_| place.shown().is_none());
    let key = |line: &Divider| (line.first, line.second);
    view! {
        <main
            class="work"
            id="work"
            tabindex="-1"
            node_ref=room
            // Before the emulator, which would send what it does not know as a key of the page.
            on:keydown:capture=move |event: ev::KeyboardEvent| {
                if keys.take(&event) {
                    event.stop_propagation();
                }
            }
        >
            <Show when=move || none.get()>
                <NoSession/>
            </Show>
            <For each=move || screens.get() key=|pane| *pane let:pane>
                <TerminalPane pane/>
            </For>
            <For each=move || dividers.get() key=key let:line>
                <Late piece=Piece::Divider(line)/>
            </For>
        </main>
    }
}

/// The panes that have a screen.
fn screens(place: Place) -> RwSignal<Vec<PaneId>> {
    let screens = RwSignal::new(Vec::new());
    let again = RwSignal::new(());
    Effect::new(move || {
        again.track();
        let visible = place.visible().get();
        let (kept, gone) = screens.with_untracked(|screens: &Vec<PaneId>| {
            let there = |pane: &PaneId| place.has(*pane);
            let mut kept: Vec<_> = screens.iter().copied().filter(there).collect();
            let hidden = kept.iter().filter(|pane| !visible.contains_key(pane)).count();
            for pane in place.longest_unused(hidden.saturating_sub(KEPT), &kept) {
                kept.retain(|other| *other != pane);
            }
            let gone = kept.len() < screens.len();
            (kept, gone)
        });
        let new: Vec<_> = visible.keys().copied().filter(|pane| !kept.contains(pane)).collect();
        if gone {
            screens.set(kept);
            if !new.is_empty() {
                // Taken out and put in at once, the list would move the elements behind.
                request_animation_frame(move || {
                    again.try_set(());
                });
            }
        } else if !new.is_empty() {
            screens.update(|screens| screens.extend(new));
        }
    });
    screens
}
