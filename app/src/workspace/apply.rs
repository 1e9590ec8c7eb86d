//! The rules by which the copy follows the server: plain data in, plain data out.

use crate::protocol::{
    PaneId, SessionId, TabId,
    workspace::{Member, Session, Tab, Workspace},
};

use super::Notice;

/// What became of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The copy is as it was: it knows this already, or the notice is about nothing that it holds.
    Unchanged,
    /// The copy has changed.
    Changed,
    /// Something before it is missing: the copy is as it was, and no longer good.
    Gap,
}

/// Takes over one notice. `me` is the user of this window.
///
/// A change of a session is taken when its revision is the next one. An earlier one is known. After a later one, or one
/// that does not fit what is there, everything is to be asked for anew.
pub fn apply(workspace: &mut Workspace, notice: &Notice, me: &str) -> Applied {
    let Some((id, revision)) = notice.revision() else { return tell(workspace, notice, me) };
    let Some(session) = workspace.session_mut(id) else { return Applied::Gap };
    if revision <= session.revision {
        return Applied::Unchanged;
    }
    if revision > session.revision + 1 || change(session, notice, me).is_none() {
        return Applied::Gap;
    }
    session.revision = revision;
    Applied::Changed
}

/// Takes over everything the server has said in answer to a question about it. What notices have told since is not undone,
/// and the window stays where it is as long as that is there.
pub fn renew(workspace: &mut Workspace, answer: Workspace) {
    let before = std::mem::replace(workspace, answer);
    for session in &mut workspace.sessions {
        let Some(known) = before.sessions.iter().find(|known| known.id == session.id) else { continue };
        if known.revision > session.revision {
            session.clone_from(known);
        }
    }
    stay(workspace, &before);
}

/// Keeps the window where it was `before`, as far as that is still there.
pub fn stay(workspace: &mut Workspace, before: &Workspace) {
    if let Some(id) = before.active_session_id.filter(|id| workspace.session_mut(*id).is_some()) {
        workspace.active_session_id = Some(id);
    }
    for session in &mut workspace.sessions {
        let known = before.sessions.iter().find(|known| known.id == session.id);
        let shown = known.and_then(|known| known.active_tab_id).or(session.active_tab_id);
        session.active_tab_id = shown.filter(|id| session.place(*id).is_some());
        if session.active_tab_id.is_none() {
            session.active_tab_id = session.tabs.first().map(|tab| tab.id);
        }
    }
}

/// Takes over a change of a session; `None` when it does not fit.
fn change(session: &mut Session, notice: &Notice, me: &str) -> Option<()> {
    match notice {
        Notice::TabCreated(created) => {
            session.put(created.tab.clone(), created.index);
            session.active_tab_id.get_or_insert(created.tab.id);
        }
        Notice::TabUpdated(updated) => {
            session.tabs.remove(session.place(updated.tab.id)?);
            session.put(updated.tab.clone(), updated.index);
        }
        Notice::TabClosed(closed) => session.close(closed.tab_id)?,
        Notice::PaneCreated(created) => {
            let tab = session.tab_mut(created.tab_id)?;
            tab.panes.retain(|pane| pane.id != created.pane.id);
            tab.panes.push(created.pane.clone());
            tab.layout.clone_from(&created.layout);
            // What has just been made is to be seen.
            tab.zoomed_pane_id = None;
        }
        Notice::Pane(updated) => {
            let tab = session.tab_mut(updated.tab_id)?;
            if let Some(pane) = &updated.pane {
                tab.pane_mut(pane.id)?.clone_from(pane);
            }
            tab.layout.clone_from(&updated.layout);
            tab.zoomed_pane_id = updated.zoomed_pane_id;
        }
        Notice::PaneClosed(closed) => match &closed.layout {
            Some(layout) => {
                let tab = session.tab_mut(closed.tab_id)?;
                tab.panes.retain(|pane| pane.id != closed.pane_id);
                tab.layout.clone_from(layout);
                tab.zoomed_pane_id = tab.zoomed_pane_id.filter(|zoomed| *zoomed != closed.pane_id);
                session.leave_what_is_gone();
            }
            None => session.close(closed.tab_id)?,
        },
        Notice::SessionUpdated(updated) => {
            session.name.clone_from(&updated.name);
            session.description.clone_from(&updated.description);
            session.settings = updated.settings;
        }
        Notice::UserJoined(joined) => session.enroll(&joined.user),
        Notice::UserUpdated(updated) => {
            session.members.clone_from(&updated.members);
            session.role = session.members.iter().find(|member| member.user_id == me)?.role;
        }
        Notice::UserLeft(left) => session.members.retain(|member| member.user_id != left.user_id),
        _ => return None,
    }
    Some(())
}

/// Takes over what is no change of a session.
fn tell(workspace: &mut Workspace, notice: &Notice, me: &str) -> Applied {
    let done = match notice {
        Notice::SessionCreated(created) => {
            workspace.admit(&created.session);
            Some(())
        }
        Notice::SessionJoined(joined) => joined.session.as_ref().map(|session| workspace.admit(session)),
        Notice::SessionLeft(left) => workspace.forget(left.session_id),
        Notice::SessionDeleted(deleted) => workspace.forget(deleted.session_id),
        Notice::JoinRequested(requested) => {
            workspace.session_mut(requested.session_id).map(|session| session.asking.clone_from(&requested.asking))
        }
        Notice::UserPresence(presence) => workspace.session_mut(presence.session_id).and_then(|session| {
            session.member_mut(&presence.user.user_id).map(|member| member.clone_from(&presence.user))
        }),
        Notice::UserFocused(focused) => workspace.session_mut(focused.session_id).and_then(|session| {
            session.member_mut(&focused.user_id).map(|member| member.pane_id = Some(focused.pane_id))
        }),
        Notice::Message(message) => workspace.hear(message.session_id, &message.from.user_id, me),
        Notice::Chat(message) => workspace.hear(message.session_id, &message.from.user_id, me),
        Notice::Read(read) => workspace.session_mut(read.session_id).map(|session| session.unread = read.unread),
        Notice::TabSwitched(switched) => workspace.session_mut(switched.session_id).and_then(|session| {
            session.place(switched.tab_id)?;
            session.active_tab_id = Some(switched.tab_id);
            Some(())
        }),
        Notice::Created(created) => workspace.pane_mut(created.pane_id).map(|pane| {
            pane.terminal_id = Some(created.terminal_id);
        }),
        _ => None,
    };
    if done.is_some() { Applied::Changed } else { Applied::Unchanged }
}

impl Workspace {
    fn session_mut(&mut self, id: SessionId) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.id == id)
    }

    fn pane_mut(&mut self, id: PaneId) -> Option<&mut crate::protocol::workspace::Pane> {
        self.sessions.iter_mut().flat_map(|session| &mut session.tabs).find_map(|tab| tab.pane_mut(id))
    }

    /// Takes a session in, or what is told of it anew; it is shown if there is no other.
    fn admit(&mut self, session: &Session) {
        match self.session_mut(session.id) {
            Some(known) => {
                let shown = known.active_tab_id;
                known.clone_from(session);
                known.active_tab_id = shown.filter(|id| known.place(*id).is_some()).or(known.active_tab_id);
            }
            None => self.sessions.push(session.clone()),
        }
        if let Some(session) = self.session_mut(session.id) {
            session.active_tab_id = session.active_tab_id.or_else(|| session.tabs.first().map(|tab| tab.id));
        }
        if self.active_session().is_none() {
            self.active_session_id = Some(session.id);
        }
    }

    fn forget(&mut self, id: SessionId) -> Option<()> {
        let place = self.sessions.iter().position(|session| session.id == id)?;
        self.sessions.remove(place);
        if self.active_session_id == Some(id) {
            // Which one is shown in its place is the server's choice, which it tells next.
            self.active_session_id = None;
        }
        Some(())
    }

    /// One more message is unread, unless it is one's own.
    fn hear(&mut self, session: SessionId, from: &str, me: &str) -> Option<()> {
        let session = self.session_mut(session).filter(|_| from != me)?;
        session.unread += 1;
        Some(())
    }
}

impl Session {
    fn place(&self, tab: TabId) -> Option<usize> {
        self.tabs.iter().position(|other| other.id == tab)
    }

    fn tab_mut(&mut self, id: TabId) -> Option<&mut Tab> {
        self.tabs.iter_mut().find(|tab| tab.id == id)
    }

    fn member_mut(&mut self, user_id: &str) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.user_id == user_id)
    }

    fn put(&mut self, tab: Tab, index: usize) {
        self.tabs.insert(index.min(self.tabs.len()), tab);
    }

    /// Takes a tab away. A window that showed it shows the one that comes into its place.
    fn close(&mut self, tab: TabId) -> Option<()> {
        let place = self.place(tab)?;
        self.tabs.remove(place);
        if self.active_tab_id == Some(tab) {
            self.active_tab_id = self.tabs.get(place).or(self.tabs.last()).map(|tab| tab.id);
        }
        self.leave_what_is_gone();
        Some(())
    }

    /// Whoever was in a pane that is gone is in none.
    fn leave_what_is_gone(&mut self) {
        let is_there = |id: &PaneId| self.tabs.iter().flat_map(|tab| &tab.panes).any(|pane| pane.id == *id);
        for member in &mut self.members {
            member.pane_id = member.pane_id.filter(is_there);
        }
    }

    fn enroll(&mut self, user: &Member) {
        match self.member_mut(&user.user_id) {
            Some(member) => member.clone_from(user),
            None => self.members.push(user.clone()),
        }
    }
}

impl Tab {
    fn pane_mut(&mut self, id: PaneId) -> Option<&mut crate::protocol::workspace::Pane> {
        self.panes.iter_mut().find(|pane| pane.id == id)
    }
}
