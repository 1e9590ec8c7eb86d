//! Looking for text in a terminal and in what has scrolled away.

use leptos::{ev, html, prelude::*};

use crate::client::{Found, Search, Step};

use super::{
    super::{
        icon::{Glyph, Icon},
        later::{Late, Piece, use_later},
        text::{Message, Texts, use_texts},
    },
    Held, act,
    attachment::Attachment,
    read,
};

/// Whether and how often a search was asked for; the pane that typed last opens it.
#[derive(Clone, Copy)]
pub struct FindState {
    asked: RwSignal<u32>,
}

impl FindState {
    /// Nobody has asked.
    #[must_use]
    pub fn new() -> Self {
        Self { asked: RwSignal::new(0) }
    }

    /// Opens the search, or goes back to it.
    pub fn open(self) {
        self.asked.update(|times| *times += 1);
    }
}

/// The search of this window; there from the root component on.
#[must_use]
pub fn use_find() -> FindState {
    expect_context()
}

/// The search of a pane, where it is open.
#[component]
pub fn Find(
    /// The shell whose output it looks through.
    attachment: Held,
) -> impl IntoView {
    let (state, later) = (use_find(), use_later());
    Effect::new(move |first: Option<()>| {
        state.asked.track();
        if first.is_some() {
            act(attachment, |attachment| {
                if attachment.is_focused() {
                    attachment.said().finding.set(true);
                    later.ask();
                }
            });
        }
    });
    let open = Memo::new(move |_| read(attachment, |attachment| attachment.said().finding.get()).unwrap_or(false));
    move || open.get().then(|| view! { <Late piece=Piece::FindBar(attachment)/> })
}

/// The search while it is open.
#[component]
pub fn FindBar(
    /// The shell whose output it looks through.
    attachment: Held,
) -> impl IntoView {
    let text = use_texts();
    let state = use_find();
    let field = NodeRef::<html::Input>::new();
    let term = RwSignal::new(read(attachment, selected_line).unwrap_or_default());
    let (case, regex) = (RwSignal::new(false), RwSignal::new(false));
    let found = move || read(attachment, |attachment| attachment.said().found.get()).flatten();
    let find = move |step| {
        let search = Search { term: term.get_untracked(), case: case.get_untracked(), regex: regex.get_untracked() };
        act(attachment, |attachment| attachment.with_screen(|screen| screen.find(&search, step)));
    };
    let toggle = move |switch: RwSignal<bool>| {
        switch.update(|on| *on = !*on);
        find(Step::Stay);
    };
    let close = move || act(attachment, close);
    Effect::new(move || {
        state.asked.track();
        if let Some(field) = field.get() {
            // A field on the page takes the focus and has text to select.
            drop(field.focus());
            field.select();
            // Nothing to look for leaves alone what is selected.
            if term.with_untracked(|term| !term.is_empty()) {
                find(Step::Stay);
            }
        }
    });
    let keys = move |event: ev::KeyboardEvent| {
        match (event.key().as_str(), event.shift_key()) {
            ("Enter", false) | ("ArrowUp", _) => find(Step::Previous),
            ("Enter", true) | ("ArrowDown", _) => find(Step::Next),
            ("Escape", _) => close(),
            _ => return,
        }
        event.prevent_default();
    };
    let nothing = move || matches!(found(), Some(Found::Malformed | Found::Places { of: 0, .. }));
    view! {
        <search class="find" on:keydown=keys>
            <input
                class="find__input"
                aria-label=text.of(Message::FindInTerminal)
                placeholder=text.of(Message::FindInTerminal)
                aria-invalid=move || (nothing() && term.with(|term| !term.is_empty())).then_some("true")
                autocomplete="off"
                spellcheck="false"
                node_ref=field
                prop:value=term
                on:input=move |event| {
                    term.set(event_target_value(&event));
                    find(Step::Stay);
                }
            />
            <span class="find__count num" role="status">
                {move || term.with(|term| !term.is_empty()).then(|| words(text, found()))}
            </span>
            <Toggle cap="Aa" name=Message::MatchCase on=case toggle/>
            <Toggle cap=".*" name=Message::RegularExpression on=regex toggle/>
            <button
                class="button button--icon"
                aria-label=text.of(Message::FindPrevious)
                title=text.of(Message::FindPreviousKeys)
                on:click=move |_| find(Step::Previous)
            >
                <Icon of=Glyph::Up/>
            </button>
            <button
                class="button button--icon"
                aria-label=text.of(Message::FindNext)
                title=text.of(Message::FindNextKeys)
                on:click=move |_| find(Step::Next)
            >
                <Icon of=Glyph::Down/>
            </button>
            <button class="button button--icon" aria-label=text.of(Message::Close) on:click=move |_| close()>
                <Icon of=Glyph::Cross/>
            </button>
        </search>
    }
}

#[component]
fn Toggle(
    /// What stands on it.
    cap: &'static str,
    /// What it is called.
    name: Message,
    /// Whether it is on.
    on: RwSignal<bool>,
    /// Turns it over.
    toggle: impl Fn(RwSignal<bool>) + Copy + 'static,
) -> impl IntoView {
    let text = use_texts();
    view! {
        <button
            class="button button--icon num"
            aria-label=text.of(name)
            title=text.of(name)
            aria-pressed=move || on.get().to_string()
            on:click=move |_| toggle(on)
        >
            {cap}
        </button>
    }
}

/// What a search has found, in words.
fn words(text: Texts, found: Option<Found>) -> String {
    match found {
        None => String::new(),
        Some(Found::Places { of: 0, .. }) => text.now(Message::FoundNothing).to_owned(),
        Some(Found::Places { at: 0, of }) => format!("{of}+"),
        Some(Found::Places { at, of }) => format!("{at} / {of}"),
        Some(Found::Malformed) => text.now(Message::FoundMalformed).to_owned(),
        Some(Found::Unavailable) => text.now(Message::FindUnavailable).to_owned(),
    }
}

/// What is selected, where that is a part of one line: it is what somebody looks for.
fn selected_line(attachment: &Attachment) -> String {
    let mut selected = String::new();
    attachment.with_screen(|screen| selected = screen.selection());
    if selected.contains('\n') { String::new() } else { selected }
}

fn close(attachment: &Attachment) {
    let said = attachment.said();
    said.finding.set(false);
    said.found.set(None);
    attachment.with_screen(|screen| screen.end_find());
    attachment.focus();
}
