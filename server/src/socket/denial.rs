//! What a window is told when something is not done in a session.

use app::protocol::{Refusal, RefusalCode};

use crate::workspace::Denied;

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        let message = format!("{}.", sentence(&denied.to_string()));
        let refused = |code| Self::new(code, message.clone());
        match denied {
            Denied::NoSession => Self::not_found("sessionId", "session"),
            Denied::NoTab => Self::not_found("tabId", "tab"),
            Denied::NoPane => Self::not_found("paneId", "pane"),
            Denied::NoOtherPane => Self { field: Some("otherPaneId".to_owned()), ..refused(RefusalCode::NotFound) },
            Denied::OnlyLook
            | Denied::OnlyOwner
            | Denied::OnlyTerminal
            | Denied::NotForGuests
            | Denied::NoObservers
            | Denied::NoCollaborators => refused(RefusalCode::Forbidden),
            Denied::NoMember => Self::not_found("userId", "member"),
            Denied::NotAsking => Self { field: Some("userId".to_owned()), ..refused(RefusalCode::NotFound) },
            Denied::NoSuchRole => Self::invalid("role", message),
            Denied::BadMaxUsers => Self::invalid("settings.maxUsers", message),
            Denied::Opening
            | Denied::ClosedMeanwhile
            | Denied::NoNeighbour
            | Denied::OwnerAway
            | Denied::OwnerStays
            | Denied::GuestCannotOwn => refused(RefusalCode::Conflict),
            Denied::Occupied(terminal) => refused(RefusalCode::Conflict).about(terminal),
            Denied::NoRatio => Self::invalid("ratio", message),
            Denied::TooLong { field, .. } => Self::invalid(field, message),
            Denied::TooManyTabs
            | Denied::TooManyPanes
            | Denied::TooManyPanesInAll
            | Denied::TooManySessions
            | Denied::TooManyAsking
            | Denied::Full(_) => refused(RefusalCode::LimitReached),
        }
    }
}

/// An error's text as a person reads it.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
