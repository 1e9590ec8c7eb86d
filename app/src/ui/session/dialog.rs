//! The dialog of a session: its name, what it is for, and what its owner decides, each with what it means.

use leptos::{ev, html, prelude::*};

use crate::protocol::workspace::SessionSettings;

use super::{
    super::{
        ask::Asker,
        here::use_here,
        icon::{Glyph, Icon},
        text::{Message, use_texts},
    },
    form::{Before, Draft, MOST_MINUTES, MOST_USERS},
    state::Form,
    use_sessions,
};

/// What of the settings is on or off.
struct Choice {
    name: Message,
    hint: Message,
    read: fn(&SessionSettings) -> bool,
    write: fn(&mut SessionSettings, bool),
}

const CHOICES: [Choice; 4] = [
    Choice {
        name: Message::AllowObservers,
        hint: Message::AllowObserversHint,
        read: |settings| settings.allow_observers,
        write: |settings, on| settings.allow_observers = on,
    },
    Choice {
        name: Message::AllowCollaborators,
        hint: Message::AllowCollaboratorsHint,
        read: |settings| settings.allow_collaborators,
        write: |settings, on| settings.allow_collaborators = on,
    },
    Choice {
        name: Message::RequireApproval,
        hint: Message::RequireApprovalHint,
        read: |settings| settings.require_approval_for_join,
        write: |settings, on| settings.require_approval_for_join = on,
    },
    Choice {
        name: Message::AutoClose,
        hint: Message::AutoCloseHint,
        read: |settings| settings.auto_close_on_owner_disconnect,
        write: |settings, on| settings.auto_close_on_owner_disconnect = on,
    },
];

/// What of the settings is a number, and its bounds.
struct Number {
    name: Message,
    hint: Message,
    bounds: (u32, u32),
    read: fn(&SessionSettings) -> u32,
    write: fn(&mut SessionSettings, u32),
}

const NUMBERS: [Number; 2] = [
    Number {
        name: Message::SessionTimeout,
        hint: Message::SessionTimeoutHint,
        bounds: (0, MOST_MINUTES),
        read: |settings| settings.session_timeout_minutes,
        write: |settings, minutes| settings.session_timeout_minutes = minutes,
    },
    Number {
        name: Message::MaxUsers,
        hint: Message::MaxUsersHint,
        bounds: (1, MOST_USERS),
        read: |settings| settings.max_users,
        write: |settings, users| settings.max_users = users,
    },
];

/// The dialog, while it is open.
#[component]
pub fn SessionDialog() -> impl IntoView {
    let form = use_sessions().form();
    move || form.get().map(|form| view! { <Editing form/> })
}

#[component]
fn Editing(form: Form) -> impl IntoView {
    let text = use_texts();
    let sessions = use_sessions();
    let open = sessions.form();
    let asker = Asker::from_context();
    let here = use_here();
    let look = move || match form {
        Form::New => None,
        Form::Edit(id) => here.read_now(|session| (session.id == id).then(|| Before::of(session))).flatten(),
    };
    let before = StoredValue::new(look().unwrap_or_default());
    let draft = RwSignal::new(before.with_value(|before| before.draft.clone()));
    let refused = RwSignal::new(None::<String>);
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            // It has only just come: it cannot be open already.
            drop(dialog.show_modal());
        }
    });
    let close = move || open.set(None);
    let ended = move |why: Option<String>| match why {
        None => close(),
        why => {
            // Somebody may have changed it meanwhile: that is to be seen, and the next try is about that.
            if let Some(now) = look() {
                before.try_update_value(|before| {
                    let _ = draft.try_update(|draft| draft.follow(before, &now));
                    *before = now;
                });
            }
            drop(refused.try_set(why));
        }
    };
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        refused.set(None);
        let draft = draft.get_untracked();
        match form {
            Form::New => asker.attempt(
                "session",
                &draft.create(),
                Box::new(move |outcome| ended(outcome.map(|created| sessions.enter(&created.session)).err())),
            ),
            Form::Edit(id) => match before.with_value(|before| draft.update(id, before)) {
                Some(update) => asker.attempt("session", &update, Box::new(move |outcome| ended(outcome.err()))),
                None => close(),
            },
        }
    };
    let (title, action) = match form {
        Form::New => (Message::NewSession, Message::CreateSession),
        Form::Edit(_) => (Message::SessionSettings, Message::Save),
    };
    view! {
        <dialog class="sheet" aria-labelledby="session-title" node_ref=dialog on:close=move |_| close()>
            <form class="sheet__form" on:submit=send>
                <header class="sheet__head">
                    <h2 id="session-title">{text.of(title)}</h2>
                    <button type="button" class="button button--icon" aria-label=text.of(Message::Close) on:click=move |_| close()>
                        <Icon of=Glyph::Cross/>
                    </button>
                </header>
                <div class="sheet__body">
                    <Words draft/>
                    {CHOICES.map(|choice| view! { <Switch choice draft/> }).collect_view()}
                    {NUMBERS.map(|number| view! { <Count number draft/> }).collect_view()}
                </div>
                <footer class="sheet__foot">
                    <p class="sheet__refused" role="alert">{move || refused.get()}</p>
                    <span class="space"></span>
                    <button type="button" class="button" on:click=move |_| close()>{text.of(Message::Cancel)}</button>
                    <button class="button button--main">{text.of(action)}</button>
                </footer>
            </form>
        </dialog>
    }
}

/// The name, and what the session is for.
#[component]
fn Words(draft: RwSignal<Draft>) -> impl IntoView {
    let text = use_texts();
    view! {
        <label class="line line--tall">
            <span>{text.of(Message::Name)}</span>
            <input
                class="settings__field"
                autofocus
                autocomplete="off"
                maxlength="200"
                placeholder=text.of(Message::NameHint)
                prop:value=move || draft.with(|draft| draft.name.clone())
                on:input=move |event| draft.update(|draft| draft.name = event_target_value(&event))
            />
        </label>
        <label class="line line--tall">
            <span>{text.of(Message::Description)}</span>
            <input
                class="settings__field"
                autocomplete="off"
                maxlength="1000"
                placeholder=text.of(Message::DescriptionHint)
                prop:value=move || draft.with(|draft| draft.description.clone())
                on:input=move |event| draft.update(|draft| draft.description = event_target_value(&event))
            />
        </label>
    }
}

#[component]
fn Switch(choice: Choice, draft: RwSignal<Draft>) -> impl IntoView {
    let text = use_texts();
    let Choice { name, hint, read, write } = choice;
    view! {
        <label class="line">
            <span class="line__words">
                <span>{text.of(name)}</span>
                <span class="line__hint">{text.of(hint)}</span>
            </span>
            <input
                class="switch"
                type="checkbox"
                role="switch"
                prop:checked=move || draft.with(|draft| read(&draft.settings))
                on:change=move |event| draft.update(|draft| write(&mut draft.settings, event_target_checked(&event)))
            />
        </label>
    }
}

#[component]
fn Count(number: Number, draft: RwSignal<Draft>) -> impl IntoView {
    let text = use_texts();
    let Number { name, hint, bounds: (least, most), read, write } = number;
    // The browser says what is out of bounds before the form is sent.
    let change = move |event| {
        if let Ok(value) = event_target_value(&event).parse() {
            draft.update(|draft| write(&mut draft.settings, value));
        }
    };
    view! {
        <label class="line">
            <span class="line__words">
                <span>{text.of(name)}</span>
                <span class="line__hint">{text.of(hint)}</span>
            </span>
            <input
                class="settings__field settings__field--short num"
                type="number"
                required
                min=least
                max=most
                prop:value=move || draft.with(|draft| read(&draft.settings).to_string())
                on:input=change
            />
        </label>
    }
}
