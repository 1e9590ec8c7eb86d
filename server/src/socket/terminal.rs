//! The terminal family: shells opened, watched, typed into and closed.

use std::{path::PathBuf, sync::Arc};

use app::protocol::{
    Refusal, RefusalCode, TerminalId,
    event::Subject,
    terminal::{
        AttachMode, TerminalAck, TerminalAcked, TerminalAttach, TerminalAttached, TerminalClose, TerminalClosed,
        TerminalCreate, TerminalCreated, TerminalDetach, TerminalDetached, TerminalInput, TerminalInputResponse,
        TerminalResize, TerminalResized, TerminalStatus, TerminalTitle,
    },
};
use tokio::{
    fs,
    sync::{oneshot, watch},
    time::timeout,
};
use tracing::{Instrument, Span};

use super::{
    answer::{Answer, Completion, Reply},
    audience::{Closer, Sizer, Typed},
    client::Client,
    denial::sentence,
    exchange::record_subject,
    herald, motd,
    pump::{Form, Start},
    stages::Stage,
    traced::{Call, too_slow},
};
use crate::{
    telemetry::span::{self, Cause},
    terminal::{CreateError, InputError, ResizePolicy, Size, SpawnError, SpawnSpec, Terminal},
    workspace::{Action, Filled, Place, Sessions, Wanted},
};

/// Opens a shell in a pane and attaches who asked.
pub(super) fn create(call: &Call, request: TerminalCreate) -> Result<Answer<TerminalCreated>, Refusal> {
    create_as(call, request, None, |_| Form::Bytes)
}

/// The same for who gives it a name, or takes its output in another form.
pub(super) fn create_as(
    call: &Call,
    request: TerminalCreate,
    name: Option<String>,
    form: impl FnOnce(TerminalId) -> Form + Send + 'static,
) -> Result<Answer<TerminalCreated>, Refusal> {
    let client = Arc::clone(&call.client);
    let TerminalCreate { session_id: session, tab_id: tab, pane_id: pane, .. } = request;
    let asked = request.shell.as_deref().map(words).transpose()?;
    let place = client.hub.sessions.reserve(&client.user.id, Wanted { session, tab, pane })?;
    let limit = client.hub.settings.limit::<TerminalCreate>();
    Ok(Answer::handed(move |completion| {
        let opening = async move {
            let label = place.label(name).write();
            match timeout(limit, open(&client, &place, label, request, asked)).await {
                Ok(Ok(opened)) => {
                    let form = form(opened.id);
                    move_in(client, place, opened, form, completion).await;
                }
                Ok(Err(refusal)) => completion.finish(Err(refusal)),
                Err(_elapsed) => completion.finish(Err(too_slow())),
            }
        };
        tokio::spawn(opening.instrument(Span::current()));
    }))
}

/// A shell that runs and is in no pane yet.
struct Opened {
    id: TerminalId,
    terminal: Terminal,
    size: Size,
}

/// Starts a shell for a pane.
async fn open(
    client: &Client,
    place: &Place,
    label: String,
    request: TerminalCreate,
    asked: Option<Vec<String>>,
) -> Result<Opened, Refusal> {
    let hub = &client.hub;
    let id = TerminalId::from_random(getrandom::u64().expect("the system's random source works from boot on"));
    let size = match hub.settings.resize {
        ResizePolicy::Fixed(size) => size,
        ResizePolicy::Leader | ResizePolicy::Smallest => size(request.cols, request.rows),
    };
    let mut env = hub.settings.programs.as_ref().map_or_else(Vec::new, |programs| programs.variables(id));
    env.extend(hub.settings.env.iter().cloned());
    let before = match &place.directory {
        // Where a shell was before it was lost may be gone by now.
        Some(directory) => fs::metadata(directory).await.is_ok_and(|there| there.is_dir()).then(|| directory.into()),
        None => None,
    };
    let spec = SpawnSpec {
        command: asked.or_else(|| hub.settings.shell.clone()),
        cwd: request.cwd.map(PathBuf::from).or(before).or_else(|| hub.settings.cwd.clone()),
        env,
        size,
        integration: hub.settings.integration.clone(),
        greeting: motd::read(hub.settings.motd.as_deref()).await,
        owner: client.user.id.clone(),
        label,
    };
    let terminal = hub.terminals.create(id, spec).await.map_err(|error| not_created(&error))?;
    Ok(Opened { id, terminal, size })
}

/// Puts a shell into its pane, attaches who asked for it, and tells the session.
async fn move_in(
    client: Arc<Client>,
    place: Place,
    opened: Opened,
    form: Form,
    completion: Completion<TerminalCreated>,
) {
    let Opened { id, terminal, size } = opened;
    let cause = span::cause_of(&Span::current());
    let (session, tab_id, pane_id) = (place.session, place.tab, place.pane);
    let made = Subject { terminal: Some(id), session: Some(session), tab: Some(tab_id), pane: Some(pane_id) };
    record_subject(&Span::current(), &made);
    let hub = Arc::clone(&client.hub);
    hub.stages.open(id, session);
    let title = terminal.title();
    let mut attaching = client.view(id, terminal.clone(), true, Some(0), form);
    let start = attaching.start().await;

    let fill = |_: &Sessions| {
        let filled = place.fill(id);
        if filled.is_ok() {
            tokio::spawn(herald::follow(Arc::clone(&hub), id, terminal));
        }
        filled
    };
    hub.commit(session, fill, move |windows, filled| {
        let (filled, replaced) = match filled {
            Ok(filled) => filled,
            Err(denied) => {
                client.hub.forget(id);
                return completion.finish(Err(denied.into()));
            }
        };
        if let Some(replaced) = replaced {
            client.hub.forget(replaced);
        }
        let (cols, rows) = (size.cols(), size.rows());
        let created = TerminalCreated { terminal_id: id, pane_id, tab_id, cols, rows, status: TerminalStatus::Ready };
        let follows = move |start: Start| {
            // So much came at once that its beginning has left the ring: the viewer has to know what it gets instead.
            if start.mode == AttachMode::Snapshot {
                let attached = start.attached(id, client.hub.leader(id));
                client.tell(&attached, client.hub.subject(id), cause.clone());
            }
            attaching.told();
            tell_newcomer(&client, id, &title, cause);
        };
        completion.finish(match start {
            Some(start) => Ok(Reply::from(created).then(move || follows(start))),
            None => Err(detached_meanwhile()),
        });
        match filled {
            Filled::Pane(updated) => windows.tell(&updated),
            Filled::Tab(created) => windows.tell(&created),
        }
    });
}

/// Sends a terminal's output from an offset, or a snapshot and what follows it.
pub(super) fn attach(call: &Call, request: TerminalAttach) -> Result<Answer<TerminalAttached>, Refusal> {
    attach_as(call, request, Form::Bytes)
}

/// The same for who takes it in another form.
pub(super) fn attach_as(call: &Call, request: TerminalAttach, form: Form) -> Result<Answer<TerminalAttached>, Refusal> {
    let (client, id) = (Arc::clone(&call.client), request.terminal_id);
    let terminal = client.terminal_to(Action::Look, id)?;
    let (title, types) = (terminal.title(), client.terminal_to(Action::Type, id).is_ok());
    let (mut attaching, cause) = (client.view(id, terminal, types, request.from_seq, form), call.cause());
    Ok(Answer::later(async move {
        let start = attaching.start().await.ok_or_else(detached_meanwhile)?;
        let attached = start.attached(id, client.hub.leader(id));
        Ok(Reply::from(attached).then(move || {
            attaching.told();
            tell_newcomer(&client, id, &title, cause);
        }))
    }))
}

/// Tells who has just come the title and the last command, of which others heard at the time.
fn tell_newcomer(client: &Client, terminal_id: TerminalId, title: &watch::Receiver<String>, cause: Option<Cause>) {
    let (title, subject) = (title.borrow().clone(), client.hub.subject(terminal_id));
    if !title.is_empty() {
        let renamed = TerminalTitle { terminal_id, title };
        client.tell(&renamed, subject, cause.clone());
    }
    if let Some(command) = client.hub.stages.with(terminal_id, |stage| stage.command.clone()).flatten() {
        client.tell(&command, subject, cause);
    }
}

/// Sends no more of it.
pub(super) fn detach(call: &Call, request: TerminalDetach) -> Result<Answer<TerminalDetached>, Refusal> {
    let terminal_id = request.terminal_id;
    call.client.terminal_to(Action::Look, terminal_id)?;
    call.client.detach(terminal_id);
    Ok(Reply::from(TerminalDetached { terminal_id }).into())
}

/// Types. Queued here and now, which is what keeps the order.
pub(super) fn input(call: &Call, request: TerminalInput) -> Result<Answer<TerminalInputResponse>, Refusal> {
    let (client, terminal_id) = (&call.client, request.terminal_id);
    let terminal = client.terminal_to(Action::Type, terminal_id)?;
    let bytes = request.data.len();
    client.hub.settings.wire.admit_input(bytes)?;
    terminal.input(request.data.into_bytes(), &Span::current()).map_err(|error| not_taken(error, terminal_id))?;
    let reply = Reply::from(TerminalInputResponse { terminal_id, bytes });
    let Typed { leads_anew, size } =
        client.hub.stages.with(terminal_id, |stage| stage.audience.typed(&client.id)).unwrap_or_default();
    if let Some(size) = size {
        // What was typed has been taken; a terminal that takes no size after it is ending.
        let sizer = Sizer { answered: None, cause: call.cause() };
        let _ = put_in_force(client, &terminal, terminal_id, size, sizer);
    }
    if leads_anew {
        let (client, cause) = (Arc::clone(client), call.cause());
        return Ok(reply.then(move || client.hub.tell_leader(terminal_id, cause)).into());
    }
    Ok(reply.into())
}

/// Changes the size, if the asker leads; answers with the one in force.
pub(super) fn resize(call: &Call, request: TerminalResize) -> Result<Answer<TerminalResized>, Refusal> {
    let (client, terminal_id) = (&call.client, request.terminal_id);
    let terminal = client.terminal_to(Action::ResizeTerminal, terminal_id)?;
    let (policy, asked) = (client.hub.settings.resize, size(request.cols, request.rows));
    let mut size = *terminal.size().borrow();
    let offer = |stage: &mut Stage| stage.audience.offer(policy, &client.id, asked, size);
    if let Some(offered) = client.hub.stages.with(terminal_id, offer).flatten() {
        size = offered;
        let sizer = Sizer { answered: Some(Arc::clone(&client.id)), cause: call.cause() };
        put_in_force(client, &terminal, terminal_id, size, sizer).map_err(|error| not_taken(error, terminal_id))?;
    }
    Ok(Reply::from(TerminalResized { terminal_id, cols: size.cols(), rows: size.rows() }).into())
}

/// Gives a terminal the size that somebody has brought about.
fn put_in_force(
    client: &Client,
    terminal: &Terminal,
    id: TerminalId,
    size: Size,
    sizer: Sizer,
) -> Result<(), InputError> {
    // Noted first: the terminal may have changed before this returns.
    client.hub.stages.with(id, |stage| stage.audience.sized(Some(sizer)));
    terminal.resize(size)
}

/// Ends a shell and everything it started.
pub(super) fn close(call: &Call, request: TerminalClose) -> Result<Answer<TerminalClosed>, Refusal> {
    let (client, id) = (Arc::clone(&call.client), request.terminal_id);
    let terminal = client.terminal_to(Action::CloseTerminal, id)?;
    let (closed, is_closed) = oneshot::channel();
    let closer = Closer { client: Arc::clone(&client.id), cause: call.cause(), closed };
    let closed = client.hub.stages.with(id, |stage| stage.audience.wait_for_close(closer)).flatten();
    if let Some(closed) = closed {
        return Ok(Reply::from(closed).into());
    }
    terminal.close();
    Ok(Answer::later(async move {
        let gone = |_| Refusal::not_found("terminalId", "terminal");
        let closed = is_closed.await.map_err(gone)?;
        let end = *terminal.subscribe().borrow();
        client.sent(id, end).await;
        Ok(closed.into())
    }))
}

/// Takes the word of a page that its screen has parsed so far.
pub(super) fn ack(call: &Call, request: TerminalAck) -> Result<Answer<TerminalAcked>, Refusal> {
    let client = &call.client;
    client.terminal_to(Action::Look, request.terminal_id)?;
    // An ack may cross a detach: then there is nothing to note.
    if let Some(viewing) = client.viewing(request.terminal_id) {
        viewing.acked(request.seq);
        if let Some(hidden) = request.hidden {
            viewing.set_visible(!hidden);
        }
    }
    Ok(Reply::from(TerminalAcked {}).into())
}

fn size(cols: i64, rows: i64) -> Size {
    let cells = |n: i64| u32::try_from(n.max(0)).unwrap_or(u32::MAX);
    Size::clamped(cells(cols), cells(rows))
}

/// The words of a command line.
fn words(command: &str) -> Result<Vec<String>, Refusal> {
    match shell_words::split(command) {
        Ok(words) if !words.is_empty() => Ok(words),
        _ => Err(Refusal::invalid("shell", "A command is a program and its arguments, with every quote closed.")),
    }
}

fn not_created(error: &CreateError) -> Refusal {
    let message = format!("{}.", sentence(&error.to_string()));
    match error {
        CreateError::LimitReached(_) | CreateError::OwnersLimitReached(_) => {
            Refusal::new(RefusalCode::LimitReached, message)
        }
        CreateError::ShuttingDown => Refusal::new(RefusalCode::ShuttingDown, message),
        CreateError::Spawn(SpawnError::Directory { .. }) => Refusal::invalid("cwd", message),
        CreateError::Spawn(SpawnError::Command { .. }) => Refusal::invalid("shell", message),
        CreateError::Spawn(SpawnError::Pty(_)) | CreateError::Host(_) => Refusal::new(RefusalCode::Internal, message),
    }
}

fn not_taken(error: InputError, terminal: TerminalId) -> Refusal {
    let (code, message) = match error {
        InputError::Busy => (RefusalCode::Busy, "The program in the terminal does not read its input."),
        InputError::Ended => (RefusalCode::Conflict, "The terminal has ended."),
    };
    Refusal::new(code, message).about(terminal)
}

fn detached_meanwhile() -> Refusal {
    Refusal::new(RefusalCode::Conflict, "The terminal was detached or attached anew before its output began.")
}
