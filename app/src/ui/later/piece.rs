//! The pieces of the page that come later, and the one function from which all of their code hangs.

use leptos::{prelude::*, wasm_split::SplitLoaderError};

use crate::{
    protocol::{PaneId, TabId},
    workspace::{Divider, TerminalState},
};

use super::super::{
    chat::ChatPanel,
    confirm::ConfirmDialog,
    dock::{DockEdge, Tool, use_dock},
    guest::{Gate, GuestBar},
    key_bar::KeyCaps,
    monitor::{SocketTrackingMonitor, provide_saving, use_monitor_state},
    palette::Palette,
    pane::{FindBar, HeadItems, Held, Notes, PasteQuestion},
    people::{AskingBar, PeoplePanel, ShareDialog},
    presence::Presence,
    session::{SessionDialog, SessionEntries},
    settings::SettingsDialog,
    status_bar::StatusItems,
    traces::TraceView,
    work::{DividerLine, Dragging, TabHandle},
};

/// A piece of the page that comes later.
#[derive(Clone, Copy)]
pub enum Piece {
    /// What a tool of the dock shows.
    Panel(Tool),
    /// The edge by which the dock is made wider or narrower.
    DockEdge,
    /// All dialogs of the page, closed or as they have been asked for.
    Dialogs,
    /// What a guest is told who is in.
    GuestBar,
    /// What a guest is told who is not in.
    Gate,
    /// The keys for touch screens.
    KeyCaps,
    /// The people in the top bar.
    Presence,
    /// What stands in the head of a pane.
    HeadItems(PaneId, Signal<Option<TerminalState>>),
    /// The entries of the sessions' menu.
    SessionEntries,
    /// What the status bar says.
    StatusItems,
    /// Those who ask to come in.
    AskingBar,
    /// What a pane has to say of its input and of its end.
    Notes(Held),
    /// A tab, which may be dragged.
    Tab(TabId, Dragging),
    /// The line between two parts of a split.
    Divider(Divider),
    /// The search in a pane.
    FindBar(Held),
    /// The question before a paste.
    PasteQuestion(Held),
}

/// Makes a piece; a pointer into what was fetched.
pub type Make = fn(Piece) -> AnyView;

/// Fetches the pieces. The tool that splits the release looks for this function: what only it needs goes into a file of its own.
///
/// # Errors
///
/// Where the file cannot be fetched. The next call tries anew.
#[cfg(feature = "split")]
#[leptos::wasm_split::wasm_split(later, wasm_split_path = ::leptos::wasm_split, fallible)]
pub fn fetch() -> Result<Make, SplitLoaderError> {
    Ok(make)
}

/// Does nothing: the pieces are there from the beginning.
///
/// # Errors
///
/// Never; a release has to fetch them.
#[cfg(not(feature = "split"))]
pub async fn fetch() -> Result<Make, SplitLoaderError> {
    Ok(make)
}

fn make(piece: Piece) -> AnyView {
    match piece {
        Piece::Panel(tool) => panel(tool),
        Piece::DockEdge => view! { <DockEdge/> }.into_any(),
        Piece::Dialogs => dialogs(),
        Piece::GuestBar => view! { <GuestBar/> }.into_any(),
        Piece::Gate => view! { <Gate/> }.into_any(),
        Piece::KeyCaps => view! { <KeyCaps/> }.into_any(),
        Piece::Presence => view! { <Presence/> }.into_any(),
        Piece::HeadItems(pane, state) => view! { <HeadItems pane state/> }.into_any(),
        Piece::Notes(attachment) => view! { <Notes attachment/> }.into_any(),
        Piece::Tab(tab, dragging) => view! { <TabHandle tab dragging/> }.into_any(),
        Piece::Divider(line) => view! { <DividerLine line/> }.into_any(),
        Piece::SessionEntries => view! { <SessionEntries/> }.into_any(),
        Piece::StatusItems => view! { <StatusItems/> }.into_any(),
        Piece::AskingBar => view! { <AskingBar/> }.into_any(),
        Piece::FindBar(attachment) => view! { <FindBar attachment/> }.into_any(),
        Piece::PasteQuestion(attachment) => view! { <PasteQuestion attachment/> }.into_any(),
    }
}

fn dialogs() -> AnyView {
    // By now the palette's commands have all that they need.
    provide_saving(use_monitor_state());
    view! {
        <Palette/>
        <SettingsDialog/>
        <SessionDialog/>
        <ShareDialog/>
        <ConfirmDialog/>
    }
    .into_any()
}

fn panel(tool: Tool) -> AnyView {
    let dock = use_dock();
    let chosen = Signal::derive(move || dock.chosen() == tool);
    let shown = Signal::derive(move || dock.shows(tool));
    match tool {
        Tool::Monitor => view! { <SocketTrackingMonitor shown=chosen/> }.into_any(),
        Tool::Traces => view! { <TraceView shown=chosen/> }.into_any(),
        Tool::People => view! { <PeoplePanel shown/> }.into_any(),
        Tool::Chat => view! { <ChatPanel shown/> }.into_any(),
    }
}
