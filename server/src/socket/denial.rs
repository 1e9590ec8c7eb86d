//! What a window is told when something is not done in a session.

use app::protocol::{Refusal, RefusalCode};

use crate::workspace::Denied;

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        let message = format!("{}.", sentence(&denied.to_string()));
        let refused = |code| Self::new(code, message.clone());
        // The field is by what a page in another language knows what is meant.
        let about = |code, field: &str| Self { field: Some(field.to_owned()), ..refused(code) };
        match denied {
            Denied::NoSession => Self::not_found("sessionId", "session"),
            Denied::NoTab => Self::not_found("tabId", "tab"),
            Denied::NoPane => Self::not_found("paneId", "pane"),
            Denied::NoOtherPane => about(RefusalCode::NotFound, "otherPaneId"),
            Denied::OnlyLook | Denied::OnlyOwner | Denied::OnlyTerminal | Denied::NotForGuests => {
                refused(RefusalCode::Forbidden)
            }
            Denied::NoObservers | Denied::NoCollaborators => about(RefusalCode::Forbidden, "role"),
            Denied::NoMember => Self::not_found("userId", "member"),
            Denied::NotAsking => about(RefusalCode::NotFound, "userId"),
            Denied::NoSuchRole => Self::invalid("role", message),
            Denied::BadMaxUsers => Self::invalid("settings.maxUsers", message),
            Denied::Opening | Denied::ClosedMeanwhile | Denied::NoNeighbour => refused(RefusalCode::Conflict),
            Denied::Stale => about(RefusalCode::Conflict, "revision"),
            Denied::OwnerAway => about(RefusalCode::Conflict, "sessionId"),
            Denied::OwnerStays => about(RefusalCode::Conflict, "userId"),
            Denied::GuestCannotOwn => about(RefusalCode::Conflict, "role"),
            Denied::Occupied(terminal) => refused(RefusalCode::Conflict).about(terminal),
            Denied::NoRatio => Self::invalid("ratio", message),
            Denied::TooLong { field, .. } => Self::invalid(field, message),
            Denied::TooManyTabs | Denied::TooManyPanes | Denied::TooManyPanesInAll | Denied::TooManySessions => {
                refused(RefusalCode::LimitReached)
            }
            Denied::TooManyAsking => about(RefusalCode::LimitReached, "asking"),
            Denied::Full(_) => about(RefusalCode::LimitReached, "sessionId"),
        }
    }
}

/// An error's text as a person reads it.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
