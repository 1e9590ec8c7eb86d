//! The pane family: the places of a tab divided, weighed, shown alone, looked at and closed.

use serde::{Deserialize, Serialize};

use super::{
    PaneId, SessionId, TabId,
    event::{Request, Subject, event},
    layout::{Direction, Layout, Preset},
    workspace::Pane,
};

/// Asks to divide a pane; the new one, empty, comes second.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaneSplit {
    /// Of which session.
    pub session_id: SessionId,
    /// In which tab.
    pub tab_id: TabId,
    /// The pane to divide.
    pub pane_id: PaneId,
    /// Whether the new one stands beside it or below it.
    pub direction: Direction,
    /// The share that the divided pane keeps, clamped to 0.05…0.95; a half when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// The session's revision at which this was decided; refused if the tab has changed after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
}

/// There is a new pane; told to the members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaneCreated {
    /// Of which session.
    pub session_id: SessionId,
    /// In which tab.
    pub tab_id: TabId,
    /// The pane.
    pub pane: Pane,
    /// Where the tab's panes are now.
    pub layout: Layout,
    /// The session's revision with this change.
    pub revision: u64,
}

/// Asks for other shares of the two parts of a split.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaneResize {
    /// Of which session.
    pub session_id: SessionId,
    /// In which tab.
    pub tab_id: TabId,
    /// A pane of the split.
    pub pane_id: PaneId,
    /// A pane on the other side of the divider that is meant: the split is the one that parts the two. When absent it is
    /// the one right around `paneId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_pane_id: Option<PaneId>,
    /// The first part's share, clamped to 0.05…0.95.
    pub ratio: f64,
    /// The session's revision at which this was decided; refused if the tab has changed after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
}

/// Asks to see one pane of a tab alone, or all again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaneZoom {
    /// Of which session.
    pub session_id: SessionId,
    /// In which tab.
    pub tab_id: TabId,
    /// Which.
    pub pane_id: PaneId,
    /// Whether alone.
    pub zoomed: bool,
    /// The session's revision at which this was decided; refused if the tab has changed after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
}

/// Asks to place all panes of a tab anew, in the order in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaneArrange {
    /// Of which session.
    pub session_id: SessionId,
    /// In which tab.
    pub tab_id: TabId,
    /// How.
    pub preset: Preset,
    /// The session's revision at which this was decided; refused if the tab has changed after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
}

/// A pane or the layout around it is not what it was; told to the members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaneUpdated {
    /// Of which session.
    pub session_id: SessionId,
    /// In which tab.
    pub tab_id: TabId,
    /// The pane as it is now; none when only the layout has changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pane: Option<Pane>,
    /// Where the tab's panes are.
    pub layout: Layout,
    /// The pane that is shown alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zoomed_pane_id: Option<PaneId>,
    /// The session's revision with this change.
    pub revision: u64,
}

/// Says which pane a window's user is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaneFocus {
    /// Of which session.
    pub session_id: SessionId,
    /// In which tab.
    pub tab_id: TabId,
    /// Which.
    pub pane_id: PaneId,
}

/// Somebody is in another pane; told to the members, and no change of the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserFocused {
    /// Of which session.
    pub session_id: SessionId,
    /// Who.
    pub user_id: String,
    /// In which tab.
    pub tab_id: TabId,
    /// Which.
    pub pane_id: PaneId,
}

/// Asks to take a pane away, with the shell in it; its space goes to its sibling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaneClose {
    /// Of which session.
    pub session_id: SessionId,
    /// In which tab.
    pub tab_id: TabId,
    /// Which.
    pub pane_id: PaneId,
    /// The session's revision at which this was decided; refused if the tab has changed after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
}

/// A pane is gone; told to the members. A tab's last pane takes its tab along.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaneClosed {
    /// Of which session.
    pub session_id: SessionId,
    /// In which tab.
    pub tab_id: TabId,
    /// Which.
    pub pane_id: PaneId,
    /// Where the others are now; none when it was the last one and its tab is gone with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<Layout>,
    /// The session's revision with this change.
    pub revision: u64,
}

event!(
    PaneSplit = "pane_split",
    PaneCreated = "pane:created",
    PaneResize = "pane_resize",
    PaneZoom = "pane_zoom",
    PaneArrange = "pane_arrange",
    PaneUpdated = "pane:updated",
    PaneFocus = "pane_focus",
    UserFocused = "user:focused",
    PaneClose = "pane_close",
    PaneClosed = "pane:closed",
);

impl super::Notice for PaneUpdated {}
impl super::Notice for UserFocused {}

macro_rules! about_a_pane {
    ($($request:ty => $response:ty),+ $(,)?) => {
        $(
            impl Request for $request {
                type Response = $response;

                fn subject(&self) -> Subject {
                    Subject {
                        session: Some(self.session_id),
                        tab: Some(self.tab_id),
                        pane: Some(self.pane_id),
                        ..Subject::default()
                    }
                }
            }
        )+
    };
}

about_a_pane!(
    PaneSplit => PaneCreated,
    PaneResize => PaneUpdated,
    PaneZoom => PaneUpdated,
    PaneFocus => UserFocused,
    PaneClose => PaneClosed,
);

impl Request for PaneArrange {
    type Response = PaneUpdated;

    fn subject(&self) -> Subject {
        Subject { session: Some(self.session_id), tab: Some(self.tab_id), ..Subject::default() }
    }
}
