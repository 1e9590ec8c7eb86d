//! The binary tree that places a tab's panes.

use serde::{Deserialize, Serialize};

use super::PaneId;

/// Where the panes of a tab are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Layout {
    /// One pane.
    Pane {
        /// Which.
        pane: PaneId,
    },
    /// Two parts side by side or one above the other.
    Split {
        /// How they stand to each other.
        split: Direction,
        /// The first part's share of the space, 0.05…0.95.
        ratio: f64,
        /// Left or top.
        first: Box<Layout>,
        /// Right or bottom.
        second: Box<Layout>,
    },
}

/// How the two parts of a split stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Left and right.
    Horizontal,
    /// Top and bottom.
    Vertical,
}

/// A way to place all panes of a tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// The splits as they are, every pane with the same share of each.
    Even,
    /// Side by side.
    Row,
    /// One above the other.
    Column,
    /// In rows and columns.
    Grid,
}
