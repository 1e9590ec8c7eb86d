//! Why something is not done in a session.

use app::protocol::TerminalId;
use thiserror::Error;

use super::{MAX_PANES, MAX_PANES_IN_ALL, MAX_TABS};

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
