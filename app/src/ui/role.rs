//! The words for what a member may do.

use crate::protocol::workspace::MemberRole;

use super::text::Message;

/// Its name for a person.
pub const fn name(role: MemberRole) -> Message {
    match role {
        MemberRole::Owner => Message::RoleOwner,
        MemberRole::Collaborator => Message::RoleCollaborator,
        MemberRole::Viewer => Message::RoleViewer,
    }
}

/// The value of a control.
pub const fn word(role: MemberRole) -> &'static str {
    match role {
        MemberRole::Owner => "owner",
        MemberRole::Collaborator => "collaborator",
        MemberRole::Viewer => "viewer",
    }
}

/// All of them, by how much they allow.
pub const ALL: [MemberRole; 3] = [MemberRole::Owner, MemberRole::Collaborator, MemberRole::Viewer];

/// The role that a word names.
pub fn from_word(text: &str) -> Option<MemberRole> {
    ALL.into_iter().find(|role| word(*role) == text)
}
