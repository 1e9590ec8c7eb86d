//! The pane family: places divided, weighed, shown alone, placed anew, looked at and closed.

use std::sync::Arc;

use app::protocol::{
    Refusal,
    pane::{
        PaneArrange, PaneClose, PaneClosed, PaneCreated, PaneFocus, PaneResize, PaneSplit, PaneUpdated, PaneZoom,
        UserFocused,
    },
};

use super::{
    answer::Answer,
    traced::Call,
    workspace::{change, close},
};
use crate::workspace::{Action, Part, Session};

/// Divides a pane.
pub(super) fn split(call: &Call, request: PaneSplit) -> Result<Answer<PaneCreated>, Refusal> {
    let PaneSplit { session_id, tab_id, pane_id, direction, ratio, revision } = request;
    let seen = Part::Tab(tab_id).at(revision);
    Ok(change(call, session_id, Action::ArrangePanes, seen, move |session| {
        session.split(tab_id, pane_id, direction, ratio)
    }))
}

/// Moves a divider.
pub(super) fn resize(call: &Call, request: PaneResize) -> Result<Answer<PaneUpdated>, Refusal> {
    let PaneResize { session_id, tab_id, pane_id, other_pane_id, ratio, revision } = request;
    let seen = Part::Tab(tab_id).at(revision);
    let resize = move |session: &mut Session| session.resize(tab_id, pane_id, other_pane_id, ratio);
    Ok(change(call, session_id, Action::ArrangePanes, seen, resize))
}

/// Shows one pane alone, or all again.
pub(super) fn zoom(call: &Call, request: PaneZoom) -> Result<Answer<PaneUpdated>, Refusal> {
    let PaneZoom { session_id, tab_id, pane_id, zoomed, revision } = request;
    let seen = Part::Tab(tab_id).at(revision);
    Ok(change(call, session_id, Action::ArrangePanes, seen, move |session| match zoomed {
        true => session.zoom(tab_id, pane_id),
        false => session.unzoom(tab_id, pane_id),
    }))
}

/// Places all panes of a tab anew.
pub(super) fn arrange(call: &Call, request: PaneArrange) -> Result<Answer<PaneUpdated>, Refusal> {
    let PaneArrange { session_id, tab_id, preset, revision } = request;
    let seen = Part::Tab(tab_id).at(revision);
    Ok(change(call, session_id, Action::ArrangePanes, seen, move |session| session.arrange(tab_id, preset)))
}

/// Notes in which pane the user is.
pub(super) fn focus(call: &Call, request: PaneFocus) -> Result<Answer<UserFocused>, Refusal> {
    let PaneFocus { session_id, tab_id, pane_id } = request;
    let (by, window) = (call.user().id.clone(), Arc::clone(&call.client.id));
    Ok(change(call, session_id, Action::Focus, None, move |session| session.focus(&by, window, tab_id, pane_id)))
}

/// Takes a pane away with the shell in it.
pub(super) fn remove(call: &Call, request: PaneClose) -> Result<Answer<PaneClosed>, Refusal> {
    let PaneClose { session_id, tab_id, pane_id, revision } = request;
    let seen = Part::Tab(tab_id).at(revision);
    Ok(close(call, session_id, Action::ArrangePanes, seen, move |session| session.close_pane(tab_id, pane_id)))
}
