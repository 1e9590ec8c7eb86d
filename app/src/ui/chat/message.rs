//! One message: who, when, and what, drawn by its kind.

use std::sync::Arc;

use leptos::{either::EitherOf4, prelude::*};

use crate::{
    monitor::Timestamp,
    protocol::message::{MessageKind, SessionMessage},
};

use super::super::{
    ask::Asker,
    avatar::COLOURS,
    format,
    here::use_here,
    icon::{Glyph, Icon},
    text::{Message, use_texts},
};

/// A message in the list.
#[component]
pub fn MessageLine(
    /// What was said.
    message: Arc<SessionMessage>,
    /// Whether the name and the time stand above it.
    headed: bool,
) -> impl IntoView {
    let here = use_here();
    let asker = Asker::from_context();
    let author = message.from.user_id.clone();
    // Who has left is known by name alone.
    let members = here.members();
    let colour = Memo::new(move |_| {
        members
            .with(|members| members.iter().find(|member| member.user_id == author).map(|member| member.color % COLOURS))
    });
    let (_, offset) = asker.clock();
    let at = message.sent_at.parse::<Timestamp>().map_or(0.0, |at| at.0 as f64 / 1_000.0);
    let time = format::time_of_day(at, offset);
    let mine = here.is_me(&message.from.user_id);
    let (name, sent_at, kind) = (message.from.name.clone(), message.sent_at.clone(), word(message.kind));
    view! {
        <li class="said" data-kind=kind data-mine=mine.then_some("")>
            {headed.then(|| view! {
                <p class="said__head">
                    <b class="said__name" data-color=move || colour.get()>{name}</b>
                    <time class="said__time num" datetime=sent_at>{time.get(..5).unwrap_or_default().to_owned()}</time>
                </p>
            })}
            <Body message/>
        </li>
    }
}

/// The kind as attributes and tests know it.
const fn word(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Text => "text",
        MessageKind::Command => "command",
        MessageKind::File => "file",
        MessageKind::Notification => "notification",
    }
}

#[component]
fn Body(message: Arc<SessionMessage>) -> impl IntoView {
    let text = use_texts();
    let content = message.content.clone();
    match message.kind {
        MessageKind::Text => EitherOf4::A(view! { <p class="said__text">{content}</p> }),
        // To look at and to copy: what somebody else writes never runs by itself.
        MessageKind::Command => EitherOf4::B(view! {
            <div class="said__command">
                <span class="spoken">{text.of(Message::CommandKind)}</span>
                <code>{content.clone()}</code>
                <CopyButton content/>
            </div>
        }),
        MessageKind::File => EitherOf4::C(view! {
            <div class="said__file">
                <Icon of=Glyph::File/>
                <span class="spoken">{text.of(Message::FileKind)}</span>
                <code>{content.clone()}</code>
                <CopyButton content/>
            </div>
        }),
        MessageKind::Notification => EitherOf4::D(view! {
            <p class="said__notification">
                <Icon of=Glyph::Bell/>
                <span class="said__text">{content}</span>
            </p>
        }),
    }
}

#[component]
fn CopyButton(content: String) -> impl IntoView {
    let text = use_texts();
    let asker = Asker::from_context();
    view! {
        <button class="button" on:click=move |_| asker.copy(&content)>{text.of(Message::Copy)}</button>
    }
}
