//! The rows in sight as a file. What writes them comes with the other later pieces: a page that exports nothing does without.

use leptos::prelude::*;

use crate::{client::SavedFile, monitor::export};

use super::MonitorState;

/// The form of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A list of objects.
    Json,
    /// A table.
    Csv,
}

/// Lets files be saved from now on.
pub fn provide(state: MonitorState) {
    state.saver.set_value(Some(save));
}

/// Offers the rows in sight as a file.
fn save(state: MonitorState, format: Format) {
    const SERVICE: &str = "aetherterm-frontend";
    let mut rows = state.in_sight();
    // A file is read from top to bottom: oldest first.
    rows.reverse();
    let rows: Vec<_> = rows.iter().map(AsRef::as_ref).collect();
    let (name, media_type, text) = match format {
        Format::Json => ("aetherterm-socket.json", "application/json", export::json(rows, SERVICE, state.slow())),
        Format::Csv => ("aetherterm-socket.csv", "text/csv", export::csv(rows, SERVICE, state.slow())),
    };
    state.offer(SavedFile { name, media_type, text: &text });
}
