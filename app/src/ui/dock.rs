//! The tools at the side of the terminals: which one is shown, and whether any is.

mod edge;

pub use edge::DockEdge;

use leptos::{ev, prelude::*};

use crate::{
    page::{PageConfig, PageView},
    people::{PeopleState, use_people},
    trace::TraceId,
};

use super::{
    here::use_here,
    later::{Late, Missing, Piece},
    roving,
    session::Unread,
    text::{Message, use_texts},
};

/// The width that the tools need to be read, in CSS pixels.
pub const LEAST: f64 = 300.0;

/// The tools of the dock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// The messages of this window.
    Monitor,
    /// Where requests spent their time.
    Traces,
    /// Who is in the session.
    People,
    /// What they say.
    Chat,
}

impl Tool {
    const ALL: [Self; 4] = [Self::Monitor, Self::Traces, Self::People, Self::Chat];

    const fn name(self) -> Message {
        match self {
            Self::Monitor => Message::SocketMonitor,
            Self::Traces => Message::Traces,
            Self::People => Message::People,
            Self::Chat => Message::Chat,
        }
    }

    /// Whether it is about a session and not about this window.
    const fn is_of_session(self) -> bool {
        matches!(self, Self::People | Self::Chat)
    }

    const fn tab_id(self) -> &'static str {
        match self {
            Self::Monitor => "dock-tab-monitor",
            Self::Traces => "dock-tab-traces",
            Self::People => "dock-tab-people",
            Self::Chat => "dock-tab-chat",
        }
    }

    const fn panel_id(self) -> &'static str {
        match self {
            Self::Monitor => "dock-monitor",
            Self::Traces => "dock-traces",
            Self::People => "dock-people",
            Self::Chat => "dock-chat",
        }
    }
}

/// Whether the dock is open; before the page is alive its style sheet decides by the width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opening {
    ByWidth,
    Open,
    Closed,
}

/// The state of the dock.
#[derive(Clone, Copy)]
pub struct DockState {
    opening: RwSignal<Opening>,
    tool: RwSignal<Tool>,
    trace: RwSignal<Option<TraceId>>,
    width: RwSignal<Option<f64>>,
    people: PeopleState,
}

impl DockState {
    /// The monitor, open where there is room.
    #[must_use]
    pub fn new() -> Self {
        Self {
            opening: RwSignal::new(Opening::ByWidth),
            tool: RwSignal::new(Tool::Monitor),
            trace: RwSignal::new(None),
            width: RwSignal::new(None),
            people: use_people(),
        }
    }

    /// The value of `data-dock`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self.opening.get() {
            Opening::ByWidth => "auto",
            Opening::Open => "open",
            Opening::Closed => "closed",
        }
    }

    /// Whether it is open, as far as is known.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.opening.get() != Opening::Closed
    }

    /// Opens it or closes it.
    pub fn toggle(self) {
        self.opening.update(|opening| {
            *opening = if *opening == Opening::Closed { Opening::Open } else { Opening::Closed };
        });
    }

    /// Decides what was left open: by what was remembered, else by the width. On a narrow screen it begins closed.
    pub fn settle(self, remembered: Option<&str>) {
        /// From this width on there is room beside the terminal; the same as in the style sheet.
        const WIDE: f64 = 760.0;
        let width = window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(WIDE);
        let open = width > WIDE && remembered != Some("closed");
        self.opening.set(if open { Opening::Open } else { Opening::Closed });
    }

    /// Its width in CSS pixels, where somebody has set one.
    #[must_use]
    pub fn width(self) -> RwSignal<Option<f64>> {
        self.width
    }

    /// The trace that is shown.
    #[must_use]
    pub fn trace(self) -> RwSignal<Option<TraceId>> {
        self.trace
    }

    /// Opens the dock at a tool.
    pub fn show(self, tool: Tool) {
        self.tool.set(tool);
        self.opening.set(Opening::Open);
    }

    /// The tool that is chosen, whether or not the dock is open; reading it in a view follows it.
    #[must_use]
    pub fn chosen(self) -> Tool {
        self.tool.get()
    }

    /// Whether a tool is in sight; reading it in a view follows it.
    #[must_use]
    pub fn shows(self, tool: Tool) -> bool {
        self.is_open() && self.tool.get() == tool
    }

    /// Whether the user has a tool; reading it in a view follows it. What the server has recorded is no guest's business, and what
    /// is said in the session none of who is shown one terminal of it.
    #[must_use]
    pub fn has(self, tool: Tool) -> bool {
        match tool {
            Tool::Traces => !self.people.is_guest(),
            Tool::Chat => !self.people.sees_one_terminal(),
            Tool::Monitor | Tool::People => true,
        }
    }

    /// Opens the dock at a trace.
    pub fn show_trace(self, trace: TraceId) {
        if untrack(|| self.has(Tool::Traces)) {
            self.trace.set(Some(trace));
            self.show(Tool::Traces);
        }
    }
}

/// The state of the dock; there from the root component on.
#[must_use]
pub fn use_dock() -> DockState {
    expect_context()
}

/// The tabs of the tools and the tool that is chosen. Each stays as it was left while the other is shown.
#[component]
pub fn Dock() -> impl IntoView {
    let text = use_texts();
    // Who is there and what they say belongs to terminals.
    let workspace = expect_context::<PageConfig>().view == PageView::Workspace;
    let tools = Tool::ALL.into_iter().filter(|tool| workspace || !tool.is_of_session());
    let tabs = tools.clone().map(|tool| view! { <ToolTab tool/> }).collect_view();
    let panels = tools.map(|tool| view! { <Panel tool/> }).collect_view();
    view! {
        <aside class="dock" id="dock" aria-label=text.of(Message::Dock)>
            <div
                class="dock__tabs"
                role="tablist"
                aria-label=text.of(Message::Dock)
                on:keydown=move |event: ev::KeyboardEvent| roving::step(&event)
            >
                {tabs}
            </div>
            {panels}
            <Late piece=Piece::DockEdge/>
        </aside>
    }
}

#[component]
fn ToolTab(tool: Tool) -> impl IntoView {
    let dock = use_dock();
    let text = use_texts();
    let here = use_here();
    let chosen = move || dock.tool.get() == tool;
    // What is in sight is being read.
    let unread =
        Memo::new(move |_| here.read(|session| session.unread).filter(|_| !dock.shows(Tool::Chat)).unwrap_or(0));
    view! {
        <button
            class="dock__tab"
            role="tab"
            id=tool.tab_id()
            hidden=move || !dock.has(tool)
            aria-controls=tool.panel_id()
            aria-selected=move || chosen().to_string()
            tabindex=move || if chosen() { "0" } else { "-1" }
            on:click=move |_| dock.tool.set(tool)
        >
            {text.of(tool.name())}
            {(tool == Tool::Chat).then(|| view! { <Unread count=unread/> })}
        </button>
    }
}

#[component]
fn Panel(tool: Tool) -> impl IntoView {
    let dock = use_dock();
    let hidden = move || dock.tool.get() != tool;
    view! {
        <div class="dock__panel" role="tabpanel" id=tool.panel_id() aria-labelledby=tool.tab_id() hidden=hidden>
            <Late piece=Piece::Panel(tool)/>
            <Missing/>
        </div>
    }
}
