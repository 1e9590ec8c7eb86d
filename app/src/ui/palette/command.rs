//! The actions of the page by name.

use crate::page::PageView;

use super::super::{
    shortcuts,
    text::{Language, Message},
    work::Deed,
};

/// Where a command has something to act on.
#[derive(Clone, Copy)]
enum Place {
    /// On a page with terminals.
    Terminals,
    /// On every page.
    Everywhere,
}

/// What is to be known of a command.
struct About {
    name: Message,
    id: &'static str,
    place: Place,
    shortcut: Option<&'static str>,
}

/// `Name: its name for a person, its name for the document, where it has something to act on, the keys that do the same;`
macro_rules! commands {
    ($($(#[$doc:meta])* $command:ident: $name:ident, $id:literal, $place:ident, $shortcut:expr;)+) => {
        /// An action of the page.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Command {
            $($(#[$doc])* $command,)+
            /// Do something to tabs and panes.
            Work(Deed),
        }

        impl Command {
            /// Those of the page itself, in the order in which they are offered.
            const OWN: &[Self] = &[$(Self::$command),+];

            const fn about(self) -> About {
                match self {
                    $(Self::$command => {
                        About { name: Message::$name, id: $id, place: Place::$place, shortcut: $shortcut }
                    })+
                    Self::Work(deed) => {
                        About { name: deed.name(), id: deed.id(), place: Place::Terminals, shortcut: deed.shortcut() }
                    }
                }
            }
        }
    };
}

commands! {
    /// Give the terminal the keyboard.
    FocusTerminal: FocusTerminal, "command-focus-terminal", Terminals, None;
    /// Look for text in the terminal.
    Find: FindCommandName, "command-find", Terminals, Some(shortcuts::FIND);
    /// Copy what is selected.
    Copy: CopySelection, "command-copy", Terminals, Some(shortcuts::COPY);
    /// Copy what the last command wrote.
    CopyOutput: CopyOutput, "command-copy-output", Terminals, None;
    /// Show the command before.
    ShowPrevious: PreviousCommand, "command-previous", Terminals, Some(shortcuts::PREVIOUS);
    /// Show the command after.
    ShowNext: NextCommand, "command-next", Terminals, Some(shortcuts::NEXT);
    /// Larger letters.
    LargerText: LargerText, "command-larger", Terminals, Some(shortcuts::LARGER);
    /// Smaller letters.
    SmallerText: SmallerText, "command-smaller", Terminals, Some(shortcuts::SMALLER);
    /// Letters as they were.
    ResetText: ResetText, "command-reset-size", Terminals, Some(shortcuts::RESET);
    /// Open the settings.
    Settings: Settings, "command-settings", Everywhere, Some(shortcuts::SETTINGS);
    /// Open or close the dock.
    ToggleDock: ToggleDock, "command-dock", Terminals, Some(shortcuts::DOCK);
    /// Show the monitor.
    ShowMonitor: ShowMonitor, "command-monitor", Everywhere, None;
    /// Show the traces.
    ShowTraces: ShowTraces, "command-traces", Everywhere, None;
    /// Show the people.
    ShowPeople: ShowPeople, "command-people", Terminals, Some(shortcuts::PEOPLE);
    /// Show the chat.
    ShowChat: ShowChat, "command-chat", Terminals, Some(shortcuts::CHAT);
    /// Show the sessions.
    ShowSessions: ShowSessions, "command-sessions", Terminals, Some(shortcuts::SESSIONS);
    /// Begin a session.
    NewSession: NewSession, "command-new-session", Terminals, None;
    /// Name the session, and set what its owner decides.
    EditSession: SessionSettings, "command-edit-session", Terminals, None;
    /// Be out of the session.
    LeaveSession: LeaveSession, "command-leave-session", Terminals, None;
    /// End the session for everybody.
    DeleteSession: DeleteSessionAsk, "command-delete-session", Terminals, None;
    /// Make a share link.
    Share: NewLink, "command-share", Terminals, None;
    /// Hold the activity still, or let it run.
    PauseMonitor: PauseMonitor, "command-pause", Everywhere, None;
    /// Take the rows and the figures away.
    ClearMonitor: ClearMonitor, "command-clear", Everywhere, None;
    /// Save the rows as JSON.
    ExportJson: ExportJson, "command-json", Everywhere, None;
    /// Save the rows as CSV.
    ExportCsv: ExportCsv, "command-csv", Everywhere, None;
    /// The next colours.
    SwitchTheme: SwitchTheme, "command-theme", Everywhere, None;
    /// The other language.
    SwitchLanguage: SwitchLanguage, "command-language", Everywhere, None;
    /// Try the connection now.
    Reconnect: Reconnect, "command-reconnect", Everywhere, None;
}

impl Command {
    /// Its name for a person.
    pub const fn name(self) -> Message {
        self.about().name
    }

    /// Its name for the document.
    pub const fn id(self) -> &'static str {
        self.about().id
    }

    /// The keys that do the same.
    pub const fn shortcut(self) -> Option<&'static str> {
        self.about().shortcut
    }

    /// Whether a page has what it acts on.
    const fn is_on(self, view: PageView) -> bool {
        match self.about().place {
            Place::Terminals => matches!(view, PageView::Workspace),
            Place::Everywhere => true,
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
    Command::OWN.iter().copied().chain(Deed::ALL.into_iter().map(Command::Work))
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
