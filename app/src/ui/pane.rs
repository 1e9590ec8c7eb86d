//! A pane: one shell on the screen, its title above it and what is to be said about it below.

mod attachment;
mod find;
mod head;
mod notes;
mod outgoing;
mod paste;
mod paste_dialog;
mod phase;
mod typist;
mod wish;

pub use find::{FindBar, FindState, use_find};
pub use head::HeadItems;
pub use notes::Notes;
pub use paste_dialog::PasteQuestion;

use std::rc::Rc;

use leptos::{html, prelude::*};

use crate::{
    client::LinkStatus,
    protocol::PaneId,
    workspace::{Arrangement, TerminalState, use_workspace},
};

use self::{
    attachment::{Around, Attachment},
    find::Find,
    head::Head,
    notes::Standing,
    paste_dialog::PasteDialog,
    phase::Phase,
};

use super::{
    here::use_here,
    later::{Late, Piece, use_later},
    preferences::use_preferences,
    settings::use_settings,
    text::{Message, use_texts},
    work::{Area, use_arranger, use_place},
};

/// The pane's shell as its views hold it; absent while the server renders.
pub type Held = StoredValue<Option<Rc<Attachment>>, LocalStorage>;

/// One pane of a tab.
#[component]
pub fn TerminalPane(
    /// Which; its terminal is followed.
    pane: PaneId,
) -> impl IntoView {
    let text = use_texts();
    let workspace = use_workspace();
    let place = use_place();
    let attachment = StoredValue::new_local(Around::from_context().map(|around| Attachment::new(around, pane)));
    let terminal = Memo::new(move |_| workspace.pane(pane).terminal.get());
    let state = Signal::derive(move || terminal.get().map(|terminal| workspace.terminal(terminal)));
    let link = move || read(attachment, |attachment| attachment.said().link.get()).flatten();
    let area = Memo::new(move |_| place.visible().with(|visible| visible.get(&pane).copied()));
    let across = Memo::new(move |_| area.get().map(Area::across));
    let down = Memo::new(move |_| area.get().map(Area::down));
    let name = Memo::new(move |_| {
        let panes = place.arrangement().with(Arrangement::panes);
        let at = panes.iter().position(|other| *other == pane).filter(|_| panes.len() > 1);
        at.map(|at| format!("{}/{}", at + 1, panes.len()))
    });
    let mount = NodeRef::<html::Div>::new();
    follow(attachment, pane, mount, state);
    view! {
        <section
            class="pane"
            aria-label=move || format!("{} {}", text.now(Message::Terminal), name.get().unwrap_or_default()).trim().to_owned()
            data-state=move || read(attachment, |attachment| attachment.phase().get().word()).unwrap_or("waiting")
            data-ringing=move || read(attachment, |attachment| attachment.ringing().get()).filter(|rings| *rings).map(|_| "")
            data-active=move || (place.pane() == Some(pane)).then_some("")
            hidden=move || area.get().is_none()
            style:left=move || across.get().map(|(left, _)| left)
            style:width=move || across.get().map(|(_, width)| width)
            style:top=move || down.get().map(|(top, _)| top)
            style:height=move || down.get().map(|(_, height)| height)
            on:focusin=move |_| {
                act(attachment, Attachment::focused);
                place.entered(pane);
            }
        >
            <Head pane state/>
            <div class="pane__screen" node_ref=mount></div>
            <Find attachment/>
            {move || link().map(|link| view! { <LinkAddress link/> })}
            <div class="pane__notes" role="status">
                <Standing attachment/>
                <Late piece=Piece::Notes(attachment)/>
            </div>
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
fn follow(attachment: Held, pane: PaneId, mount: NodeRef<html::Div>, state: Signal<Option<TerminalState>>) {
    let (workspace, place, arranger) = (use_workspace(), use_place(), use_arranger());
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
        let known = workspace.pane(pane);
        let (terminal, claimed) = (known.terminal.get(), known.claimed.get());
        act(attachment, |attachment| attachment.look(terminal, claimed));
    });
    let visible = Memo::new(move |_| place.visible().with(|visible| visible.contains_key(&pane)));
    Effect::new(move || {
        let visible = visible.get();
        act(attachment, |attachment| attachment.see(visible));
    });
    Effect::new(move || {
        if mount.get().is_some() && visible.get() && place.is_summoned(pane) {
            // What has just come to be seen cannot take the keyboard before the page is laid out.
            request_animation_frame(move || {
                // A tab that is being named keeps it.
                if arranger.renaming().get_untracked().is_none() {
                    act(attachment, Attachment::focus);
                }
            });
        }
    });
    Effect::new(move || {
        let leader = state.get().and_then(|state| state.leader.get());
        let leads = leader.is_some() && leader == status.client_id.get();
        act(attachment, |attachment| attachment.lead(leads));
    });
    let here = use_here();
    Effect::new(move || {
        let read_only = here.is_read_only();
        act(attachment, |attachment| attachment.restrict(read_only));
    });
    Effect::new(move || {
        if let Some(closed) = state.get().and_then(|state| state.ended.get()) {
            act(attachment, |attachment| attachment.end(closed));
        }
    });
    Effect::new(move |first: Option<()>| {
        theme.track();
        // The cursor of who may not type is another.
        here.is_read_only();
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
    let later = use_later();
    Effect::new(move || {
        if read(attachment, |attachment| matches!(attachment.phase().get(), Phase::Live(_))) == Some(true) {
            later.after_paint();
        }
    });
    on_cleanup(move || act(attachment, Attachment::leave));
}

fn read<T>(attachment: Held, of: impl FnOnce(&Attachment) -> T) -> Option<T> {
    let held = attachment.try_get_value().flatten()?;
    Some(of(&held))
}

fn act(attachment: Held, then: impl FnOnce(&Attachment)) {
    read(attachment, then).unwrap_or_default();
}
