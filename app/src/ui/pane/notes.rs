//! What a pane has to say beside its shell: why nothing comes, what became of input, how the shell ended.

use leptos::{either::EitherOf4, prelude::*};

use crate::{
    protocol::terminal::{CloseReason, TerminalClosed},
    workspace::use_workspace,
};

use super::{
    Held, act,
    attachment::{Answer, Attachment},
    phase::{Phase, Remark},
    read,
    wish::Obstacle,
};

use super::super::{
    format,
    refusal::{self, Matter},
    text::{Message, Texts, use_texts},
    work::use_place,
};

/// The notes on a shell that is there, most lasting first.
#[component]
pub fn Notes(
    /// The shell they are about.
    attachment: Held,
) -> impl IntoView {
    view! {
        <Idle attachment/>
        <Waiting attachment/>
        <Pasting attachment/>
        <Wished attachment/>
        <Remarked attachment/>
    }
}

/// Where the pane is with its shell, as long as that is not simply alive.
#[component]
pub fn Standing(
    /// The shell it is about.
    attachment: Held,
) -> impl IntoView {
    let text = use_texts();
    let phase = Memo::new(move |_| read(attachment, |attachment| attachment.phase().get()).unwrap_or_default());
    move || match phase.get() {
        Phase::Waiting | Phase::Live(_) => EitherOf4::A(()),
        Phase::Opening => EitherOf4::B(view! { <p class="pane__note">{text.of(Message::ShellOpening)}</p> }),
        Phase::Empty => EitherOf4::C(view! { <Gone attachment why=None/> }),
        Phase::Ended(closed) => EitherOf4::C(view! { <Gone attachment why=Some(closed)/> }),
        Phase::Failed(failure) => EitherOf4::D(view! {
            <p class="pane__note" data-tone="bad">
                {move || text.filled(Message::ShellRefused, refusal::sentence_on(Matter::Shell, text, &failure))}
                <span class="space"></span>
                <button class="button button--main" on:click=move |_| act(attachment, Attachment::try_again)>
                    {text.of(Message::TryAgain)}
                </button>
            </p>
        }),
    }
}

/// There is no shell: how the last one ended, and the way to another for who may open one.
#[component]
fn Gone(attachment: Held, why: Option<TerminalClosed>) -> impl IntoView {
    let text = use_texts();
    let place = use_place();
    let empty = why.is_none();
    view! {
        <p class="pane__note" data-empty=empty.then_some("")>
            {move || why.as_ref().map_or_else(|| text.now(Message::PaneEmpty).to_owned(), |closed| how_it_ended(text, closed))}
            <span class="space"></span>
            <Show when=move || place.may_arrange()>
                <button class="button button--main" on:click=move |_| act(attachment, start)>
                    {text.of(Message::NewShell)}
                </button>
            </Show>
        </p>
    }
}

/// A shell that will be closed because nothing happens in it.
#[component]
fn Idle(attachment: Held) -> impl IntoView {
    let (text, workspace) = (use_texts(), use_workspace());
    let closes_in = Memo::new(move |_| match read(attachment, |attachment| attachment.phase().get()) {
        Some(Phase::Live(terminal)) => workspace.terminal(terminal).closes_in.get(),
        _ => None,
    });
    move || {
        closes_in.get().map(|seconds| {
            view! {
                <p class="pane__note" data-tone="warn">{move || text.filled(Message::ShellIdle, seconds)}</p>
            }
        })
    }
}

/// Keys that wait.
#[component]
fn Waiting(attachment: Held) -> impl IntoView {
    let text = use_texts();
    let waiting = Memo::new(move |_| read(attachment, |attachment| attachment.typist().waiting().get()).unwrap_or(0));
    move || {
        (waiting.get() > 0)
            .then(|| view! { <p class="pane__note">{move || text.filled(Message::InputWaits, waiting.get())}</p> })
    }
}

/// How far a paste has come, when it takes long enough to be seen.
#[component]
fn Pasting(attachment: Held) -> impl IntoView {
    const SHORT: usize = 64 * 1_024;
    let text = use_texts();
    let pasting = move || read(attachment, |attachment| attachment.typist().pasting().get()).flatten();
    let total = Memo::new(move |_| pasting().map(|pasting| pasting.total).filter(|total| *total > SHORT));
    let done = move || pasting().map_or(0, |pasting| pasting.total - pasting.left);
    move || {
        total.get().map(|total| {
            view! {
                <p class="pane__note">
                    <span>{move || text.filled(Message::Pasting, format::bytes(done(), total))}</span>
                    <progress class="pane__progress" max=total.to_string() prop:value=move || done().to_string()></progress>
                    <button
                        class="button"
                        on:click=move |_| act(attachment, |attachment| attachment.typist().cancel_paste())
                    >
                        {text.of(Message::CancelPaste)}
                    </button>
                </p>
            }
        })
    }
}

/// What a program wants on the clipboard, until the person has answered.
#[component]
fn Wished(attachment: Held) -> impl IntoView {
    let text = use_texts();
    let wish = move || read(attachment, |attachment| attachment.said().wish.get()).flatten();
    let answer = move |answer| act(attachment, move |attachment| attachment.answer_wish(answer));
    let button = move |name, given, class| {
        view! { <button class=class on:click=move |_| answer(given)>{text.of(name)}</button> }
    };
    move || {
        wish().map(|wish| {
            let characters = format::count(wish.characters as u64);
            let words = match wish.obstacle {
                Obstacle::Unasked => Message::ClipboardAsked,
                Obstacle::Gesture => Message::ClipboardNeedsClick,
            };
            let asks = wish.obstacle == Obstacle::Unasked;
            view! {
                <p class="pane__note">
                    {move || text.filled(words, &characters)}
                    <span class="space"></span>
                    {button(Message::ClipboardNever, Answer::Never, "button")}
                    {asks.then(|| button(Message::ClipboardAlways, Answer::Always, "button"))}
                    {button(Message::ClipboardOnce, Answer::InThisWindow, "button button--main")}
                </p>
            }
        })
    }
}

/// What became of input that did not simply arrive; it stays until it is dismissed.
#[component]
fn Remarked(attachment: Held) -> impl IntoView {
    let text = use_texts();
    let remark = move || read(attachment, |attachment| attachment.typist().remark().get()).flatten();
    let words = move |remark: &Remark| match remark {
        Remark::Uncertain(bytes) => text.filled(Message::InputUncertain, bytes),
        Remark::Unsent(bytes) => text.filled(Message::InputUnsent, bytes),
        Remark::Full => text.now(Message::InputFull).to_owned(),
        Remark::Refused(why) => text.filled(Message::InputRefused, refusal::sentence_on(Matter::Input, text, why)),
        Remark::NotRead => text.now(Message::InputNotRead).to_owned(),
        Remark::ReadOnly => text.now(Message::InputReadOnly).to_owned(),
    };
    move || {
        remark().map(|remark| {
            view! {
                <p class="pane__note" data-tone="warn">
                    {move || words(&remark)}
                    <span class="space"></span>
                    <button
                        class="button"
                        on:click=move |_| act(attachment, |attachment| attachment.typist().remark().set(None))
                    >
                        {text.of(Message::Dismiss)}
                    </button>
                </p>
            }
        })
    }
}

fn start(attachment: &Attachment) {
    attachment.start_anew();
    attachment.focus();
}

fn how_it_ended(text: Texts, closed: &TerminalClosed) -> String {
    match closed.reason {
        CloseReason::Detached => return text.now(Message::ShellDetached).to_owned(),
        CloseReason::Idle => return text.now(Message::ShellIdled).to_owned(),
        CloseReason::Failed => return text.now(Message::ShellLost).to_owned(),
        CloseReason::Exited | CloseReason::Closed | CloseReason::Shutdown => {}
    }
    match (&closed.signal, closed.exit_code) {
        (Some(signal), _) => text.filled(Message::ShellSignalled, signal),
        (None, Some(code)) => text.filled(Message::ShellExited, code),
        (None, None) => text.now(Message::ShellEnded).to_owned(),
    }
}
