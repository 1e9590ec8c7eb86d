//! What a pane has to say beside its shell: why nothing comes, what became of input, how the shell ended.

use leptos::{either::EitherOf4, prelude::*};

use crate::{
    client::Failure,
    protocol::terminal::{CloseReason, TerminalClosed},
    workspace::use_workspace,
};

use super::{
    Held, act,
    attachment::Attachment,
    phase::{Phase, Remark},
    read,
};

use super::super::text::{Message, Texts, use_texts};

/// The notes, most lasting first.
#[component]
pub fn Notes(
    /// The shell they are about.
    attachment: Held,
) -> impl IntoView {
    view! {
        <div class="pane__notes" role="status">
            <Standing attachment/>
            <Idle attachment/>
            <Waiting attachment/>
            <Remarked attachment/>
        </div>
    }
}

/// Where the pane is with its shell, as long as that is not simply alive.
#[component]
fn Standing(attachment: Held) -> impl IntoView {
    let text = use_texts();
    let phase = Memo::new(move |_| read(attachment, |attachment| attachment.phase().get()).unwrap_or_default());
    move || match phase.get() {
        Phase::Waiting | Phase::Live(_) => EitherOf4::A(()),
        Phase::Opening => EitherOf4::B(view! { <p class="pane__note">{text.of(Message::ShellOpening)}</p> }),
        Phase::Ended(closed) => EitherOf4::C(view! {
            <p class="pane__note">
                {move || how_it_ended(text, &closed)}
                <span class="space"></span>
                <button class="button button--main" on:click=move |_| act(attachment, start)>
                    {text.of(Message::NewShell)}
                </button>
            </p>
        }),
        Phase::Failed(failure) => EitherOf4::D(view! {
            <p class="pane__note" data-tone="bad">
                {move || why(text, &failure)}
                <span class="space"></span>
                <button class="button button--main" on:click=move |_| act(attachment, Attachment::open)>
                    {text.of(Message::TryAgain)}
                </button>
            </p>
        }),
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

/// What became of input that did not simply arrive; it stays until it is dismissed.
#[component]
fn Remarked(attachment: Held) -> impl IntoView {
    let text = use_texts();
    let remark = move || read(attachment, |attachment| attachment.typist().remark().get()).flatten();
    let words = move |remark: &Remark| match remark {
        Remark::Uncertain(bytes) => text.filled(Message::InputUncertain, bytes),
        Remark::Full => text.now(Message::InputFull).to_owned(),
        Remark::Refused(why) => text.filled(Message::InputRefused, why),
        Remark::NotRead => text.now(Message::InputNotRead).to_owned(),
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

fn why(text: Texts, failure: &Failure) -> String {
    match failure {
        Failure::Refused(refusal) => text.filled(Message::ShellRefused, &refusal.message),
        Failure::Timeout => text.now(Message::ShellTimeout).to_owned(),
        Failure::Disconnected | Failure::Malformed(_) => text.filled(Message::ShellRefused, failure),
    }
}
