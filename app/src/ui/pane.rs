//! A pane: one shell on the screen, its title above it and what is to be said about it below.

mod attachment;
mod find;
mod notes;
mod outgoing;
mod paste;
mod paste_dialog;
mod phase;
mod typist;
mod wish;

pub use find::{FindState, use_find};

use std::rc::Rc;

use leptos::{html, prelude::*};

use crate::{
    client::LinkStatus,
    protocol::workspace::Pane,
    workspace::{TerminalState, use_workspace},
};

use self::{
    attachment::{Around, Attachment},
    find::Find,
    notes::Notes,
    paste_dialog::PasteDialog,
};

use super::{
    preferences::use_preferences,
    progress::ProgressMark,
    settings::use_settings,
    text::{Message, use_texts},
};

/// The pane's shell as its views hold it; absent while the server renders.
type Held = StoredValue<Option<Rc<Attachment>>, LocalStorage>;

/// One pane of a tab.
#[component]
pub fn TerminalPane(
    /// The pane as it was when it appeared; its terminal is followed from then on.
    pane: Pane,
) -> impl IntoView {
    let text = use_texts();
    let workspace = use_workspace();
    let attachment = StoredValue::new_local(Around::from_context().map(|around| Attachment::new(around, pane.id)));
    let terminal = Memo::new(move |_| read(attachment, Attachment::terminal).flatten());
    let state = move || terminal.get().map(|terminal| workspace.terminal(terminal));
    let title = move || state().and_then(|state| state.title.get()).filter(|title| !title.is_empty());
    let cwd = Signal::derive(move || state().and_then(|state| state.cwd.get()));
    let size = move || state().and_then(|state| state.size.get()).map(|(cols, rows)| format!("{cols}×{rows}"));
    let progress = Signal::derive(move || state().and_then(|state| state.progress.get()));
    let link = move || read(attachment, |attachment| attachment.said().link.get()).flatten();
    let mount = NodeRef::<html::Div>::new();
    follow(attachment, mount, Signal::derive(state));
    view! {
        <section
            class="pane"
            aria-label=text.of(Message::Terminal)
            data-state=move || read(attachment, |attachment| attachment.phase().get().word()).unwrap_or("waiting")
            data-ringing=move || read(attachment, |attachment| attachment.ringing().get()).filter(|rings| *rings).map(|_| "")
            on:focusin=move |_| act(attachment, Attachment::focused)
        >
            <header class="pane__title">
                <b class="pane__name">{move || title().unwrap_or_else(|| shell_name(&pane).to_owned())}</b>
                <span class="pane__place" title=cwd><bdi>{cwd}</bdi></span>
                <span class="space"></span>
                <ProgressMark progress/>
                <span class="num">{size}</span>
            </header>
            <div class="pane__screen" node_ref=mount></div>
            <Find attachment/>
            {move || link().map(|link| view! { <LinkAddress link/> })}
            <Notes attachment/>
            <PasteDialog attachment/>
        </section>
    }
}

/// The address of the link under the pointer, as browsers show it.
#[component]
fn LinkAddress(link: String) -> impl IntoView {
    let text = use_texts();
    view! {
        <p class="pane__link" role="tooltip">
            <span class="pane__address">{link}</span>
            <span class="muted">{text.of(Message::LinkOpens)}</span>
        </p>
    }
}

/// Keeps the attachment in step with the page: its element, the link, the terminal's state and the colours.
fn follow(attachment: Held, mount: NodeRef<html::Div>, state: Signal<Option<TerminalState>>) {
    let status = expect_context::<LinkStatus>();
    let theme = use_preferences().theme();
    let settings = use_settings().values();
    Effect::new(move || {
        let (element, link) = (mount.get(), status.state.get());
        act(attachment, |attachment| {
            if let Some(element) = element {
                attachment.mount(&element);
            }
            attachment.follow(&link);
        });
    });
    Effect::new(move || {
        let leader = state.get().and_then(|state| state.leader.get());
        let leads = leader.is_some() && leader == status.client_id.get();
        act(attachment, |attachment| attachment.lead(leads));
    });
    Effect::new(move || {
        if let Some(closed) = state.get().and_then(|state| state.ended.get()) {
            act(attachment, |attachment| attachment.end(closed));
        }
    });
    Effect::new(move |first: Option<()>| {
        theme.track();
        if first.is_some() {
            // The document's own attribute changes in the same turn; its colours are read after it.
            request_animation_frame(move || act(attachment, Attachment::restyle));
        }
    });
    Effect::new(move |first: Option<()>| {
        let settings = settings.get();
        // The screen has been opened with those of the first run.
        if first.is_some() {
            act(attachment, |attachment| attachment.apply(&settings));
        }
    });
    on_cleanup(move || act(attachment, Attachment::leave));
}

/// The name of a pane that no program has named.
fn shell_name(pane: &Pane) -> &str {
    if pane.title.is_empty() { "shell" } else { &pane.title }
}

fn read<T>(attachment: Held, of: impl FnOnce(&Attachment) -> T) -> Option<T> {
    let held = attachment.try_get_value().flatten()?;
    Some(of(&held))
}

fn act(attachment: Held, then: impl FnOnce(&Attachment)) {
    read(attachment, then).unwrap_or_default();
}
