//! The head of a pane: what runs in it and where, how far it is, and what can be done with the pane.

use leptos::prelude::*;

use crate::{
    client::Progress,
    protocol::PaneId,
    workspace::{Arrangement, TerminalState},
};

use super::super::{
    icon::{Glyph, Icon},
    later::{Late, Piece},
    presence::PaneMarks,
    progress::ProgressMark,
    text::{Message, use_texts},
    work::{Deed, use_arranger, use_place},
};

/// The name of a pane that no program has named.
const SHELL: &str = "shell";

/// The head of one pane.
#[component]
pub fn Head(
    /// Which.
    pane: PaneId,
    /// What is known of its terminal.
    state: Signal<Option<TerminalState>>,
) -> impl IntoView {
    let place = use_place();
    view! {
        <header class="pane__title" on:click=move |_| place.focus(pane)>
            <Late piece=Piece::HeadItems(pane, state)/>
        </header>
    }
}

/// What stands in it.
#[component]
pub fn HeadItems(
    /// Which pane's.
    pane: PaneId,
    /// What is known of its terminal.
    state: Signal<Option<TerminalState>>,
) -> impl IntoView {
    let name = Memo::new(move |_| {
        let title = state.get().and_then(|state| state.title.get());
        title.filter(|title| !title.is_empty()).unwrap_or_else(|| SHELL.to_owned())
    });
    let cwd = Signal::derive(move || state.get().and_then(|state| state.cwd.get()));
    let size = move || state.get().and_then(|state| state.size.get()).map(|(cols, rows)| format!("{cols}×{rows}"));
    let progress: Signal<Option<Progress>> = Signal::derive(move || state.get().and_then(|state| state.progress.get()));
    view! {
            <b class="pane__name">{name}</b>
            <span class="pane__place" title=cwd><bdi>{cwd}</bdi></span>
            <span class="space"></span>
            <ProgressMark progress/>
            <PaneMarks pane terminal=state/>
            <span class="pane__size num">{size}</span>
            <Steps pane/>
            <Tools pane/>
    }
}

/// The way to the other panes of the tab, where only one can be seen.
#[component]
fn Steps(pane: PaneId) -> impl IntoView {
    let text = use_texts();
    let (place, arranger) = (use_place(), use_arranger());
    let count = Memo::new(move |_| {
        let alone = place.is_single() || place.zoomed().is_some();
        let panes = place.arrangement().with(Arrangement::panes);
        let at = panes.iter().position(|other| *other == pane)?;
        (alone && panes.len() > 1).then_some((at + 1, panes.len()))
    });
    let step = move |deed: Deed, glyph| {
        view! {
            <button
                class="pane__tool"
                aria-label=text.of(deed.name())
                title=text.of(deed.name())
                on:click=move |event| {
                    event.stop_propagation();
                    arranger.run(deed);
                }
            >
                <Icon of=glyph/>
            </button>
        }
    };
    move || {
        count.get().map(|(at, of)| {
            view! {
                <span class="pane__steps">
                    {step(Deed::PreviousPane, Glyph::Before)}
                    <span class="num">
                        <span class="spoken">{move || text.filled(Message::PaneOf, at)} " "</span>
                        <span aria-hidden="true">{at}</span> "/" {of}
                    </span>
                    {step(Deed::NextPane, Glyph::After)}
                </span>
            }
        })
    }
}

/// What can be done with the pane, for who may.
#[component]
fn Tools(pane: PaneId) -> impl IntoView {
    let text = use_texts();
    let (place, arranger) = (use_place(), use_arranger());
    let several = Memo::new(move |_| place.arrangement().with(Arrangement::panes).len() > 1);
    let zoomed = Memo::new(move |_| place.zoomed() == Some(pane));
    let tool = move |deed: Deed, name: Message, glyph| {
        let title = move || match deed.shortcut() {
            Some(keys) => format!("{} ({keys})", text.now(name)),
            None => text.now(name).to_owned(),
        };
        view! {
            <button
                class="pane__tool"
                data-tool=deed.id()
                aria-label=text.of(name)
                title=title
                on:click=move |event| {
                    event.stop_propagation();
                    arranger.run_on_pane(deed, pane);
                }
            >
                <Icon of=glyph/>
            </button>
        }
    };
    view! {
        <Show when=move || place.may_arrange()>
            <span class="pane__tools" role="group" aria-label=text.of(Message::PaneTools) data-zoomed=move || zoomed.get().then_some("")>
                {tool(Deed::SplitRight, Message::SplitRight, Glyph::SplitRight)}
                {tool(Deed::SplitBelow, Message::SplitBelow, Glyph::SplitBelow)}
                {move || {
                    several.get().then(|| match zoomed.get() {
                        true => tool(Deed::ZoomPane, Message::ShowAll, Glyph::Unzoom),
                        false => tool(Deed::ZoomPane, Message::ShowAlone, Glyph::Zoom),
                    })
                }}
                {tool(Deed::ClosePane, Message::ClosePane, Glyph::Cross)}
            </span>
        </Show>
    }
}
