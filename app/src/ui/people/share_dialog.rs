//! The dialog that makes a share link, and shows it this once.

use leptos::{
    either::Either,
    ev, html,
    prelude::*,
    web_sys::{HtmlInputElement, HtmlSelectElement},
};

use crate::protocol::{
    share::{ShareCreate, ShareCreated},
    workspace::MemberRole,
};

use super::super::{
    ask::Asker,
    here::use_here,
    icon::{Glyph, Icon},
    role,
    text::{Message, use_texts},
    work::use_place,
};

/// How long a link may be chosen to work, in seconds; none is until it is revoked.
const LIFETIMES: [(Option<u64>, Message); 5] = [
    (Some(3_600), Message::OneHour),
    (Some(86_400), Message::OneDay),
    (Some(7 * 86_400), Message::OneWeek),
    (Some(30 * 86_400), Message::OneMonth),
    (None, Message::UntilRevoked),
];
/// The one that is chosen to begin with: a day.
const USUAL: usize = 1;

/// Whether the dialog is open.
#[derive(Clone, Copy)]
pub struct ShareState {
    open: RwSignal<bool>,
}

impl ShareState {
    /// Closed.
    #[must_use]
    pub fn new() -> Self {
        Self { open: RwSignal::new(false) }
    }

    /// Opens the dialog.
    pub fn open(self) {
        self.open.set(true);
    }

    /// Whether the dialog is to be open; reading it follows it.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.open.get()
    }
}

/// The state of the dialog; there from the root component on.
#[must_use]
pub fn use_share() -> ShareState {
    expect_context()
}

/// The dialog, while it is open.
#[component]
pub fn ShareDialog() -> impl IntoView {
    let share = use_share();
    move || share.open.get().then(|| view! { <Sharing/> })
}

#[component]
fn Sharing() -> impl IntoView {
    let (text, share) = (use_texts(), use_share());
    let made = RwSignal::new(None::<String>);
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            // It has only just come: it cannot be open already.
            drop(dialog.show_modal());
        }
    });
    let close = move || share.open.set(false);
    view! {
        <dialog class="sheet sheet--small" aria-labelledby="share-title" node_ref=dialog on:close=move |_| close()>
            <header class="sheet__head">
                <h2 id="share-title">{text.of(Message::NewLink)}</h2>
                <button class="button button--icon" aria-label=text.of(Message::Close) on:click=move |_| close()>
                    <Icon of=Glyph::Cross/>
                </button>
            </header>
            {move || match made.get() {
                None => Either::Left(view! { <Choosing made/> }),
                Some(address) => Either::Right(view! { <Made address/> }),
            }}
        </dialog>
    }
}

/// What the link is to allow.
#[component]
fn Choosing(made: RwSignal<Option<String>>) -> impl IntoView {
    let (text, here, share) = (use_texts(), use_here(), use_share());
    let asker = Asker::from_context();
    // The one that this window has before it, wherever another of its user's is.
    let place = use_place();
    let terminal = untrack(|| place.pane().and_then(|pane| place.workspace().pane(pane).terminal.get()));
    let role = RwSignal::new(MemberRole::Viewer);
    let lifetime = RwSignal::new(LIFETIMES[USUAL].0);
    let only = RwSignal::new(false);
    let refused = RwSignal::new(None::<String>);
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(session_id) = here.id_now() else { return };
        refused.set(None);
        let request = ShareCreate {
            session_id,
            terminal_id: terminal.filter(|_| only.get_untracked()),
            role: Some(role.get_untracked()),
            expires_in_seconds: lifetime.get_untracked(),
        };
        // The dialog may be closed by now, and its signals with it.
        let then = move |outcome: Result<ShareCreated, String>| match outcome {
            Ok(created) => drop(made.try_set(Some(address(&created)))),
            Err(why) => drop(refused.try_set(Some(why))),
        };
        asker.attempt("share", &request, Box::new(then));
    };
    let choose_lifetime = move |event: ev::Event| {
        let chosen = usize::try_from(event_target::<HtmlSelectElement>(&event).selected_index());
        let chosen = chosen.ok().and_then(|at| LIFETIMES.get(at)).unwrap_or(&LIFETIMES[USUAL]);
        lifetime.set(chosen.0);
    };
    let roles = [MemberRole::Viewer, MemberRole::Collaborator].map(|role| {
        view! { <option value=role::word(role)>{text.of(role::name(role))}</option> }
    });
    let lifetimes = LIFETIMES.map(|(seconds, name)| {
        view! { <option selected=seconds == LIFETIMES[USUAL].0>{text.of(name)}</option> }
    });
    let means = move || match role.get() {
        MemberRole::Collaborator => text.now(Message::LinkLetsType),
        MemberRole::Viewer | MemberRole::Owner => text.now(Message::LinkLetsLook),
    };
    let asks_first = move || here.read(|session| session.settings.require_approval_for_join).unwrap_or_default();
    view! {
        <form class="sheet__form" on:submit=send>
            <div class="sheet__body">
                <label class="line">
                    <span class="line__words">
                        <span>{text.of(Message::GuestsMay)}</span>
                        <span class="line__hint">{means}</span>
                    </span>
                    <select
                        class="settings__field settings__field--role"
                        autofocus
                        on:change=move |event| {
                            role.set(role::from_word(&event_target_value(&event)).unwrap_or(MemberRole::Viewer));
                        }
                    >
                        {roles}
                    </select>
                </label>
                <label class="line">
                    <span>{text.of(Message::LinkWorks)}</span>
                    <select
                        class="settings__field settings__field--role"
                        on:change=choose_lifetime
                    >
                        {lifetimes}
                    </select>
                </label>
                {terminal.is_some().then(|| view! {
                    <label class="line">
                        <span class="line__words">
                            <span>{text.of(Message::OnlyThisTerminal)}</span>
                            <span class="line__hint">{text.of(Message::OnlyThisTerminalHint)}</span>
                        </span>
                        <input
                            class="switch"
                            type="checkbox"
                            role="switch"
                            on:change=move |event| only.set(event_target_checked(&event))
                        />
                    </label>
                })}
                <Show when=asks_first>
                    <p class="line__hint">{text.of(Message::ApprovalHint)}</p>
                </Show>
            </div>
            <footer class="sheet__foot">
                <p class="sheet__refused" role="alert">{move || refused.get()}</p>
                <span class="space"></span>
                <button type="button" class="button" on:click=move |_| share.open.set(false)>{text.of(Message::Cancel)}</button>
                <button class="button button--main">{text.of(Message::MakeLink)}</button>
            </footer>
        </form>
    }
}

/// The link: nobody can show it a second time, the server keeps only what it takes to know it again.
#[component]
fn Made(address: String) -> impl IntoView {
    let (text, share) = (use_texts(), use_share());
    let asker = Asker::from_context();
    let copied = address.clone();
    let select = move |event: ev::FocusEvent| event_target::<HtmlInputElement>(&event).select();
    view! {
        <div class="sheet__body">
            <label class="made">
                <span class="spoken">{text.of(Message::Address)}</span>
                <input
                    class="settings__field made__address num"
                    readonly
                    prop:value=address
                    on:focus=select
                />
                <button type="button" class="button button--main" autofocus on:click=move |_| asker.copy(&copied)>
                    {text.of(Message::Copy)}
                </button>
            </label>
            <p class="line__hint">{text.of(Message::LinkOnce)}</p>
        </div>
        <footer class="sheet__foot">
            <span class="space"></span>
            <button class="button" on:click=move |_| share.open.set(false)>{text.of(Message::Done)}</button>
        </footer>
    }
}

/// The whole address of a link, as somebody else opens it.
fn address(created: &ShareCreated) -> String {
    let origin = window().location().origin().unwrap_or_default();
    format!("{origin}{}", created.share.url.as_deref().unwrap_or_default())
}
