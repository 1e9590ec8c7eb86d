//! What was said in a session, the newest at the bottom; older pages come when one scrolls up to them.

use leptos::{either::EitherOf3, html, prelude::*};

use crate::{
    chat::{Line, Loading, use_chat},
    people::use_people,
    protocol::{
        MessageId, SessionId,
        message::{MessageList, MessageRead},
    },
};

use super::{
    super::{
        ask::Asker,
        icon::{Glyph, Icon},
        text::{Message, use_texts},
    },
    PAGE, ask_for, day, mark,
    message::MessageLine,
};

/// How near an end one has to be to be at it, in CSS pixels.
const NEAR: i32 = 48;

/// Where the reader is in the list.
#[derive(Clone, Copy)]
struct Scrolled {
    /// Whether the newest message is in sight, and the next one is to be as well.
    at_end: bool,
    /// How high the list was, to stay in place when something comes above.
    height: i32,
}

/// The messages.
#[component]
pub fn MessageLines(
    /// Of which session.
    session: SessionId,
    /// Whether somebody looks.
    watched: Signal<bool>,
    /// Why a page was refused, in words.
    refused: RwSignal<Option<String>>,
) -> impl IntoView {
    let (text, people) = (use_texts(), use_people());
    let asker = Asker::from_context();
    let conversation = use_chat().conversation(session);
    let element = NodeRef::<html::Div>::new();
    let scrolled = StoredValue::new(Scrolled { at_end: true, height: 0 });
    let at_end = RwSignal::new(true);
    let asked = StoredValue::new(None::<MessageId>);
    let lines = {
        let conversation = conversation.clone();
        Memo::new(move |_| {
            let (_, offset) = asker.clock();
            people.me().with(|me| {
                let me = me.as_ref().map(|me| me.id.as_str()).unwrap_or_default();
                conversation.with(|conversation| conversation.lines(offset, me))
            })
        })
    };
    keep_in_place(lines, element, scrolled);
    follow_reader(session, watched, at_end);

    let older = {
        let conversation = conversation.clone();
        move || {
            let before =
                conversation.with_untracked(|conversation| conversation.oldest().filter(|_| conversation.has_older()));
            // Each page once; a refusal lets it be asked for again.
            if before.is_some() && (asked.get_value() != before || refused.with_untracked(Option::is_some)) {
                asked.set_value(before);
                ask_for(asker, MessageList { session_id: session, before, limit: Some(PAGE) }, refused);
            }
        }
    };
    let scroll = {
        let older = older.clone();
        move |_| {
            let Some(list) = element.get_untracked() else { return };
            let height = list.scroll_height();
            let end = height - list.scroll_top() - list.client_height() < NEAR;
            scrolled.set_value(Scrolled { at_end: end, height });
            at_end.set(end);
            if list.scroll_top() < NEAR {
                older();
            }
        }
    };
    let above = Memo::new(move |_| {
        conversation.with(|conversation| (conversation.has_older(), conversation.is_empty(), conversation.loading()))
    });
    let top = move || match above.get() {
        (true, ..) => {
            let older = older.clone();
            EitherOf3::A(view! {
                <button class="pill chat__older" on:click=move |_| older()>{text.of(Message::OlderMessages)}</button>
            })
        }
        (false, true, Loading::Current) => EitherOf3::B(view! { <Nothing/> }),
        (false, ..) => EitherOf3::C(()),
    };
    view! {
        <div
            class="chat__list"
            role="log"
            aria-live="off"
            tabindex="0"
            aria-label=text.of(Message::Messages)
            node_ref=element
            on:scroll=scroll
        >
            {top}
            <p class="people__hint" role="alert" hidden=move || refused.with(Option::is_none)>{move || refused.get()}</p>
            <ul class="chat__lines">
                <For each=move || lines.get() key=key let:line>
                    <LineView line/>
                </For>
            </ul>
        </div>
        <Heard session/>
    }
}

/// What a line is known by.
fn key(line: &Line) -> (u8, i64, Option<MessageId>, bool) {
    match line {
        Line::Day(day) => (0, *day, None, false),
        Line::Unread => (1, 0, None, false),
        Line::Message { message, headed } => (2, 0, Some(message.id), *headed),
    }
}

#[component]
fn LineView(line: Line) -> impl IntoView {
    let text = use_texts();
    let asker = Asker::from_context();
    match line {
        Line::Day(day) => EitherOf3::A(view! {
            <li class="chat__day">
                {move || {
                    let (now, offset) = asker.clock();
                    day::name(day, day::of(now, offset), text.0.get())
                }}
            </li>
        }),
        Line::Unread => EitherOf3::B(view! { <li class="chat__unread">{text.of(Message::NewMessages)}</li> }),
        Line::Message { message, headed } => EitherOf3::C(view! { <MessageLine message headed/> }),
    }
}

/// What to do where nothing has been said.
#[component]
fn Nothing() -> impl IntoView {
    let text = use_texts();
    view! {
        <div class="empty">
            <Icon of=Glyph::Chat/>
            <p>{text.of(Message::NoMessages)}</p>
            <p class="empty__hint">{text.of(Message::NoMessagesHint)}</p>
        </div>
    }
}

/// The latest word of somebody else, for those who listen.
#[component]
fn Heard(session: SessionId) -> impl IntoView {
    let people = use_people();
    let conversation = use_chat().conversation(session);
    // What was said before one came is not read out.
    let since = StoredValue::new(None::<Option<MessageId>>);
    let heard = Memo::new(move |before: Option<&Option<String>>| {
        let newest = conversation
            .with(|conversation| (conversation.loading() == Loading::Current).then(|| conversation.newest().cloned()));
        let Some(newest) = newest else { return before.cloned().flatten() };
        let id = newest.as_ref().map(|message| message.id);
        let is_new = since.get_value().is_some_and(|since| since != id);
        since.set_value(Some(id));
        let other = newest.filter(|message| {
            is_new && people.me().with(|me| me.as_ref().is_some_and(|me| me.id != message.from.user_id))
        });
        other.map(|message| format!("{}: {}", message.from.name, message.content)).or(before.cloned().flatten())
    });
    view! { <p class="spoken" aria-live="polite">{move || heard.get()}</p> }
}

/// At the end the newest is shown; elsewhere what is being read stays where it is when something comes above it.
fn keep_in_place(lines: Memo<Vec<Line>>, element: NodeRef<html::Div>, scrolled: StoredValue<Scrolled>) {
    Effect::new(move |oldest: Option<Option<MessageId>>| {
        let now = lines.with(|lines| {
            lines.iter().find_map(|line| match line {
                Line::Message { message, .. } => Some(message.id),
                Line::Day(_) | Line::Unread => None,
            })
        });
        let came_above = oldest.flatten().is_some_and(|before| now < Some(before));
        // The lines stand in the document by then.
        request_animation_frame(move || {
            let Some(list) = element.try_get_untracked().flatten() else { return };
            let Some(Scrolled { at_end, height }) = scrolled.try_get_value() else { return };
            if at_end {
                list.set_scroll_top(list.scroll_height());
            } else if came_above {
                list.set_scroll_top(list.scroll_top() + list.scroll_height() - height);
            }
        });
        now
    });
}

/// Marks what is in sight as read, and draws the line before what was not when the reader came.
fn follow_reader(session: SessionId, watched: Signal<bool>, at_end: RwSignal<bool>) {
    let chat = use_chat();
    let asker = Asker::from_context();
    let current = {
        let conversation = chat.conversation(session);
        Memo::new(move |_| conversation.with(|conversation| conversation.loading() == Loading::Current))
    };
    let conversation = chat.conversation(session);
    Effect::new(move || {
        let looks = watched.get() && current.get();
        conversation.update(|conversation| if looks { conversation.look() } else { conversation.look_away() });
    });
    let conversation = chat.conversation(session);
    let unmarked = Memo::new(move |_| conversation.with(|conversation| conversation.to_mark()));
    Effect::new(move || {
        if let (Some(message_id), true) = (unmarked.get(), watched.get() && current.get() && at_end.get()) {
            mark(asker, MessageRead { session_id: session, message_id });
        }
    });
}
