//! What each action of the page does.

use std::rc::Rc;

use leptos::{
    prelude::{WithValue, untrack, use_context},
    task::spawn_local,
};

use crate::client::{Client, ClientContext, Jump, Screen, Setting, Settings};

use super::{
    super::{
        dock::{DockState, Tool, use_dock},
        monitor::{Format, MonitorState, use_monitor_state},
        pane::{FindState, use_find},
        people::{ShareState, use_share},
        preferences::{Preferences, use_preferences},
        session::{SessionActions, use_sessions},
        settings::{SettingsState, use_settings},
        text::{Message, Texts, use_texts},
        toasts::{Toasts, use_toasts},
        work::{Arranger, use_arranger},
    },
    Command,
};

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
            Command::ShowChat => self.dock.has(Tool::Chat),
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
            Command::ExportJson => self.monitor.export(Format::Json),
            Command::ExportCsv => self.monitor.export(Format::Csv),
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
