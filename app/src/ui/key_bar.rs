//! The keys that a touch keyboard lacks; they act on the screen that typed last.

use leptos::{prelude::*, task::spawn_local};

use crate::client::{Client, ScreenKey, use_client};

use super::{
    later::{Late, Piece},
    text::{Message, use_texts},
    toasts::use_toasts,
};

/// The row of keys; the style sheet shows it on narrow and touch screens.
#[component]
pub fn KeyBar() -> impl IntoView {
    let text = use_texts();
    view! {
        <div class="keys" role="toolbar" aria-label=text.of(Message::KeyBar)>
            <Late piece=Piece::KeyCaps/>
        </div>
    }
}

/// The keys.
#[component]
pub fn KeyCaps() -> impl IntoView {
    view! {
        <Key key=ScreenKey::Escape cap="Esc"/>
        <Key key=ScreenKey::Tab cap="Tab"/>
        <CtrlKey/>
        <Key key=ScreenKey::Left cap="←" name=Message::KeyLeft/>
        <Key key=ScreenKey::Up cap="↑" name=Message::KeyUp/>
        <Key key=ScreenKey::Down cap="↓" name=Message::KeyDown/>
        <Key key=ScreenKey::Right cap="→" name=Message::KeyRight/>
        <PasteKey/>
    }
}

#[component]
fn Key(
    /// What it presses.
    key: ScreenKey,
    /// What stands on it.
    cap: &'static str,
    /// Its name, where the cap is only a sign.
    #[prop(optional, into)]
    name: Option<Message>,
) -> impl IntoView {
    let text = use_texts();
    let client = use_client();
    let press = move |_| {
        if let Some(screen) = client.as_ref().and_then(|client| client.focus.screen()) {
            screen.press(key);
            screen.focus();
        }
    };
    view! {
        <button class="keys__key" aria-label=move || name.map(|name| text.now(name)) on:click=press>
            {cap}
        </button>
    }
}

/// Ctrl, which waits for the next character.
#[component]
fn CtrlKey() -> impl IntoView {
    let client = use_client();
    let held = client.as_ref().map(|client| client.focus.ctrl());
    let press = move |_| {
        if let Some(Client { focus, .. }) = &client {
            focus.ctrl().update(|held| *held = !*held);
            if let Some(screen) = focus.screen() {
                screen.focus();
            }
        }
    };
    let pressed = move || held.is_some_and(|held| held.get()).to_string();
    view! { <button class="keys__key" aria-pressed=pressed on:click=press>"Ctrl"</button> }
}

#[component]
fn PasteKey() -> impl IntoView {
    let text = use_texts();
    let toasts = use_toasts();
    let client = use_client();
    let press = move |_| {
        let Some(client) = client.clone() else { return };
        spawn_local(async move {
            match (client.browser.paste().await, client.focus.screen()) {
                (Some(pasted), Some(screen)) => {
                    screen.paste(pasted);
                    screen.focus();
                }
                (None, _) => toasts.failed(text.once(Message::PasteDenied)),
                (Some(_), None) => {}
            }
        });
    };
    view! { <button class="keys__key" on:click=press>{text.of(Message::Paste)}</button> }
}
