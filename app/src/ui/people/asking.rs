//! Those who ask to be let in: in the panel of their session, and in a bar of their own wherever its owner is.

use leptos::prelude::*;

use crate::{
    protocol::{
        SessionId,
        people::JoinDecide,
        workspace::{Asking, MemberRole, Workspace},
    },
    workspace::use_workspace,
};

use super::super::{
    ask::Asker,
    here::use_here,
    icon::{Glyph, Icon},
    role,
    text::{Message, use_texts},
};

/// Who asks to be let into the session that is shown.
#[component]
pub fn AskingList() -> impl IntoView {
    let (text, here) = (use_texts(), use_here());
    let asking = Memo::new(move |_| here.read(|session| (session.id, session.asking.clone())));
    move || {
        let (session, people) = asking.get()?;
        (!people.is_empty()).then(|| {
            view! {
                <section class="section" aria-label=text.of(Message::AskingTitle)>
                    <header class="section__head"><h2>{text.of(Message::AskingTitle)}</h2></header>
                    <ul class="people__list">
                        {people
                            .into_iter()
                            .map(|who| {
                                view! {
                                    <li class="person">
                                        <span class="person__words">
                                            <span class="person__name">{who.name.clone()}</span>
                                            <span class="person__more">{text.of(role::name(who.role))}</span>
                                        </span>
                                        <Decision session who/>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ul>
                </section>
            }
        })
    }
}

/// The same people of all sessions that the user owns, below the top bar: they wait, and they cover nothing.
#[component]
pub fn AskingBar() -> impl IntoView {
    let text = use_texts();
    let view = use_workspace().view();
    let put_off = RwSignal::new(Vec::<(SessionId, String)>::new());
    let asking = Memo::new(move |_| {
        let asking = view.with(|view| view.as_ref().map(asking).unwrap_or_default());
        put_off.with(|put_off| {
            let is_new = |(session, _, who): &(SessionId, String, Asking)| {
                !put_off.iter().any(|(other, id)| other == session && *id == who.user_id)
            };
            asking.into_iter().filter(is_new).collect::<Vec<_>>()
        })
    });
    // Who asks a second time is heard a second time.
    Effect::new(move || {
        let still = view.with(|view| view.as_ref().map(self::asking).unwrap_or_default());
        put_off.update(|put_off| {
            put_off.retain(|(session, id)| still.iter().any(|(other, _, who)| other == session && who.user_id == *id));
        });
    });
    view! {
        <ul class="asks" aria-live="polite" aria-label=text.of(Message::AskingTitle)>{move || {
            asking.get().into_iter().map(|(session, name, who)| {
                let id = who.user_id.clone();
                let person = who.name.clone();
                view! {
                    <li class="ask">
                        <Icon of=Glyph::Person/>
                        <span class="ask__words">
                            <strong>{person}</strong>
                            " "
                            {move || text.filled(Message::AsksForSession, &name)}
                        </span>
                        <Decision session who/>
                        <button
                            class="button button--icon"
                            aria-label=text.of(Message::Later)
                            title=text.of(Message::Later)
                            on:click=move |_| put_off.update(|put_off| put_off.push((session, id.clone())))
                        >
                            <Icon of=Glyph::Cross/>
                        </button>
                    </li>
                }
            }).collect_view()
        }}</ul>
    }
}

/// Yes and no.
#[component]
fn Decision(session: SessionId, who: Asking) -> impl IntoView {
    let text = use_texts();
    let asker = Asker::from_context();
    let Asking { user_id, name, .. } = who;
    let decide =
        move |approved| asker.ask("people", &JoinDecide { session_id: session, user_id: user_id.clone(), approved });
    let (admit, refuse) = (decide.clone(), decide);
    let (admits, refuses) = (name.clone(), name);
    view! {
        <button
            class="button"
            aria-label=move || text.filled(Message::RefuseNamed, &refuses)
            on:click=move |_| refuse(false)
        >
            {text.of(Message::Refuse)}
        </button>
        <button
            class="button button--main"
            aria-label=move || text.filled(Message::AdmitNamed, &admits)
            on:click=move |_| admit(true)
        >
            {text.of(Message::Admit)}
        </button>
    }
}

/// Everybody who asks the owner of this window, with the session's name.
fn asking(workspace: &Workspace) -> Vec<(SessionId, String, Asking)> {
    let owned = workspace.sessions.iter().filter(|session| session.role == MemberRole::Owner);
    owned.flat_map(|session| session.asking.iter().map(|who| (session.id, session.name.clone(), who.clone()))).collect()
}
