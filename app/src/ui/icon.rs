//! The page's drawings, as paths on a grid of 16 by 16.

use leptos::prelude::*;

/// What a drawing shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// A terminal's prompt.
    Prompt,
    /// A panel at the right.
    Dock,
    /// Light colours.
    Sun,
    /// Dark colours.
    Moon,
    /// The system's colours.
    Display,
    /// Languages.
    Globe,
    /// Search.
    Search,
    /// It went well.
    Check,
    /// It failed; close.
    Cross,
    /// It waits.
    Clock,
    /// It came from the server.
    Inbound,
    /// It went to the server.
    Outbound,
    /// Hold the list still.
    Pause,
    /// Let the list run.
    Play,
    /// Take all rows away.
    Trash,
    /// Keep as a file.
    Download,
    /// A broken link.
    Unlink,
    /// A warning.
    Alert,
    /// Settings.
    Sliders,
    /// Further up.
    Up,
    /// Further down.
    Down,
    /// One more.
    Plus,
    /// Two panes side by side.
    SplitRight,
    /// Two panes one above the other.
    SplitBelow,
    /// One pane alone.
    Zoom,
    /// All panes again.
    Unzoom,
    /// The one before.
    Before,
    /// The one after.
    After,
    /// A session.
    Session,
    /// Out of here.
    Leave,
    /// Somebody.
    Person,
    /// An address that leads here.
    Link,
    /// What people say.
    Chat,
    /// A file.
    File,
    /// Something to be heard of.
    Bell,
    /// Off it goes.
    Send,
    /// Look, and no more.
    Eye,
}

impl Glyph {
    const fn path(self) -> &'static str {
        match self {
            Self::Prompt => "m3 5 3 3-3 3M8 11h5",
            Self::Dock => "M2 3h12v10H2zM10 3v10",
            Self::Sun => {
                "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 \
                 11.8 13 13M3 13l1.2-1.2M11.8 4.2 13 3"
            }
            Self::Moon => "M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1z",
            Self::Display => "M2 3h12v8H2zM6 14h4M8 11v3",
            Self::Globe => {
                "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M2 8h12M8 2c3.6 3.4 3.6 8.6 0 12M8 2c-3.6 3.4-3.6 8.6 0 12"
            }
            Self::Search => "M7 3a4 4 0 1 0 0 8 4 4 0 0 0 0-8m3 7 3 3",
            Self::Check => "m3 8 3 3 7-7",
            Self::Cross => "m4 4 8 8M12 4l-8 8",
            Self::Clock => "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3m0 2v3l2 1",
            Self::Inbound => "M8 3v9M4.5 8.5 8 12l3.5-3.5",
            Self::Outbound => "M8 13V4M4.5 7.5 8 4l3.5 3.5",
            Self::Pause => "M6 4v8M10 4v8",
            Self::Play => "m5.5 3.5 6.5 4.5-6.5 4.5z",
            Self::Trash => "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5 5 13h6l.5-8.5M7 7v3.5M9 7v3.5",
            Self::Download => "M8 2.5v7.5M5 7.5l3 3 3-3M3 13h10",
            Self::Unlink => {
                "M6.5 4.5 8 3a3.2 3.2 0 0 1 4.5 4.5L11 9M9.5 11.5 8 13a3.2 3.2 0 0 1-4.5-4.5L5 7M2.5 2.5l11 11"
            }
            Self::Sliders => "M2 4.5h6M12 4.5h2M10 2.700v3.600M2 11.500h2M8 11.500h6M6 9.700v3.600",
            Self::Up => "m4 10 4-4 4 4",
            Self::Down => "m4 6 4 4 4-4",
            Self::Plus => "M8 3.5v9M3.5 8h9",
            Self::SplitRight => "M2.5 3h11v10h-11zM8 3v10",
            Self::SplitBelow => "M2.5 3h11v10h-11zM2.5 8h11",
            Self::Zoom => "M9.5 3H13v3.5M6.5 13H3V9.5M13 3 9 7M3 13l4-4",
            Self::Unzoom => "M9 3.5V7h3.5M7 12.5V9H3.5M9 7l4-4M7 9l-4 4",
            Self::Before => "m10 4-4 4 4 4",
            Self::After => "m6 4 4 4-4 4",
            Self::Session => "M2 4.5h12v8.500H2zM2 7h12M4.500 2.500h7",
            Self::Leave => "M9.500 3H3v10h6.500M7 8h7M11.500 5.500 14 8l-2.500 2.500",
            Self::Person => {
                "M8 2.500a2.700 2.700 0 1 0 0 5.400 2.700 2.700 0 0 0 0-5.400M2.700 14c.5-3 2.500-4.300 5.300-4.300s4.800 1.300 5.300 4.300"
            }
            Self::Link => {
                "M6.800 9.200a2.800 2.800 0 0 0 4 0l2-2a2.800 2.800 0 0 0-4-4l-1 1M9.200 6.800a2.800 2.800 0 0 0-4 0l-2 2a2.800 \
                 2.800 0 0 0 4 4l1-1"
            }
            Self::Chat => "M2.500 3h11v8H7l-3 2.500V11H2.500z",
            Self::File => "M4 2h5l3 3v9H4zM9 2v3h3",
            Self::Bell => {
                "M8 2.500a3.500 3.500 0 0 0-3.500 3.500c0 3.500-1.500 4.500-1.500 5.500h10c0-1-1.500-2-1.500-5.500A3.500 3.500 0 0 0 8 2.500M6.800 13.500h2.400"
            }
            Self::Send => "M2.500 8h10M8.500 4l4 4-4 4",
            Self::Eye => {
                "M1.500 8c2-3 4-4.300 6.500-4.300S12.500 5 14.500 8c-2 3-4 4.300-6.500 4.300S3.500 11 1.500 8M8 6.200a1.800 1.800 0 1 0 0 3.600 1.800 1.800 0 0 0 0-3.600"
            }
            Self::Alert => "M8 2.5 14.5 13.5h-13zM8 6.5V10M8 11.700v.1",
        }
    }
}

/// A drawing beside a text that says the same, or inside a control that has a name.
#[component]
pub fn Icon(
    /// What it shows.
    of: Glyph,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d=of.path()></path>
        </svg>
    }
}
