//! The tab family: screenfuls of a session made, shown, named, moved and closed.

use serde::{Deserialize, Serialize};

use super::{
    SessionId, TabId,
    event::{Request, Subject, event},
    workspace::{Tab, TabKind},
};

/// Asks for a new tab, which comes with one empty pane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TabCreate {
    /// In which session.
    pub session_id: SessionId,
    /// Its title; none to number it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is to hold.
    #[serde(default)]
    pub kind: TabKind,
}

/// There is a new tab; told to the members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TabCreated {
    /// In which session.
    pub session_id: SessionId,
    /// The tab.
    pub tab: Tab,
    /// Its place among the tabs, from 0.
    pub index: usize,
    /// The session's revision with this change.
    pub revision: u64,
}

/// Asks to be shown another tab: of this window alone, and remembered for the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TabSwitch {
    /// Of which session.
    pub session_id: SessionId,
    /// Which.
    pub tab_id: TabId,
}

/// The window shows that tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TabSwitched {
    /// Of which session.
    pub session_id: SessionId,
    /// Which.
    pub tab_id: TabId,
}

/// Asks to take a tab away, with the shells in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TabClose {
    /// Of which session.
    pub session_id: SessionId,
    /// Which.
    pub tab_id: TabId,
    /// The session's revision at which this was decided; refused if the tab has changed after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
}

/// A tab is gone; told to the members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TabClosed {
    /// Of which session.
    pub session_id: SessionId,
    /// Which.
    pub tab_id: TabId,
    /// The session's revision with this change.
    pub revision: u64,
}

/// Asks for another title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TabRename {
    /// Of which session.
    pub session_id: SessionId,
    /// Which.
    pub tab_id: TabId,
    /// The title; an empty one gives the tab its number back.
    pub title: String,
    /// The session's revision at which this was decided; refused if the tab has changed after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
}

/// Asks for another place among the tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TabMove {
    /// Of which session.
    pub session_id: SessionId,
    /// Which.
    pub tab_id: TabId,
    /// The place, from 0; beyond the last is the last.
    pub index: usize,
    /// The session's revision at which this was decided; refused if the row of tabs has changed after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
}

/// A tab has another title or place; told to the members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TabUpdated {
    /// Of which session.
    pub session_id: SessionId,
    /// The tab as it is now.
    pub tab: Tab,
    /// Its place among the tabs, from 0.
    pub index: usize,
    /// The session's revision with this change.
    pub revision: u64,
}

event!(
    TabCreate = "tab_create",
    TabCreated = "tab:created",
    TabSwitch = "tab_switch",
    TabSwitched = "tab:switched",
    TabClose = "tab_close",
    TabClosed = "tab:closed",
    TabRename = "tab_rename",
    TabMove = "tab_move",
    TabUpdated = "tab:updated",
);

impl Request for TabCreate {
    type Response = TabCreated;

    fn subject(&self) -> Subject {
        Subject { session: Some(self.session_id), ..Subject::default() }
    }
}

macro_rules! about_a_tab {
    ($($request:ty => $response:ty),+ $(,)?) => {
        $(
            impl Request for $request {
                type Response = $response;

                fn subject(&self) -> Subject {
                    Subject { session: Some(self.session_id), tab: Some(self.tab_id), ..Subject::default() }
                }
            }
        )+
    };
}

about_a_tab!(
    TabSwitch => TabSwitched,
    TabClose => TabClosed,
    TabRename => TabUpdated,
    TabMove => TabUpdated,
);
