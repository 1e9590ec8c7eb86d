//! The tab family: screenfuls made, shown, named, moved and closed.

use app::protocol::{
    Refusal,
    tab::{TabClose, TabClosed, TabCreate, TabCreated, TabMove, TabRename, TabSwitch, TabSwitched, TabUpdated},
};

use super::{
    answer::Answer,
    traced::Call,
    workspace::{change, close, keep},
};
use crate::workspace::{Action, Part};

/// Makes a tab.
pub(super) fn create(call: &Call, request: TabCreate) -> Result<Answer<TabCreated>, Refusal> {
    let TabCreate { session_id, title, kind } = request;
    let by = call.user().id.clone();
    Ok(change(call, session_id, Action::ArrangeTabs, None, move |session| {
        session.create_tab(&by, title.as_deref(), kind)
    }))
}

/// Shows a tab in this window, and remembers that for the user.
pub(super) fn switch(call: &Call, request: TabSwitch) -> Result<Answer<TabSwitched>, Refusal> {
    let TabSwitch { session_id, tab_id } = request;
    let by = call.user().id.clone();
    Ok(keep(call, session_id, Action::SwitchTab, move |session| session.switch_tab(&by, tab_id)))
}

/// Takes a tab away with the shells in it.
pub(super) fn remove(call: &Call, request: TabClose) -> Result<Answer<TabClosed>, Refusal> {
    let TabClose { session_id, tab_id, revision } = request;
    let seen = Part::Tab(tab_id).at(revision);
    Ok(close(call, session_id, Action::ArrangeTabs, seen, move |session| session.close_tab(tab_id)))
}

/// Gives a tab another title.
pub(super) fn rename(call: &Call, request: TabRename) -> Result<Answer<TabUpdated>, Refusal> {
    let TabRename { session_id, tab_id, title, revision } = request;
    let seen = Part::Title(tab_id).at(revision);
    Ok(change(call, session_id, Action::ArrangeTabs, seen, move |session| session.rename_tab(tab_id, &title)))
}

/// Gives a tab another place.
pub(super) fn relocate(call: &Call, request: TabMove) -> Result<Answer<TabUpdated>, Refusal> {
    let TabMove { session_id, tab_id, index, revision } = request;
    let seen = Part::Row.at(revision);
    Ok(change(call, session_id, Action::ArrangeTabs, seen, move |session| session.move_tab(tab_id, index)))
}
