//! The members of the session that is shown; its owner says what each may do.

use leptos::{either::Either, prelude::*, web_sys::HtmlSelectElement};

use crate::protocol::{
    people::{MemberRemove, MemberSetRole},
    workspace::{Member, MemberRole},
};

use super::super::{
    ask::Asker,
    avatar::Avatar,
    confirm::{Question, use_confirm},
    here::use_here,
    icon::{Glyph, Icon},
    presence, role,
    text::{Message, use_texts},
};

/// The members, those who are here first.
#[component]
pub fn Members() -> impl IntoView {
    let (text, here) = (use_texts(), use_here());
    let members = here.members();
    let sorted = Memo::new(move |_| {
        let mut members = members.get();
        members.sort_by_key(|member| (!member.online, !here.is_me(&member.user_id)));
        members
    });
    let alone = move || sorted.with(|members| members.len() == 1) && here.is_owner();
    view! {
        <section class="section" aria-label=text.of(Message::Members)>
            <header class="section__head"><h2>{text.of(Message::Members)}</h2></header>
            <ul class="people__list">
                // Keyed by all that a line shows, so that a change of one draws that one.
                <For each=move || sorted.get() key=|member| (member.user_id.clone(), role::word(member.role), member.online) let:member>
                    <Person member/>
                </For>
            </ul>
            <Show when=alone>
                <p class="people__hint">{text.of(Message::AloneHint)}</p>
            </Show>
        </section>
    }
}

#[component]
fn Person(member: Member) -> impl IntoView {
    let (text, here) = (use_texts(), use_here());
    let me = here.is_me(&member.user_id);
    let id = member.user_id.clone();
    let place = move || {
        let tab = here.read(|session| {
            let pane = session.members.iter().find(|other| other.user_id == id)?.pane_id?;
            presence::tab_of(session, pane)
        });
        tab.flatten()
    };
    let online = member.online;
    let state = move || match (online, place()) {
        (false, _) => text.now(Message::Away).to_owned(),
        (true, Some(tab)) => text.filled(Message::InTab, tab),
        (true, None) => text.now(Message::Present).to_owned(),
    };
    let (name, role) = (member.name.clone(), member.role);
    let decided = member.clone();
    let rights = move || {
        // The owner's own role goes by handing it to somebody.
        if here.is_owner() && !me {
            Either::Left(view! { <Rights member=decided.clone()/> })
        } else {
            Either::Right(view! { <span class="person__role">{text.of(role::name(role))}</span> })
        }
    };
    view! {
        <li class="person">
            <Avatar member/>
            <span class="person__words">
                <span class="person__name">
                    {name}
                    {me.then(|| view! { <span class="muted">" "{text.of(Message::You)}</span> })}
                </span>
                <span class="person__more">{state}</span>
            </span>
            {rights}
        </li>
    }
}

/// What the owner decides of somebody.
#[component]
fn Rights(member: Member) -> impl IntoView {
    let (text, here, confirm) = (use_texts(), use_here(), use_confirm());
    let asker = Asker::from_context();
    let Member { user_id, name, role: now, is_guest, .. } = member;
    let set = {
        let user_id = user_id.clone();
        move |role| {
            if let Some(session_id) = here.id_now() {
                asker.ask("people", &MemberSetRole { session_id, user_id: user_id.clone(), role });
            }
        }
    };
    let choose = {
        let name = name.clone();
        move |role| {
            if role != MemberRole::Owner {
                return set(role);
            }
            let set = set.clone();
            confirm.ask(Question {
                title: text.once(Message::HandOverTitle).replace("{}", &name),
                lines: vec![text.once(Message::HandOverWhy).to_owned()],
                action: Message::HandOver,
                then: Callback::new(move |()| set(MemberRole::Owner)),
            });
        }
    };
    let remove = {
        let name = name.clone();
        move |_| {
            let Some(session_id) = here.id_now() else { return };
            let user_id = user_id.clone();
            confirm.ask(Question {
                title: text.once(Message::RemoveTitle).replace("{}", &name),
                lines: vec![text.once(Message::RemoveWhy).to_owned()],
                action: Message::Remove,
                then: Callback::new(move |()| {
                    asker.ask("people", &MemberRemove { session_id, user_id: user_id.clone() });
                }),
            });
        }
    };
    let options = role::ALL.map(|role| {
        let denied = is_guest && role == MemberRole::Owner;
        view! {
            <option value=role::word(role) selected=role == now disabled=denied>{text.of(role::name(role))}</option>
        }
    });
    let (roles, removes) = (name.clone(), name);
    view! {
        <select
            class="person__choice"
            aria-label=move || text.filled(Message::RoleOf, &roles)
            // Why one of the roles cannot be chosen; beside the name it is the control's description.
            title=move || is_guest.then(|| text.now(Message::GuestCannotOwn))
            on:change=move |event| {
                let control = event_target::<HtmlSelectElement>(&event);
                let chosen = role::from_word(&control.value());
                // The control says what holds; this line is drawn anew when that has changed.
                control.set_value(role::word(now));
                if let Some(role) = chosen {
                    choose(role);
                }
            }
        >
            {options}
        </select>
        <button
            class="button button--icon"
            aria-label=move || text.filled(Message::RemoveNamed, &removes)
            title=text.of(Message::Remove)
            on:click=remove
        >
            <Icon of=Glyph::Cross/>
        </button>
    }
}
