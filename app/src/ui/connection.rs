//! What stands in front of the terminals while the link does not: connecting, the countdown, signed out, closing.

use std::time::Duration;

use leptos::{either::EitherOf5, prelude::*};

use crate::{
    client::{ClientContext, LinkState, LinkStatus},
    page::PageConfig,
};

use super::{
    format,
    icon::{Glyph, Icon},
    text::{Message, use_texts},
};

/// The banner; it stands at the top of the terminals and never covers their last line.
#[component]
pub fn ConnectionBanner() -> impl IntoView {
    let status = expect_context::<LinkStatus>();
    // A countdown rewrites itself each second; the rest must not be drawn anew for it.
    let state = Memo::new(move |_| status.state.get());
    view! {
        <div class="connection" role="status" aria-live="polite" data-state=move || word(&state.get())>
            {move || match state.get() {
                LinkState::Online => EitherOf5::A(()),
                LinkState::Connecting => EitherOf5::B(view! { <Connecting/> }),
                LinkState::Waiting { attempt, until_ms } => EitherOf5::C(view! { <Waiting attempt until_ms/> }),
                LinkState::SignedOut => EitherOf5::D(view! { <SignedOut/> }),
                LinkState::Closing { reason } => EitherOf5::E(view! { <Closing reason/> }),
            }}
        </div>
    }
}

/// The state as attributes and tests know it.
pub const fn word(state: &LinkState) -> &'static str {
    match state {
        LinkState::Connecting => "connecting",
        LinkState::Online => "online",
        LinkState::Waiting { .. } => "waiting",
        LinkState::SignedOut => "signed-out",
        LinkState::Closing { .. } => "closing",
    }
}

#[component]
fn Connecting() -> impl IntoView {
    let text = use_texts();
    view! {
        <span class="spinner" aria-hidden="true"></span>
        <p class="connection__text">{text.of(Message::ConnectingLong)}</p>
    }
}

#[component]
fn Waiting(attempt: u32, until_ms: f64) -> impl IntoView {
    let text = use_texts();
    let client = use_context::<ClientContext>();
    let seconds_left = move || {
        let now = client.map_or(until_ms, |client| client.with_value(|client| client.browser.now_ms()));
        ((until_ms - now) / 1_000.0).ceil().max(0.0)
    };
    let left = RwSignal::new(seconds_left());
    Effect::new(move || {
        let ticking = set_interval_with_handle(move || left.set(seconds_left()), Duration::from_millis(250));
        // Without a timer the countdown stands still, and the attempt comes all the same.
        if let Ok(ticking) = ticking {
            on_cleanup(move || ticking.clear());
        }
    });
    let seconds = Memo::new(move |_| left.get());
    let countdown = move || match seconds.get() {
        0.0 => text.now(Message::RetryingNow).to_owned(),
        seconds => text.filled(Message::RetryIn, format!("{seconds:.0} s")),
    };
    let retry = move |_| {
        if let Some(client) = client {
            client.with_value(|client| client.link.reconnect());
        }
    };
    view! {
        <Icon of=Glyph::Unlink/>
        <p class="connection__text">
            <strong>{text.of(Message::ConnectionLost)}</strong>
            // Read out once, not each second.
            <span class="connection__more num" aria-live="off">
                {countdown} " · " {move || text.filled(Message::Attempt, format::count(attempt.into()))}
            </span>
        </p>
        <button class="button button--main" on:click=retry>{text.of(Message::RetryNow)}</button>
    }
}

#[component]
fn SignedOut() -> impl IntoView {
    let text = use_texts();
    let login = expect_context::<PageConfig>().href("/login");
    view! {
        <Icon of=Glyph::Alert/>
        <p class="connection__text">
            <strong>{text.of(Message::SignedOut)}</strong>
            <span class="connection__more">{text.of(Message::SignedOutWhy)}</span>
        </p>
        <a class="button button--main" href=login>{text.of(Message::SignIn)}</a>
    }
}

#[component]
fn Closing(reason: String) -> impl IntoView {
    let text = use_texts();
    view! {
        <Icon of=Glyph::Alert/>
        <p class="connection__text">
            <strong>{text.of(Message::ServerClosing)}</strong>
            <span class="connection__more">{reason}</span>
        </p>
    }
}
