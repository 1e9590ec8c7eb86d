//! What a person can do to tabs and panes: by name in the palette, by key, and by the buttons that stand beside them.

use crate::{
    protocol::layout::{Direction, Preset},
    workspace::Toward,
};

use super::{
    super::{shortcuts, text::Message},
    growth::Growth,
};

/// Something that is done to the tab that is shown, or to the pane that has the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// Make a tab.
    NewTab,
    /// Take the tab away.
    CloseTab,
    /// Give the tab another title.
    RenameTab,
    /// Show the tab after.
    NextTab,
    /// Show the tab before.
    PreviousTab,
    /// Put the tab one place further.
    TabLater,
    /// Put the tab one place back.
    TabEarlier,
    /// Divide the pane; the new one stands at the right.
    SplitRight,
    /// Divide the pane; the new one stands below.
    SplitBelow,
    /// Take the pane away.
    ClosePane,
    /// End the shell of the pane, which stays with what was shown.
    EndShell,
    /// Show the pane alone, or all again.
    ZoomPane,
    /// Go to the pane at the left.
    GoLeft,
    /// Go to the pane at the right.
    GoRight,
    /// Go to the pane above.
    GoUp,
    /// Go to the pane below.
    GoDown,
    /// Give the pane more of the width.
    Wider,
    /// Give the pane less of the width.
    Narrower,
    /// Give the pane more of the height.
    Taller,
    /// Give the pane less of the height.
    Shorter,
    /// Go to the pane that comes next.
    NextPane,
    /// Go to the pane that came before.
    PreviousPane,
    /// Make all panes equally large.
    Even,
    /// Place all panes side by side.
    Row,
    /// Place all panes one above the other.
    Column,
    /// Place all panes in rows and columns.
    Grid,
}

/// What is to be known of a deed.
struct About {
    name: Message,
    id: &'static str,
    shortcut: Option<&'static str>,
}

impl Deed {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 26] = [
        Self::NewTab,
        Self::CloseTab,
        Self::RenameTab,
        Self::NextTab,
        Self::PreviousTab,
        Self::TabLater,
        Self::TabEarlier,
        Self::SplitRight,
        Self::SplitBelow,
        Self::ClosePane,
        Self::EndShell,
        Self::ZoomPane,
        Self::GoLeft,
        Self::GoRight,
        Self::GoUp,
        Self::GoDown,
        Self::Wider,
        Self::Narrower,
        Self::Taller,
        Self::Shorter,
        Self::NextPane,
        Self::PreviousPane,
        Self::Even,
        Self::Row,
        Self::Column,
        Self::Grid,
    ];

    const fn about(self) -> About {
        let (name, id, shortcut) = match self {
            Self::NewTab => (Message::NewTab, "tab-new", Some(shortcuts::NEW_TAB)),
            Self::CloseTab => (Message::CloseTab, "tab-close", None),
            Self::RenameTab => (Message::RenameTab, "tab-rename", None),
            Self::NextTab => (Message::NextTab, "tab-next", Some(shortcuts::NEXT_TAB)),
            Self::PreviousTab => (Message::PreviousTab, "tab-previous", Some(shortcuts::PREVIOUS_TAB)),
            Self::TabLater => (Message::TabLater, "tab-later", Some(shortcuts::TAB_LATER)),
            Self::TabEarlier => (Message::TabEarlier, "tab-earlier", Some(shortcuts::TAB_EARLIER)),
            Self::SplitRight => (Message::SplitRight, "pane-split-right", Some(shortcuts::SPLIT_RIGHT)),
            Self::SplitBelow => (Message::SplitBelow, "pane-split-below", Some(shortcuts::SPLIT_BELOW)),
            Self::ClosePane => (Message::ClosePane, "pane-close", Some(shortcuts::CLOSE_PANE)),
            Self::EndShell => (Message::EndShell, "shell-end", None),
            Self::ZoomPane => (Message::ZoomPane, "pane-zoom", Some(shortcuts::ZOOM)),
            Self::GoLeft => (Message::GoLeft, "pane-left", Some(shortcuts::GO_LEFT)),
            Self::GoRight => (Message::GoRight, "pane-right", Some(shortcuts::GO_RIGHT)),
            Self::GoUp => (Message::GoUp, "pane-up", Some(shortcuts::GO_UP)),
            Self::GoDown => (Message::GoDown, "pane-down", Some(shortcuts::GO_DOWN)),
            Self::Wider => (Message::Wider, "pane-wider", Some(shortcuts::WIDER)),
            Self::Narrower => (Message::Narrower, "pane-narrower", Some(shortcuts::NARROWER)),
            Self::Taller => (Message::Taller, "pane-taller", Some(shortcuts::TALLER)),
            Self::Shorter => (Message::Shorter, "pane-shorter", Some(shortcuts::SHORTER)),
            Self::NextPane => (Message::NextPane, "pane-next", None),
            Self::PreviousPane => (Message::PreviousPane, "pane-previous", None),
            Self::Even => (Message::ArrangeEven, "panes-even", None),
            Self::Row => (Message::ArrangeRow, "panes-row", None),
            Self::Column => (Message::ArrangeColumn, "panes-column", None),
            Self::Grid => (Message::ArrangeGrid, "panes-grid", None),
        };
        About { name, id, shortcut }
    }

    /// Its name for a person.
    pub const fn name(self) -> Message {
        self.about().name
    }

    /// Its name for the document and for the span of what comes of it.
    pub const fn id(self) -> &'static str {
        self.about().id
    }

    /// The keys that do the same.
    pub const fn shortcut(self) -> Option<&'static str> {
        self.about().shortcut
    }

    /// Whether it changes what others see as well: who may only look is not offered it.
    pub const fn arranges(self) -> bool {
        !matches!(
            self,
            Self::NextTab
                | Self::PreviousTab
                | Self::GoLeft
                | Self::GoRight
                | Self::GoUp
                | Self::GoDown
                | Self::NextPane
                | Self::PreviousPane
        )
    }

    /// The direction in which it goes.
    pub const fn toward(self) -> Option<Toward> {
        match self {
            Self::GoLeft => Some(Toward::Left),
            Self::GoRight => Some(Toward::Right),
            Self::GoUp => Some(Toward::Up),
            Self::GoDown => Some(Toward::Down),
            _ => None,
        }
    }

    /// The direction in which it divides.
    pub const fn division(self) -> Option<Direction> {
        match self {
            Self::SplitRight => Some(Direction::Horizontal),
            Self::SplitBelow => Some(Direction::Vertical),
            _ => None,
        }
    }

    /// The direction in which the pane changes, and how.
    pub const fn growth(self) -> Option<(Direction, Growth)> {
        match self {
            Self::Wider => Some((Direction::Horizontal, Growth::More)),
            Self::Narrower => Some((Direction::Horizontal, Growth::Less)),
            Self::Taller => Some((Direction::Vertical, Growth::More)),
            Self::Shorter => Some((Direction::Vertical, Growth::Less)),
            _ => None,
        }
    }

    /// How it places all panes.
    pub const fn preset(self) -> Option<Preset> {
        match self {
            Self::Even => Some(Preset::Even),
            Self::Row => Some(Preset::Row),
            Self::Column => Some(Preset::Column),
            Self::Grid => Some(Preset::Grid),
            _ => None,
        }
    }
}
