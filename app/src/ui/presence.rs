//! Who is here: discs in the top bar, marks in the head of a pane, and whose keys a terminal follows.

use leptos::prelude::*;

use crate::{
    client::LinkStatus,
    people,
    protocol::{
        PaneId,
        workspace::{Member, Session},
    },
    workspace::TerminalState,
};

use super::{
    avatar::{Avatar, COLOURS},
    dock::{Tool, use_dock},
    format,
    here::use_here,
    role, shortcuts,
    text::{Message, Texts, use_texts},
};

/// How many people are drawn before they are counted.
const DRAWN: usize = 4;

/// The people of the session that is shown; a click shows them in full.
#[component]
pub fn Presence() -> impl IntoView {
    let (text, here, dock) = (use_texts(), use_here(), use_dock());
    let members = here.members();
    let shown = Memo::new(move |_| {
        let mut members = members.get();
        // Who is here comes first; of those, the reader.
        members.sort_by_key(|member| (!member.online, !here.is_me(&member.user_id)));
        members
    });
    let rest = move || shown.with(|shown| shown.len().saturating_sub(DRAWN));
    let asking = Memo::new(move |_| here.read(|session| session.asking.len()).unwrap_or(0));
    let name = move || {
        let online = shown.with(|shown| shown.iter().filter(|member| member.online).count());
        text.filled(Message::PeopleOnline, online)
    };
    let title = move |member: &Member| here.read(|session| described(text, session, member)).unwrap_or_default();
    view! {
        <button
            class="button presence"
            aria-label=name
            title=move || format!("{} ({})", name(), shortcuts::PEOPLE)
            hidden=move || shown.with(Vec::is_empty)
            on:click=move |_| dock.show(Tool::People)
        >
            <span class="avatars">
                {move || {
                    shown
                        .get()
                        .into_iter()
                        .take(DRAWN)
                        .map(|member| {
                            let title = title(&member);
                            view! { <Avatar member title/> }
                        })
                        .collect_view()
                }}
            </span>
            {move || (rest() > 0).then(|| view! { <span class="num">{format!("+{}", rest())}</span> })}
            {move || {
                let asking = asking.get() as u64;
                (asking > 0).then(|| view! {
                    <span class="badge num" data-tone="warn">
                        {format::count(asking)}
                        <span class="spoken">" "{text.of(Message::PeopleAsking)}</span>
                    </span>
                })
            }}
        </button>
    }
}

/// A member's name, role and place, as the pointer is told.
fn described(text: Texts, session: &Session, member: &Member) -> String {
    let mut parts = vec![member.name.clone(), text.now(role::name(member.role)).to_owned()];
    if !member.online {
        parts.push(text.now(Message::Away).to_owned());
    } else if let Some(tab) = member.pane_id.and_then(|pane| tab_of(session, pane)) {
        parts.push(tab);
    }
    parts.join(" · ")
}

/// The title of the tab that has a pane.
pub fn tab_of(session: &Session, pane: PaneId) -> Option<String> {
    let tab = session.tabs.iter().find(|tab| tab.panes.iter().any(|other| other.id == pane))?;
    Some(tab.title.clone()).filter(|title| !title.is_empty())
}

/// In the head of a pane: who else is in it, and who leads where that is not this window.
#[component]
pub fn PaneMarks(
    /// The pane.
    pane: PaneId,
    /// The terminal in it.
    terminal: Signal<Option<TerminalState>>,
) -> impl IntoView {
    let (text, here) = (use_texts(), use_here());
    let status = expect_context::<LinkStatus>();
    let members = here.members();
    let others = Memo::new(move |_| {
        let is_other = |member: &&Member| member.online && member.pane_id == Some(pane) && !here.is_me(&member.user_id);
        members.with(|members| members.iter().filter(is_other).cloned().collect::<Vec<_>>())
    });
    let leader = Memo::new(move |_| {
        let leader = terminal.get().and_then(|terminal| terminal.leader.get())?;
        let elsewhere = status.client_id.with(|me| me.as_ref().is_some_and(|me| *me != leader));
        members.with(|members| people::at_window(members, &leader).filter(|_| elsewhere).cloned())
    });
    let types = move || {
        leader.get().map(|member| {
            let words = if here.is_me(&member.user_id) {
                text.now(Message::OtherWindowTypes).to_owned()
            } else {
                text.filled(Message::Types, &member.name)
            };
            view! {
                <span class="pane__leader" data-color=member.color % COLOURS title=text.of(Message::TypesHint)>{words}</span>
            }
        })
    };
    let names = move || {
        let names: Vec<_> = others.with(|others| others.iter().map(|member| member.name.clone()).collect());
        (!names.is_empty()).then(|| text.filled(Message::PresentHere, names.join(", ")))
    };
    view! {
        {types}
        <span class="avatars avatars--small" title=names>
            {move || others.get().into_iter().take(DRAWN).map(|member| view! { <Avatar member/> }).collect_view()}
        </span>
        <span class="spoken">{names}</span>
    }
}
