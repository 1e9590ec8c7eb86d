//! Who may do what in a session: the one place where that is decided.

use app::protocol::workspace::MemberRole;

macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident),+ $(,)?) => {
        /// What a member may want to do in a session.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Action { $($(#[$doc])* $action),+ }

        impl Action {
            /// All of them.
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$action),+];
        }
    };
}

actions! {
    /// See tabs and panes, and what terminals show.
    Look,
    /// Be shown another tab.
    SwitchTab,
    /// Be in a pane, which others see.
    Focus,
    /// Read messages, and say how far one has read.
    Read,
    /// Send a message.
    Say,
    /// Be no member any more.
    Leave,
    /// Make, name, move and close tabs.
    ArrangeTabs,
    /// Divide, weigh, zoom, place and close panes.
    ArrangePanes,
    /// Open a terminal.
    OpenTerminal,
    /// Type into a terminal.
    Type,
    /// Say which size a terminal is to have.
    ResizeTerminal,
    /// Close a terminal.
    CloseTerminal,
    /// Change the session's name, description and settings.
    ChangeSession,
    /// End the session for everybody.
    DeleteSession,
    /// Let somebody in who asks, or not.
    DecideJoin,
    /// Give a member another role.
    SetRole,
    /// Put a member out.
    RemoveMember,
    /// Make, list and revoke share links.
    Share,
}

/// Whether a member with that role may do that. Every action is named, so that a new one is denied until it is decided.
#[must_use]
pub fn may(role: MemberRole, action: Action) -> bool {
    match action {
        Action::Look | Action::SwitchTab | Action::Focus | Action::Read | Action::Say | Action::Leave => true,
        Action::ArrangeTabs
        | Action::ArrangePanes
        | Action::OpenTerminal
        | Action::Type
        | Action::ResizeTerminal
        | Action::CloseTerminal => matches!(role, MemberRole::Owner | MemberRole::Collaborator),
        Action::ChangeSession
        | Action::DeleteSession
        | Action::DecideJoin
        | Action::SetRole
        | Action::RemoveMember
        | Action::Share => matches!(role, MemberRole::Owner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Owner, collaborator, viewer.
    const TABLE: &[(Action, [bool; 3])] = &[
        (Action::Look, [true, true, true]),
        (Action::SwitchTab, [true, true, true]),
        (Action::Focus, [true, true, true]),
        (Action::Read, [true, true, true]),
        (Action::Say, [true, true, true]),
        (Action::Leave, [true, true, true]),
        (Action::ArrangeTabs, [true, true, false]),
        (Action::ArrangePanes, [true, true, false]),
        (Action::OpenTerminal, [true, true, false]),
        (Action::Type, [true, true, false]),
        (Action::ResizeTerminal, [true, true, false]),
        (Action::CloseTerminal, [true, true, false]),
        (Action::ChangeSession, [true, false, false]),
        (Action::DeleteSession, [true, false, false]),
        (Action::DecideJoin, [true, false, false]),
        (Action::SetRole, [true, false, false]),
        (Action::RemoveMember, [true, false, false]),
        (Action::Share, [true, false, false]),
    ];

    #[test]
    fn each_role_may_what_the_table_says() {
        for (action, expected) in TABLE {
            let allowed =
                [MemberRole::Owner, MemberRole::Collaborator, MemberRole::Viewer].map(|role| may(role, *action));
            assert_eq!(allowed, *expected, "{action:?}");
        }
    }

    #[test]
    fn the_table_has_every_action_once() {
        assert_eq!(TABLE.iter().map(|(action, _)| *action).collect::<Vec<_>>(), Action::ALL);
    }
}
