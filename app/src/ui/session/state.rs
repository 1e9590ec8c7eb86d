//! What a person may do with sessions, alike from the menu and from the commands.

use leptos::prelude::*;

use crate::{
    people::{PeopleState, use_people},
    protocol::{
        SessionId,
        people::{SessionDelete, SessionJoin, SessionLeave},
        workspace::Session,
    },
    workspace::{WorkspaceState, use_workspace},
};

use super::super::{
    ask::Asker,
    confirm::{Confirm, Question, use_confirm},
    format,
    here::{Here, use_here},
    text::{Message, Texts, use_texts},
};

/// What can be done with sessions.
#[derive(Clone, Copy)]
pub struct SessionActions {
    asker: Asker,
    confirm: Confirm,
    here: Here,
    people: PeopleState,
    workspace: WorkspaceState,
    text: Texts,
    form: RwSignal<Option<Form>>,
    menu: RwSignal<u32>,
}

/// What the dialog of a session is open for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For a session that is not there yet.
    New,
    /// For the one that is shown.
    Edit(SessionId),
}

impl SessionActions {
    /// Takes what it needs from the context.
    #[must_use]
    pub fn from_context() -> Self {
        Self {
            asker: Asker::from_context(),
            confirm: use_confirm(),
            here: use_here(),
            people: use_people(),
            workspace: use_workspace(),
            text: use_texts(),
            form: RwSignal::new(None),
            menu: RwSignal::new(0),
        }
    }

    /// What the dialog is open for.
    pub fn form(self) -> RwSignal<Option<Form>> {
        self.form
    }

    /// Whether the dialog is to be open, or the menu has ever been shown by a key; reading it follows both.
    pub fn is_asked(self) -> bool {
        // Both are read.
        let (form, menu) = (self.form.with(Option::is_some), self.menu.get());
        form || menu > 0
    }

    /// Grows each time the menu is to be shown.
    pub fn menu(self) -> ReadSignal<u32> {
        self.menu.read_only()
    }

    /// Whether the user may have sessions of their own.
    pub fn may_create(self) -> bool {
        !self.people.is_guest()
    }

    /// Whether the user may name, set and delete the session that is shown.
    pub fn may_edit(self) -> bool {
        self.here.is_owner()
    }

    /// Whether the user may be gone from the session that is shown: its owner has to hand it over first.
    pub fn may_leave(self) -> bool {
        self.here.id().is_some() && !self.here.is_owner()
    }

    /// Shows the menu.
    pub fn open_menu(self) {
        self.menu.update(|times| *times += 1);
    }

    /// Shows another session in this window.
    pub fn show(self, session_id: SessionId) {
        if self.here.id_now() != Some(session_id) {
            self.asker.attempt(
                "session",
                &SessionJoin { session_id, share_token: None },
                Box::new(move |outcome| match outcome {
                    // Others of the user's windows may show another one.
                    Ok(_) => self.workspace.show(session_id),
                    Err(why) => self.asker.failed(why),
                }),
            );
        }
    }

    /// Shows a session that has just been made, and opens a shell in it.
    pub fn enter(self, session: &Session) {
        self.workspace.show(session.id);
        session.tabs.iter().flat_map(|tab| &tab.panes).for_each(|pane| self.workspace.claim(pane.id));
    }

    /// Opens the dialog for a new session.
    pub fn begin_new(self) {
        self.form.set(Some(Form::New));
    }

    /// Opens the dialog for the session that is shown.
    pub fn begin_edit(self) {
        self.form.set(self.here.id_now().map(Form::Edit));
    }

    /// Leaves the session that is shown, after a yes.
    pub fn leave(self) {
        let Some((session_id, name)) = self.here.read_now(|session| (session.id, session.name.clone())) else { return };
        let guest = untrack(|| self.people.is_guest());
        let lines = [if guest { Message::LeaveAsGuest } else { Message::LeaveWhy }];
        self.confirm.ask(Question {
            title: self.text.once(Message::LeaveTitle).replace("{}", &name),
            lines: lines.map(|line| self.text.once(line).to_owned()).to_vec(),
            action: Message::Leave,
            then: Callback::new(move |()| self.asker.ask("session", &SessionLeave { session_id })),
        });
    }

    /// Deletes the session that is shown, after a yes to what is lost.
    pub fn delete(self) {
        let Some((session_id, title, lines)) = self.here.read_now(|session| {
            (session.id, self.text.once(Message::DeleteTitle).replace("{}", &session.name), self.losses(session))
        }) else {
            return;
        };
        self.confirm.ask(Question {
            title,
            lines,
            action: Message::DeleteSession,
            then: Callback::new(move |()| self.asker.ask("session", &SessionDelete { session_id })),
        });
    }

    /// What is lost with a session, a sentence each.
    fn losses(self, session: &Session) -> Vec<String> {
        let loss = Loss::of(session);
        let filled = |message: Message, count| self.text.once(message).replace("{}", &format::count(count));
        let mut lines = vec![
            filled(Message::DeleteTabs, loss.tabs),
            filled(Message::DeleteShells, loss.shells),
            self.text.once(Message::DeleteWords).to_owned(),
        ];
        if loss.others > 0 {
            lines.push(filled(Message::DeleteOthers, loss.others));
        }
        lines
    }
}

/// What goes with a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Loss {
    tabs: u64,
    /// Panes with a terminal, alive or ended.
    shells: u64,
    /// The people who lose it beside its owner.
    others: u64,
}

impl Loss {
    fn of(session: &Session) -> Self {
        let shells = session.tabs.iter().flat_map(|tab| &tab.panes).filter(|pane| pane.terminal_id.is_some()).count();
        Self {
            tabs: session.tabs.len() as u64,
            shells: shells as u64,
            others: session.members.len().saturating_sub(1) as u64,
        }
    }
}

/// What can be done with sessions; there from the root component on.
#[must_use]
pub fn use_sessions() -> SessionActions {
    expect_context()
}
