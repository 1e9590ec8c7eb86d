//! What of a terminal's news is something to see, and what is only known.

use std::slice;

use leptos::prelude::{GetUntracked, Set};

use super::*;
use crate::protocol::{
    session::TerminalSummary,
    terminal::{TerminalBell, TerminalCommand},
};

fn command(id: &str, exit_code: Option<u32>, running: bool) -> TerminalCommand {
    TerminalCommand {
        terminal_id: TERMINAL,
        command_id: id.into(),
        command: Some("make".into()),
        cwd: None,
        running,
        exit_code,
        duration_ms: None,
    }
}

fn exited() -> TerminalClosed {
    TerminalClosed { terminal_id: TERMINAL, exit_code: Some(0), signal: None, reason: CloseReason::Exited }
}

fn summary(command: Option<TerminalCommand>, closed: Option<TerminalClosed>) -> TerminalSummary {
    TerminalSummary { terminal_id: TERMINAL, title: Some("vim".into()), command, closed }
}

/// What is marked after these notices.
fn check(notices: &[Notice], expected: Option<Stir>) {
    let (_owner, state) = filled(Some(TERMINAL));
    for notice in notices {
        assert_eq!(state.apply(notice), Next::Nothing);
    }
    assert_eq!(state.terminal(TERMINAL).stir.get_untracked(), expected, "{notices:?}");
}

#[test]
fn the_greatest_call_for_attention_is_what_is_marked() {
    let (runs, done) = (Notice::Command(command("1", None, true)), Notice::Command(command("1", Some(0), false)));
    let (failed, other) =
        (Notice::Command(command("1", Some(2), false)), Notice::Command(command("7", Some(2), false)));
    let (bell, closed) = (Notice::Bell(TerminalBell { terminal_id: TERMINAL }), Notice::Closed(exited()));
    check(slice::from_ref(&runs), None);
    check(&[runs.clone(), done.clone()], Some(Stir::Done));
    check(&[runs.clone(), failed.clone()], Some(Stir::Failed));
    // Its beginning was not seen here.
    check(&[runs.clone(), other], None);
    check(slice::from_ref(&failed), None);
    check(&[runs.clone(), failed, closed.clone()], Some(Stir::Ended));
    check(&[bell, runs, done, closed], Some(Stir::Bell));
}

#[test]
fn what_was_before_a_window_is_known_and_not_marked() {
    let (_owner, state) = filled(None);
    let later = |summary| SessionReady { terminals: vec![summary], ..ready(Some(TERMINAL)) };
    let terminal = || state.terminal(TERMINAL);
    // The first time of all, as far as this window goes.
    state.view.set(None);
    state.fill(&later(summary(Some(command("1", None, true)), None)));
    assert_eq!(terminal().title.get_untracked().as_deref(), Some("vim"));
    assert!(terminal().is_busy() && terminal().stir.get_untracked().is_none());
    // A broken connection has missed the end of it.
    state.fill(&later(summary(Some(command("1", Some(0), false)), None)));
    assert_eq!((terminal().is_busy(), terminal().stir.get_untracked()), (false, Some(Stir::Done)));
    state.fill(&later(summary(None, Some(exited()))));
    assert_eq!(
        (terminal().ended.get_untracked(), terminal().stir.get_untracked()),
        (Some(exited()), Some(Stir::Ended))
    );

    let (_owner, state) = filled(None);
    state.view.set(None);
    state.fill(&later(summary(Some(command("1", Some(1), false)), Some(exited()))));
    assert_eq!(state.terminal(TERMINAL).stir.get_untracked(), None);
}
