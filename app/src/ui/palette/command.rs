//! The actions of the page by name, and what each one does.

use std::rc::Rc;

use leptos::{
    prelude::{WithValue, untrack, use_context},
    task::spawn_local,
};

use crate::{
    client::{Client, ClientContext, Jump, Screen, Setting, Settings},
    page::PageView,
};

use super::super::{
    dock::{DockState, Tool, use_dock},
    monitor::{MonitorState, use_monitor_state},
    pane::{FindState, use_find},
    people::{ShareState, use_share},
    preferences::{Preferences, use_preferences},
    session::{SessionActions, use_sessions},
    settings::{SettingsState, use_settings},
    shortcuts,
    text::{Language, Message, Texts, use_texts},
    toasts::{Toasts, use_toasts},
    work::{Arranger, Deed, use_arranger},
};

/// An action of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Give the terminal the keyboard.
    FocusTerminal,
    /// Look for text in the terminal.
    Find,
    /// Copy what is selected.
    Copy,
    /// Copy what the last command wrote.
    CopyOutput,
    /// Show the command before.
    ShowPrevious,
    /// Show the command after.
    ShowNext,
    /// Larger letters.
    LargerText,
    /// Smaller letters.
    SmallerText,
    /// Letters as they were.
    ResetText,
    /// Open the settings.
    Settings,
    /// Open or close the dock.
    ToggleDock,
    /// Show the monitor.
    ShowMonitor,
    /// Show the traces.
    ShowTraces,
    /// Show the people.
    ShowPeople,
    /// Show the chat.
    ShowChat,
    /// Show the sessions.
    ShowSessions,
    /// Begin a session.
    NewSession,
    /// Name the session, and set what its owner decides.
    EditSession,
    /// Be out of the session.
    LeaveSession,
    /// End the session for everybody.
    DeleteSession,
    /// Make a share link.
    Share,
    /// Hold the activity still, or let it run.
    PauseMonitor,
    /// Take the rows and the figures away.
    ClearMonitor,
    /// Save the rows as JSON.
    ExportJson,
    /// Save the rows as CSV.
    ExportCsv,
    /// The next colours.
    SwitchTheme,
    /// The other language.
    SwitchLanguage,
    /// Try the connection now.
    Reconnect,
    /// Do something to tabs and panes.
    Work(Deed),
}

impl Command {
    const ALL: [Self; 28] = [
        Self::FocusTerminal,
        Self::Find,
        Self::Copy,
        Self::CopyOutput,
        Self::ShowPrevious,
        Self::ShowNext,
        Self::LargerText,
        Self::SmallerText,
        Self::ResetText,
        Self::Settings,
        Self::ToggleDock,
        Self::ShowMonitor,
        Self::ShowTraces,
        Self::ShowPeople,
        Self::ShowChat,
        Self::ShowSessions,
        Self::NewSession,
        Self::EditSession,
        Self::LeaveSession,
        Self::DeleteSession,
        Self::Share,
        Self::PauseMonitor,
        Self::ClearMonitor,
        Self::ExportJson,
        Self::ExportCsv,
        Self::SwitchTheme,
        Self::SwitchLanguage,
        Self::Reconnect,
    ];

    /// Its name for a person.
    pub const fn name(self) -> Message {
        match self {
            Self::FocusTerminal => Message::FocusTerminal,
            Self::Find => Message::FindCommandName,
            Self::Copy => Message::CopySelection,
            Self::CopyOutput => Message::CopyOutput,
            Self::ShowPrevious => Message::PreviousCommand,
            Self::ShowNext => Message::NextCommand,
            Self::LargerText => Message::LargerText,
            Self::SmallerText => Message::SmallerText,
            Self::ResetText => Message::ResetText,
            Self::Settings => Message::Settings,
            Self::ToggleDock => Message::ToggleDock,
            Self::ShowMonitor => Message::ShowMonitor,
            Self::ShowTraces => Message::ShowTraces,
            Self::ShowPeople => Message::ShowPeople,
            Self::ShowChat => Message::ShowChat,
            Self::ShowSessions => Message::ShowSessions,
            Self::NewSession => Message::NewSession,
            Self::EditSession => Message::SessionSettings,
            Self::LeaveSession => Message::LeaveSession,
            Self::DeleteSession => Message::DeleteSessionAsk,
            Self::Share => Message::NewLink,
            Self::PauseMonitor => Message::PauseMonitor,
            Self::ClearMonitor => Message::ClearMonitor,
            Self::ExportJson => Message::ExportJson,
            Self::ExportCsv => Message::ExportCsv,
            Self::SwitchTheme => Message::SwitchTheme,
            Self::SwitchLanguage => Message::SwitchLanguage,
            Self::Reconnect => Message::Reconnect,
            Self::Work(deed) => deed.name(),
        }
    }

    /// Whether a page has what it acts on.
    const fn is_on(self, view: PageView) -> bool {
        match self {
            Self::FocusTerminal
            | Self::Find
            | Self::Copy
            | Self::CopyOutput
            | Self::ShowPrevious
            | Self::ShowNext
            | Self::LargerText
            | Self::SmallerText
            | Self::ResetText
            | Self::ToggleDock
            | Self::ShowPeople
            | Self::ShowChat
            | Self::ShowSessions
            | Self::NewSession
            | Self::EditSession
            | Self::LeaveSession
            | Self::DeleteSession
            | Self::Share
            | Self::Work(_) => matches!(view, PageView::Workspace),
            Self::Settings
            | Self::ShowMonitor
            | Self::ShowTraces
            | Self::PauseMonitor
            | Self::ClearMonitor
            | Self::ExportJson
            | Self::ExportCsv
            | Self::SwitchTheme
            | Self::SwitchLanguage
            | Self::Reconnect => true,
        }
    }

    /// Its name for the document.
    pub const fn id(self) -> &'static str {
        match self {
            Self::FocusTerminal => "command-focus-terminal",
            Self::Find => "command-find",
            Self::Copy => "command-copy",
            Self::CopyOutput => "command-copy-output",
            Self::ShowPrevious => "command-previous",
            Self::ShowNext => "command-next",
            Self::LargerText => "command-larger",
            Self::SmallerText => "command-smaller",
            Self::ResetText => "command-reset-size",
            Self::Settings => "command-settings",
            Self::ToggleDock => "command-dock",
            Self::ShowMonitor => "command-monitor",
            Self::ShowTraces => "command-traces",
            Self::ShowPeople => "command-people",
            Self::ShowChat => "command-chat",
            Self::ShowSessions => "command-sessions",
            Self::NewSession => "command-new-session",
            Self::EditSession => "command-edit-session",
            Self::LeaveSession => "command-leave-session",
            Self::DeleteSession => "command-delete-session",
            Self::Share => "command-share",
            Self::PauseMonitor => "command-pause",
            Self::ClearMonitor => "command-clear",
            Self::ExportJson => "command-json",
            Self::ExportCsv => "command-csv",
            Self::SwitchTheme => "command-theme",
            Self::SwitchLanguage => "command-language",
            Self::Reconnect => "command-reconnect",
            Self::Work(deed) => deed.id(),
        }
    }

    /// The keys that do the same.
    pub const fn shortcut(self) -> Option<&'static str> {
        match self {
            Self::ToggleDock => Some(shortcuts::DOCK),
            Self::Find => Some(shortcuts::FIND),
            Self::Copy => Some(shortcuts::COPY),
            Self::ShowPrevious => Some(shortcuts::PREVIOUS),
            Self::ShowNext => Some(shortcuts::NEXT),
            Self::LargerText => Some(shortcuts::LARGER),
            Self::SmallerText => Some(shortcuts::SMALLER),
            Self::ResetText => Some(shortcuts::RESET),
            Self::Settings => Some(shortcuts::SETTINGS),
            Self::Work(deed) => deed.shortcut(),
            Self::ShowSessions => Some(shortcuts::SESSIONS),
            Self::ShowPeople => Some(shortcuts::PEOPLE),
            Self::ShowChat => Some(shortcuts::CHAT),
            _ => None,
        }
    }
}

/// The commands of a page in whose name every typed word occurs, in their own order.
pub fn matching(typed: &str, language: Language, view: PageView) -> Vec<Command> {
    let typed = typed.to_lowercase();
    let fits = |command: &Command| {
        let name = command.name().text(language).to_lowercase();
        typed.split_whitespace().all(|word| name.contains(word))
    };
    all().filter(|command| command.is_on(view)).filter(fits).collect()
}

fn all() -> impl Iterator<Item = Command> {
    Command::ALL.into_iter().chain(Deed::ALL.into_iter().map(Command::Work))
}

/// What the commands act on.
#[derive(Clone, Copy)]
pub struct Actions {
    client: Option<ClientContext>,
    dock: DockState,
    find: FindState,
    monitor: MonitorState,
    preferences: Preferences,
    sessions: SessionActions,
    settings: SettingsState,
    arranger: Arranger,
    share: ShareState,
    text: Texts,
    toasts: Toasts,
}

impl Actions {
    /// Takes all of it from the context.
    pub fn from_context() -> Self {
        Self {
            client: use_context(),
            dock: use_dock(),
            find: use_find(),
            monitor: use_monitor_state(),
            preferences: use_preferences(),
            sessions: use_sessions(),
            settings: use_settings(),
            arranger: use_arranger(),
            share: use_share(),
            text: use_texts(),
            toasts: use_toasts(),
        }
    }

    /// Whether the person may do it now; reading it in a view follows it.
    pub fn may(self, command: Command) -> bool {
        match command {
            Command::Work(deed) => self.arranger.may(deed),
            Command::NewSession => self.sessions.may_create(),
            Command::EditSession | Command::DeleteSession | Command::Share => self.sessions.may_edit(),
            Command::LeaveSession => self.sessions.may_leave(),
            Command::ShowTraces => self.dock.has(Tool::Traces),
            _ => true,
        }
    }

    /// Does what the command says, where the user may.
    pub fn run(self, command: Command) {
        if !untrack(|| self.may(command)) {
            return;
        }
        self.with_client(|client| client.link.act(command.id()));
        match command {
            Command::FocusTerminal => {
                if let Some(screen) = self.screen() {
                    screen.focus();
                }
            }
            Command::Find => self.find.open(),
            Command::Copy => {
                let selected = self.screen().map(|screen| screen.selection());
                self.copy(&selected.unwrap_or_default());
            }
            Command::CopyOutput => match self.screen().and_then(|screen| screen.last_output()) {
                Some(output) => self.copy(&output),
                None => self.toasts.failed(self.text.once(Message::NoOutput)),
            },
            Command::ShowPrevious => self.jump(Jump::Previous),
            Command::ShowNext => self.jump(Jump::Next),
            Command::LargerText => self.settings.step_font_size(1),
            Command::SmallerText => self.settings.step_font_size(-1),
            Command::ResetText => {
                self.settings.change(Setting::FontSize, &Settings::default().word(Setting::FontSize));
            }
            Command::Settings => self.settings.open(),
            Command::ToggleDock => self.dock.toggle(),
            Command::ShowMonitor => self.dock.show(Tool::Monitor),
            Command::ShowTraces => self.dock.show(Tool::Traces),
            Command::ShowPeople => self.dock.show(Tool::People),
            Command::ShowChat => self.dock.show(Tool::Chat),
            Command::ShowSessions => self.sessions.open_menu(),
            Command::NewSession => self.sessions.begin_new(),
            Command::EditSession => self.sessions.begin_edit(),
            Command::LeaveSession => self.sessions.leave(),
            Command::DeleteSession => self.sessions.delete(),
            Command::Share => self.share.open(),
            Command::PauseMonitor => self.monitor.toggle_pause(),
            Command::ClearMonitor => self.monitor.clear(),
            Command::ExportJson => self.monitor.export_json(),
            Command::ExportCsv => self.monitor.export_csv(),
            Command::SwitchTheme => self.preferences.switch_theme(),
            Command::SwitchLanguage => self.preferences.switch_language(),
            Command::Reconnect => self.with_client(|client| client.link.reconnect()),
            Command::Work(deed) => self.arranger.run(deed),
        }
    }

    /// Copies text, and says so.
    fn copy(self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.with_client(|client| {
            let copying = client.browser.copy(text);
            spawn_local(async move { self.toasts.copied(self.text, copying.await) });
        });
    }

    fn jump(self, to: Jump) {
        if let Some(screen) = self.screen() {
            screen.jump(to);
        }
    }

    /// The terminal that typed last.
    fn screen(self) -> Option<Rc<dyn Screen>> {
        self.client.and_then(|client| client.with_value(|client| client.focus.screen()))
    }

    fn with_client(self, act: impl FnOnce(&Client)) {
        if let Some(client) = self.client {
            client.with_value(act);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, language: Language, expected: &[Command]) {
        assert_eq!(matching(typed, language, PageView::Workspace), expected, "{typed}");
    }

    #[test]
    fn every_word_must_occur_in_the_name() {
        check("export", Language::English, &[Command::ExportJson, Command::ExportCsv]);
        check("CSV export", Language::English, &[Command::ExportCsv]);
        check("書き出す", Language::Japanese, &[Command::ExportJson, Command::ExportCsv]);
        check("make tea", Language::English, &[]);
    }

    #[test]
    fn nothing_typed_shows_every_command() {
        check("  ", Language::English, &all().collect::<Vec<_>>());
    }

    #[test]
    fn a_page_without_terminals_has_no_command_for_them() {
        let found = matching("", Language::English, PageView::Monitor);
        assert!(!found.contains(&Command::FocusTerminal) && !found.contains(&Command::ToggleDock));
        assert!(found.contains(&Command::PauseMonitor));
    }
}
