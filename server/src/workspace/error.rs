//! Why something is not done in a session.

use app::protocol::TerminalId;
use thiserror::Error;

use super::{MAX_ASKING, MAX_PANES, MAX_PANES_IN_ALL, MAX_SESSIONS, MAX_TABS, MAX_USERS};

/// Why something is not done in a session; nothing has changed then.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Denied {
    /// No session of that id that the user is a member of.
    #[error("there is no such session")]
    NoSession,
    /// No tab of that id in the session.
    #[error("there is no such tab")]
    NoTab,
    /// No pane of that id in the session, or not in the tab named beside it.
    #[error("there is no such pane")]
    NoPane,
    /// The same of the pane on the other side of a divider.
    #[error("there is no such pane on the other side")]
    NoOtherPane,
    /// A viewer wants to change something.
    #[error("you may only look at this session")]
    OnlyLook,
    /// A collaborator wants what is the owner's.
    #[error("only the owner of the session may do that")]
    OnlyOwner,
    /// What it is about is not what it was when the user decided on it.
    #[error("somebody has changed this since you looked. Look again, then repeat it")]
    Stale,
    /// Another request is just filling the pane.
    #[error("a terminal is just being opened in this pane")]
    Opening,
    /// A terminal lives in the pane.
    #[error("there already is a terminal in this pane")]
    Occupied(TerminalId),
    /// The pane was closed before its terminal was there.
    #[error("the pane was closed while its terminal was being opened")]
    ClosedMeanwhile,
    /// The pane has its tab to itself, so that there is no divider to move.
    #[error("the pane has no neighbour to share its space with")]
    NoNeighbour,
    /// A share that is no number.
    #[error("a ratio is a number")]
    NoRatio,
    /// A text that is too long to be shown.
    #[error("a {field} has at most {most} bytes")]
    TooLong {
        /// The field it was in.
        field: &'static str,
        /// The most bytes.
        most: usize,
    },
    /// A guest who was given one terminal wants something else.
    #[error("you were given one terminal of this session, and nothing else")]
    OnlyTerminal,
    /// A guest wants what is for those who have signed in.
    #[error("guests may not do that")]
    NotForGuests,
    /// No member of that id.
    #[error("there is no such member")]
    NoMember,
    /// Nobody of that id asks to be let in.
    #[error("nobody of that id asks to be let in")]
    NotAsking,
    /// The session lets no viewers in.
    #[error("the owner of this session lets no viewers in")]
    NoObservers,
    /// The session lets no collaborators in.
    #[error("the owner of this session lets no collaborators in")]
    NoCollaborators,
    /// The session is open while its owner is here, who is not.
    #[error("this session is open only while its owner is here; try again later")]
    OwnerAway,
    /// The session has as many people as its owner allows.
    #[error("this session is full: its owner allows {0} people; ask them to make room")]
    Full(u32),
    /// As many ask to be let in as there may be.
    #[error("{MAX_ASKING} people wait to be let in already; try again later")]
    TooManyAsking,
    /// The owner wants to go and leave the session to nobody.
    #[error("a session has an owner: hand it over first, or delete it")]
    OwnerStays,
    /// A session is to be handed to somebody who is gone with a link.
    #[error("a guest cannot own a session")]
    GuestCannotOwn,
    /// A link or member can be given no such role.
    #[error("a share link makes viewers or collaborators, no owners")]
    NoSuchRole,
    /// A setting is out of its range.
    #[error("a session has room for 1 to {MAX_USERS} people")]
    BadMaxUsers,
    /// The user is in as many sessions as one may be.
    #[error("you are in {MAX_SESSIONS} sessions already: leave or delete one first")]
    TooManySessions,
    /// The session has as many tabs as there may be.
    #[error("a session has at most {MAX_TABS} tabs")]
    TooManyTabs,
    /// The tab has as many panes as there may be.
    #[error("a tab has at most {MAX_PANES} panes")]
    TooManyPanes,
    /// All tabs together have as many panes as there may be.
    #[error("a session has at most {MAX_PANES_IN_ALL} panes")]
    TooManyPanesInAll,
}
