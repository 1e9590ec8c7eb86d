//! The menu at the left of the top bar: the session that is shown, the others, and what can be done.

use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};

use crate::{
    protocol::{SessionId, workspace::Session},
    workspace::use_workspace,
};

use super::super::{
    avatar::Avatar,
    format,
    here::use_here,
    icon::{Glyph, Icon},
    later::{Late, Piece},
    shortcuts,
    text::{Message, use_texts},
};
use super::{SessionActions, use_sessions};

/// The document's name of the menu.
const MENU: &str = "session-menu";
/// How many people of a session are drawn in its line.
const DRAWN: usize = 3;

/// The button with the session's name, and the menu below it.
#[component]
pub fn SessionMenu() -> impl IntoView {
    let text = use_texts();
    let (here, sessions) = (use_here(), use_sessions());
    let view = use_workspace().view();
    let name = move || here.read(|session| session.name.clone()).unwrap_or_default();
    let elsewhere = Memo::new(move |_| {
        let here = here.id();
        let sum = |sessions: &Vec<Session>| {
            sessions.iter().filter(|session| Some(session.id) != here).map(|session| session.unread).sum()
        };
        view.with(|view| view.as_ref().map_or(0, |view| sum(&view.sessions)))
    });
    let menu = NodeRef::<html::Div>::new();
    Effect::new(move || {
        if let (1.., Some(menu)) = (sessions.menu().get(), menu.get()) {
            // A menu that is shown stays so.
            drop(menu.show_popover());
        }
    });
    view! {
        <button
            class="button session"
            aria-haspopup="menu"
            aria-label=move || text.filled(Message::SessionNamed, name())
            title=move || format!("{} ({})", text.now(Message::Sessions), shortcuts::SESSIONS)
            popovertarget=MENU
        >
            <Icon of=Glyph::Session/>
            <span class="session__name">{name}</span>
            <Unread count=elsewhere/>
            <Icon of=Glyph::Down/>
        </button>
        <div class="menu" id=MENU popover="auto" role="menu" aria-label=text.of(Message::Sessions) node_ref=menu on:keydown=move |event| step(&event)>
            <Late piece=Piece::SessionEntries/>
        </div>
    }
}

/// What the menu holds: a line per session, and what can be done.
#[component]
pub fn SessionEntries() -> impl IntoView {
    let view = use_workspace().view();
    let known =
        Memo::new(move |_| view.with(|view| view.as_ref().map(|view| view.sessions.clone()).unwrap_or_default()));
    let ids = Memo::new(move |_| known.with(|known| known.iter().map(|session| session.id).collect::<Vec<_>>()));
    view! {
        {move || ids.get().into_iter().map(|id| view! { <Entry id known/> }).collect_view()}
        <hr class="menu__line"/>
        <Item name=Message::NewSession glyph=Glyph::Plus shown=SessionActions::may_create act=SessionActions::begin_new/>
        <Item name=Message::EditSession glyph=Glyph::Sliders shown=SessionActions::may_edit act=SessionActions::begin_edit/>
        <Item name=Message::LeaveSession glyph=Glyph::Leave shown=SessionActions::may_leave act=SessionActions::leave/>
        <Item name=Message::DeleteSessionAsk glyph=Glyph::Trash shown=SessionActions::may_edit act=SessionActions::delete/>
    }
}

/// A session's line: its name, who is there, and what is unread.
#[component]
fn Entry(id: SessionId, known: Memo<Vec<Session>>) -> impl IntoView {
    let (text, here, sessions) = (use_texts(), use_here(), use_sessions());
    // The list is drawn by id: what a session says of itself is read where it is shown.
    let session = Memo::new(move |_| known.with(|known| known.iter().find(|session| session.id == id).cloned()));
    let read = move |of: fn(&Session) -> String| session.with(|session| session.as_ref().map(of)).unwrap_or_default();
    let present = move || {
        let members = session.get().map(|session| session.members).unwrap_or_default();
        members.into_iter().filter(|member| member.online && !here.is_me(&member.user_id)).collect::<Vec<_>>()
    };
    let names = move || {
        let names: Vec<_> = present().into_iter().map(|member| member.name).collect();
        (!names.is_empty()).then(|| text.filled(Message::PresentHere, names.join(", ")))
    };
    let unread = Memo::new(move |_| session.with(|session| session.as_ref().map_or(0, |session| session.unread)));
    view! {
        <button
            class="menu__item"
            role="menuitemradio"
            aria-checked=move || (here.id() == Some(id)).to_string()
            autofocus=move || here.id() == Some(id)
            popovertarget=MENU
            popovertargetaction="hide"
            title=names
            on:click=move |_| sessions.show(id)
        >
            <span class="menu__mark"><Icon of=Glyph::Check/></span>
            <span class="menu__words">
                <span class="menu__name">{move || read(|session| session.name.clone())}</span>
                <span class="menu__more">{move || read(|session| session.description.clone())}</span>
            </span>
            <span class="avatars">
                {move || present().into_iter().take(DRAWN).map(|member| view! { <Avatar member/> }).collect_view()}
            </span>
            <span class="spoken">{names}</span>
            <Unread count=unread/>
        </button>
    }
}

/// Something to do, where the user may.
#[component]
fn Item(name: Message, glyph: Glyph, shown: fn(SessionActions) -> bool, act: fn(SessionActions)) -> impl IntoView {
    let (text, sessions) = (use_texts(), use_sessions());
    view! {
        <button
            class="menu__item"
            role="menuitem"
            hidden=move || !shown(sessions)
            popovertarget=MENU
            popovertargetaction="hide"
            on:click=move |_| act(sessions)
        >
            <Icon of=glyph/>
            <span class="menu__name">{text.of(name)}</span>
        </button>
    }
}

/// How many messages are unread, where any are.
#[component]
pub fn Unread(
    /// How many.
    count: Memo<u64>,
) -> impl IntoView {
    let text = use_texts();
    move || {
        let count = count.get();
        (count > 0).then(|| {
            view! {
                <span class="badge num">
                    {format::count(count)}
                    <span class="spoken">" "{text.of(Message::UnreadMessages)}</span>
                </span>
            }
        })
    }
}

/// Arrow keys go from one entry to the next.
fn step(event: &ev::KeyboardEvent) {
    let Some(menu) = event.current_target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else { return };
    let mut items = Vec::new();
    let mut child = menu.first_element_child();
    while let Some(element) = child {
        child = element.next_element_sibling();
        items
            .extend(element.dyn_into::<HtmlElement>().ok().filter(|item| item.has_attribute("role") && !item.hidden()));
    }
    let here = document().active_element();
    let (count, place) = (items.len(), items.iter().position(|item| here.as_ref() == Some(item)));
    let next = match (event.key().as_str(), place) {
        ("ArrowDown", place) => place.map_or(0, |place| (place + 1) % count.max(1)),
        ("ArrowUp", place) => place.map_or(count, |place| place + count).saturating_sub(1) % count.max(1),
        ("Home", _) => 0,
        ("End", _) => count.saturating_sub(1),
        _ => return,
    };
    event.prevent_default();
    if let Some(item) = items.get(next) {
        // An entry that is shown can take the focus.
        drop(item.focus());
    }
}
