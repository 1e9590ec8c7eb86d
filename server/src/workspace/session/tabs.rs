//! What is done to a session's tabs.

use app::protocol::{
    TabId, TerminalId,
    tab::{TabClosed, TabCreated, TabSwitched, TabUpdated},
    workspace::TabKind,
};

use super::{Closed, Session, ids};
use crate::workspace::{Denied, MAX_TITLE, Part, cleaned, tab::Tab};

impl Session {
    /// Makes a tab with one empty pane, last, and shows it to who made it.
    ///
    /// # Errors
    /// There are too many, or the title is too long.
    pub fn create_tab(&mut self, by: &str, title: Option<&str>, kind: TabKind) -> Result<TabCreated, Denied> {
        let title = titled(title.unwrap_or_default())?;
        self.has_room_for_tab()?;
        let mut tab = Tab::new(kind);
        tab.title = title;
        Ok(self.append(tab, by))
    }

    /// Shows a tab to one member, which is no change of the session.
    ///
    /// # Errors
    /// [`Denied::NoTab`].
    pub fn switch_tab(&mut self, by: &str, tab: TabId) -> Result<TabSwitched, Denied> {
        self.index(tab)?;
        self.members.of_mut(by).ok_or(Denied::NoSession)?.tab = Some(tab);
        self.is_unsaved = true;
        Ok(TabSwitched { session_id: self.id, tab_id: tab })
    }

    /// Takes a tab away with all that is in it. Whoever was shown it is shown its neighbour; a new one takes the place of the
    /// last.
    ///
    /// # Errors
    /// [`Denied::NoTab`].
    pub fn close_tab(&mut self, tab: TabId) -> Result<Closed<TabClosed>, Denied> {
        let gone = self.remove_tab(self.index(tab)?);
        let told = TabClosed { session_id: self.id, tab_id: tab, revision: self.change_part(Part::Row) };
        Ok(self.closed(told, gone.terminals().collect()))
    }

    /// Gives a tab another title; an empty one gives it its number back.
    ///
    /// # Errors
    /// [`Denied::NoTab`], or the title is too long.
    pub fn rename_tab(&mut self, tab: TabId, title: &str) -> Result<TabUpdated, Denied> {
        let title = titled(title)?;
        self.tab_mut(tab)?.title = title;
        self.updated(tab, Part::Title(tab))
    }

    /// Puts a tab in another place, from 0; beyond the last is the last.
    ///
    /// # Errors
    /// [`Denied::NoTab`].
    pub fn move_tab(&mut self, tab: TabId, index: usize) -> Result<TabUpdated, Denied> {
        let moved = self.tabs.remove(self.index(tab)?);
        self.tabs.insert(index.min(self.tabs.len()), moved);
        self.updated(tab, Part::Row)
    }

    fn updated(&mut self, tab: TabId, changed: Part) -> Result<TabUpdated, Denied> {
        let index = self.index(tab)?;
        let revision = self.change_part(changed);
        Ok(TabUpdated { session_id: self.id, tab: self.tabs[index].view(), index, revision })
    }

    /// Takes a tab out; its neighbour is shown in its stead.
    pub(super) fn remove_tab(&mut self, index: usize) -> Tab {
        let gone = self.tabs.remove(index);
        let neighbour = self.tabs.get(index).or(self.tabs.last()).map(|tab| tab.id);
        for member in self.members.iter_mut().filter(|member| member.tab == Some(gone.id)) {
            member.tab = neighbour;
        }
        self.clear_focus(&ids(gone.panes()));
        gone
    }

    /// What is left when something was closed: at least one tab.
    pub(super) fn closed<T>(&mut self, told: T, terminals: Vec<TerminalId>) -> Closed<T> {
        // Nobody has made it: everybody is shown the first tab there is, which is this one.
        let made = self.tabs.is_empty().then(|| self.append(Tab::new(TabKind::Terminal), ""));
        Closed { told, made, terminals }
    }
}

/// The title as it is kept; `None` for the tab's number.
fn titled(title: &str) -> Result<Option<String>, Denied> {
    let title = cleaned("title", title, MAX_TITLE)?;
    Ok((!title.is_empty()).then_some(title))
}
