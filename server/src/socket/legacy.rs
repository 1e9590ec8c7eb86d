//! The family of before there were panes: the handlers of the terminal family under other names, for shells that have names instead
//! of ids and give text instead of bytes.

use app::protocol::{
    Data, Refusal, RefusalCode, TerminalId,
    event::Subject,
    legacy::{CreateTerminal, ShellAcked, ShellInput, ShellResize, TerminalReady},
    terminal::{TerminalAttach, TerminalCreate, TerminalCreated, TerminalInput, TerminalResize, TerminalStatus},
};

use tracing::Span;

use super::{
    answer::Answer,
    exchange::record_subject,
    names::{Found, Held},
    pump::Form,
    terminal,
    traced::Call,
};
use crate::workspace::Action;

/// The longest name of a shell, in bytes.
const MAX_NAME: usize = 128;

/// The size of a shell before its client says another.
const COLS: i64 = 80;
const ROWS: i64 = 24;

/// Opens a shell in a new tab, or shows one that is there, from as far back as it is kept.
pub(super) fn create(call: &Call, request: CreateTerminal) -> Result<Answer<TerminalReady>, Refusal> {
    let CreateTerminal { session, user, path } = request;
    let account = &call.client.hub.settings.account;
    if user.is_some_and(|user| !user.is_empty() && user != *account) {
        let message = "This server opens shells for its own account alone.";
        return Err(Refusal { field: Some("user".to_owned()), ..Refusal::new(RefusalCode::Forbidden, message) });
    }
    // A client that leaves it to the server may say so by an empty name.
    let Some(name) = session.filter(|name| !name.is_empty()) else { return open(call, None, path) };
    if name.len() > MAX_NAME || name.chars().any(char::is_control) {
        let message = format!("A shell's name has at most {MAX_NAME} bytes and no control characters.");
        return Err(Refusal::invalid("session", message));
    }
    if let Some(id) = of_ours(call, &name) {
        return show(call, id, name);
    }
    match call.client.hub.names.find_or_hold(&call.client.user.id, &name) {
        Found::Shell(id) => show(call, id, name),
        Found::Opening => {
            Err(Refusal::new(RefusalCode::Conflict, "A shell is just being opened under this name. Ask again."))
        }
        Found::Nothing(held) => open(call, Some((name, held)), path),
    }
}

/// Types.
pub(super) fn input(call: &Call, request: ShellInput) -> Result<Answer<ShellAcked>, Refusal> {
    let ShellInput { session, data } = request;
    let terminal_id = find(call, &session)?;
    let answer = terminal::input(call, TerminalInput { terminal_id, data: Data::Text(data) }).map_err(by_name)?;
    Ok(answer.map(|_| ShellAcked { session }, by_name))
}

/// Changes the size, if the asker leads.
pub(super) fn resize(call: &Call, request: ShellResize) -> Result<Answer<ShellAcked>, Refusal> {
    let ShellResize { session, cols, rows } = request;
    let terminal_id = find(call, &session)?;
    let answer = terminal::resize(call, TerminalResize { terminal_id, cols, rows }).map_err(by_name)?;
    Ok(answer.map(|_| ShellAcked { session }, by_name))
}

fn open(call: &Call, named: Option<(String, Held)>, cwd: Option<String>) -> Result<Answer<TerminalReady>, Refusal> {
    let request = TerminalCreate {
        session_id: None,
        tab_id: None,
        pane_id: None,
        cols: COLS,
        rows: ROWS,
        cwd: cwd.filter(|path| !path.is_empty()),
        shell: None,
    };
    let (name, held) = named.unzip();
    let known_as = name.clone();
    let form = move |id: TerminalId| Form::Text(known_as.unwrap_or_else(|| id.to_string()));
    let answer = terminal::create_as(call, request, name.clone(), form).map_err(by_name)?;
    let opened = move |created: TerminalCreated| {
        let id = created.terminal_id;
        if let Some(held) = held {
            held.goes_to(id);
        }
        ready(name.unwrap_or_else(|| id.to_string()))
    };
    Ok(answer.map(opened, by_name))
}

fn show(call: &Call, terminal_id: TerminalId, name: String) -> Result<Answer<TerminalReady>, Refusal> {
    let request = TerminalAttach { terminal_id, from_seq: Some(0) };
    let answer = terminal::attach_as(call, request, Form::Text(name.clone())).map_err(by_name)?;
    Ok(answer.map(move |_| ready(name), by_name))
}

fn ready(session: String) -> TerminalReady {
    TerminalReady { session, status: TerminalStatus::Ready }
}

/// The terminal of that name, or of that id.
fn find(call: &Call, name: &str) -> Result<TerminalId, Refusal> {
    let found = call.client.hub.names.find(&call.client.user.id, name).or_else(|| of_ours(call, name));
    let found = found.ok_or_else(|| Refusal::not_found("session", "shell"))?;
    // The request names it in its own way, which is recorded nowhere.
    record_subject(&Span::current(), &Subject { terminal: Some(found), ..Subject::default() });
    Ok(found)
}

/// The terminal that is named by its id, as a shell is whose client has given it no name.
fn of_ours(call: &Call, name: &str) -> Option<TerminalId> {
    let id = name.parse().ok()?;
    call.client.terminal_to(Action::Look, id).ok().map(|_| id)
}

/// Names the fields as this family does.
fn by_name(mut refusal: Refusal) -> Refusal {
    let field = match refusal.field.as_deref() {
        Some("terminalId") => Some("session"),
        Some("cwd") => Some("path"),
        _ => None,
    };
    if let Some(field) = field {
        refusal.field = Some(field.to_owned());
    }
    refusal
}
