//! The terminals, and the tabs they are in.

use leptos::{ev, prelude::*};

use crate::{
    client::Progress,
    protocol::{
        TabId,
        workspace::{Pane, Tab},
    },
    workspace::{TerminalState, WorkspaceState, use_workspace},
};

use super::{
    pane::TerminalPane,
    progress::ProgressMark,
    roving,
    text::{Message, use_texts},
};

/// The name of the window as long as no program has named it.
const NAME: &str = "AetherTerm";

/// Where this window is in the workspace.
#[derive(Clone, Copy)]
pub struct Place {
    workspace: WorkspaceState,
    tabs: Memo<Vec<Tab>>,
    chosen: RwSignal<Option<TabId>>,
    shown: Memo<Option<TabId>>,
}

impl Place {
    /// At the tab that the session names, else at its first.
    #[must_use]
    pub fn new() -> Self {
        let workspace = use_workspace();
        let view = workspace.view();
        let session = move || view.with(|view| view.as_ref().and_then(|view| view.active_session()).cloned());
        let tabs = Memo::new(move |_| session().map(|session| session.tabs).unwrap_or_default());
        let chosen = RwSignal::new(None);
        let shown = Memo::new(move |_| {
            let is_there = |id: &TabId| tabs.with(|tabs| tabs.iter().any(|tab| tab.id == *id));
            let named = || session().and_then(|session| session.active_tab_id);
            let first = || tabs.with(|tabs| tabs.first().map(|tab| tab.id));
            chosen.get().filter(is_there).or_else(|| named().filter(is_there)).or_else(first)
        });
        Self { workspace, tabs, chosen, shown }
    }

    /// The panes of the tab that is shown.
    #[must_use]
    pub fn panes(self) -> Vec<Pane> {
        let shown = self.shown.get();
        self.tabs
            .with(|tabs| tabs.iter().find(|tab| Some(tab.id) == shown).map(|tab| tab.panes.clone()).unwrap_or_default())
    }

    /// What is known of the terminal in the first of those panes.
    #[must_use]
    pub fn terminal(self) -> Option<TerminalState> {
        Some(self.workspace.terminal(self.panes().first()?.terminal_id?))
    }

    /// Its columns and rows.
    #[must_use]
    pub fn size(self) -> Option<(u16, u16)> {
        self.terminal()?.size.get()
    }

    /// How far the program of a tab says it has come.
    fn progress(self, tab: &Tab) -> Option<Progress> {
        self.workspace.terminal(tab.panes.first()?.terminal_id?).progress.get()
    }

    /// Whether the shell of a tab runs; nothing is known of a tab without one.
    fn state(self, tab: &Tab) -> Option<&'static str> {
        let terminal = tab.panes.first()?.terminal_id?;
        Some(if self.workspace.terminal(terminal).ended.with(Option::is_none) { "running" } else { "ended" })
    }

    /// What to call a tab: as its program says, else by its own title.
    fn title(self, tab: &Tab) -> String {
        let terminal = tab.panes.first().and_then(|pane| pane.terminal_id);
        let named = terminal.and_then(|terminal| self.workspace.terminal(terminal).title.get());
        named.filter(|title| !title.is_empty()).unwrap_or_else(|| tab.title.clone())
    }
}

/// Where this window is; there from the root component on.
#[must_use]
pub fn use_place() -> Place {
    expect_context()
}

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

/// The tabs of the session.
#[component]
pub fn Tabs() -> impl IntoView {
    let text = use_texts();
    let place = use_place();
    view! {
        <div
            class="tabs"
            role="tablist"
            aria-label=text.of(Message::Tabs)
            on:keydown=move |event: ev::KeyboardEvent| roving::step(&event)
        >
            <For each=move || place.tabs.get() key=|tab| tab.id let:tab>
                {
                    let id = tab.id;
                    let chosen = move || place.shown.get() == Some(id);
                    // The list is drawn by id: what a tab says of itself is read where it is shown.
                    let tab = move || {
                        place.tabs.with(|tabs| tabs.iter().find(|tab| tab.id == id).cloned()).unwrap_or_else(|| tab.clone())
                    };
                    let progress = {
                        let tab = tab.clone();
                        Signal::derive(move || place.progress(&tab()))
                    };
                    let title = {
                        let tab = tab.clone();
                        move || place.title(&tab())
                    };
                    view! {
                        <button
                            class="tab"
                            role="tab"
                            aria-controls="work"
                            aria-selected=move || chosen().to_string()
                            tabindex=move || if chosen() { "0" } else { "-1" }
                            data-state=move || place.state(&tab())
                            on:click=move |_| place.chosen.set(Some(id))
                        >
                            <span class="dot" aria-hidden="true"></span>
                            <span class="tab__title">{title}</span>
                            <ProgressMark progress/>
                        </button>
                    }
                }
            </For>
        </div>
    }
}

/// The panes of the tab that is shown.
#[component]
pub fn Work() -> impl IntoView {
    let text = use_texts();
    let place = use_place();
    let none = Memo::new(move |_| place.panes().is_empty());
    view! {
        <main class="work" id="work" tabindex="-1">
            <Show when=move || none.get()>
                <p class="work__none" role="status">{text.of(Message::NoSession)}</p>
            </Show>
            <For each=move || place.panes() key=|pane| pane.id let:pane>
                <TerminalPane pane/>
            </For>
        </main>
    }
}
