//! The session that this window shows, taken apart so that a change redraws only what shows it.

use leptos::prelude::*;

use crate::{
    people::{self, PeopleState, use_people},
    protocol::{
        SessionId,
        workspace::{Member, MemberRole, Session},
    },
    workspace::{WorkspaceState, use_workspace},
};

/// The session that is shown, and what its user is in it.
#[derive(Clone, Copy)]
pub struct Here {
    workspace: WorkspaceState,
    people: PeopleState,
    id: Memo<Option<SessionId>>,
    role: Memo<Option<MemberRole>>,
    members: Memo<Vec<Member>>,
}

impl Here {
    /// Follows the copy of the workspace.
    #[must_use]
    pub fn new() -> Self {
        let workspace = use_workspace();
        Self {
            workspace,
            people: use_people(),
            id: Memo::new(move |_| look(workspace, |session| session.id)),
            role: Memo::new(move |_| look(workspace, |session| session.role)),
            members: Memo::new(move |_| look(workspace, |session| session.members.clone()).unwrap_or_default()),
        }
    }

    /// Which session it is.
    pub fn id(self) -> Option<SessionId> {
        self.id.get()
    }

    /// The same for an event handler.
    pub fn id_now(self) -> Option<SessionId> {
        self.id.get_untracked()
    }

    /// The people in it.
    pub fn members(self) -> Memo<Vec<Member>> {
        self.members
    }

    /// Something of it; reading it in a view follows it.
    pub fn read<T>(self, of: impl FnOnce(&Session) -> T) -> Option<T> {
        look(self.workspace, of)
    }

    /// The same for an event handler.
    pub fn read_now<T>(self, of: impl FnOnce(&Session) -> T) -> Option<T> {
        untrack(|| self.read(of))
    }

    /// Whether the user owns it.
    pub fn is_owner(self) -> bool {
        self.role.get() == Some(MemberRole::Owner)
    }

    /// Whether the user may look and no more.
    pub fn is_read_only(self) -> bool {
        self.role.get().is_some_and(|role| !people::may_type(role))
    }

    /// Whether a member is the user.
    pub fn is_me(self, user_id: &str) -> bool {
        self.people.me().with(|me| me.as_ref().is_some_and(|me| me.id == user_id))
    }
}

/// The session that is shown; there from the root component on.
#[must_use]
pub fn use_here() -> Here {
    expect_context()
}

fn look<T>(workspace: WorkspaceState, of: impl FnOnce(&Session) -> T) -> Option<T> {
    workspace.view().with(|view| view.as_ref().and_then(|view| view.active_session()).map(of))
}
