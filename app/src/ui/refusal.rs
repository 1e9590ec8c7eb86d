//! Refusals as sentences: what was wrong and what to do about it, in the reader's language.

use crate::{
    client::Failure,
    protocol::{Refusal, RefusalCode},
};

use super::text::{Message, Texts};

/// What was asked for, where that tells more than the code does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matter {
    /// Whatever it was.
    Anything,
    /// That a shell takes what was typed.
    Input,
    /// A shell.
    Shell,
}

/// Why a request was not carried out, for a person.
pub fn sentence(text: Texts, failure: &Failure) -> String {
    sentence_on(Matter::Anything, text, failure)
}

/// The same, where it is known what was asked for.
pub fn sentence_on(matter: Matter, text: Texts, failure: &Failure) -> String {
    match failure {
        Failure::Refused(refusal) => refused(matter, text, refusal),
        Failure::Timeout => text.once(Message::NoAnswer).to_owned(),
        Failure::Disconnected => text.once(Message::LinkBroke).to_owned(),
        Failure::Malformed(_) => text.once(Message::AnswerUnread).to_owned(),
    }
}

/// Why the server said no, for a person.
fn refused(matter: Matter, text: Texts, refusal: &Refusal) -> String {
    match (refusal.code, refusal.retry_after_ms) {
        (RefusalCode::RateLimited, Some(ms)) => text.once(Message::TooFastFor).replace("{}", &seconds(ms)),
        (RefusalCode::Busy, _) if refusal.terminal_id.is_some() => text.once(Message::ProgramBusy).to_owned(),
        (code, _) => text.once(words_on(matter, code, refusal.field.as_deref())).to_owned(),
    }
}

/// At least one: nobody can do anything within less.
fn seconds(ms: u64) -> String {
    ms.div_ceil(1_000).max(1).to_string()
}

/// The sentence for a code, told more closely by what was asked for.
fn words_on(matter: Matter, code: RefusalCode, field: Option<&str>) -> Message {
    match (matter, code) {
        // Nothing else than the end of the shell is in conflict with input.
        (Matter::Input, RefusalCode::Conflict) => Message::ShellOver,
        (Matter::Shell, RefusalCode::LimitReached) => Message::TooManyShells,
        (Matter::Anything | Matter::Input | Matter::Shell, code) => words(code, field),
    }
}

/// The sentence for a code, told more closely by the field it is about.
fn words(code: RefusalCode, field: Option<&str>) -> Message {
    let field = field.unwrap_or_default();
    match code {
        RefusalCode::InvalidPayload => match field {
            "name" | "title" => Message::NameUnfit,
            "description" => Message::DescriptionUnfit,
            "content" | "text" => Message::WordsUnfit,
            "expiresInSeconds" => Message::ExpiryUnfit,
            "role" => Message::RoleUnfit,
            "shell" => Message::ShellUnfit,
            "cwd" => Message::DirectoryUnfit,
            field if field.starts_with("settings") => Message::SettingUnfit,
            _ => Message::PayloadUnfit,
        },
        RefusalCode::NotFound => match field {
            "sessionId" => Message::SessionGone,
            "tabId" => Message::TabGone,
            "paneId" | "otherPaneId" => Message::PaneGone,
            "terminalId" => Message::TerminalGone,
            "userId" => Message::PersonGone,
            "shareId" => Message::LinkGone,
            "shareToken" => Message::LinkUnknown,
            "messageId" | "before" => Message::WordsGone,
            _ => Message::SomethingGone,
        },
        RefusalCode::Conflict => match field {
            "role" => Message::GuestCannotOwn,
            "userId" => Message::OwnerNeeded,
            "sessionId" => Message::OwnerAway,
            "revision" => Message::ChangedBySomebody,
            _ => Message::Changed,
        },
        RefusalCode::LimitReached => match field {
            "sessionId" | "settings.maxUsers" => Message::SessionFull,
            "asking" => Message::TooManyAsking,
            _ => Message::TooMany,
        },
        RefusalCode::TooLarge => match field {
            "content" | "text" => Message::WordsUnfit,
            _ => Message::TooMuch,
        },
        RefusalCode::Forbidden => match field {
            "shareToken" => Message::LinkUnknown,
            "role" => Message::RoleNotAllowed,
            _ => Message::NotAllowed,
        },
        RefusalCode::UnknownEvent => Message::PageTooOld,
        RefusalCode::Unauthenticated => Message::NotSignedIn,
        RefusalCode::RateLimited => Message::TooFast,
        RefusalCode::Busy => Message::ServerBusy,
        RefusalCode::Paused => Message::TerminalPaused,
        RefusalCode::NotConfigured => match field {
            "auth" => Message::EverybodyOwns,
            _ => Message::NotSetUp,
        },
        RefusalCode::UpstreamError => Message::ServiceFailed,
        RefusalCode::Timeout => Message::ServerSlow,
        RefusalCode::ShuttingDown => Message::ServerEnding,
        RefusalCode::Internal => Message::ServerMistaken,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::text::Language, *};

    /// Every field that a refusal of these rooms may name.
    const FIELDS: &[&str] = &[
        "",
        "name",
        "title",
        "description",
        "content",
        "text",
        "expiresInSeconds",
        "role",
        "settings",
        "settings.maxUsers",
        "sessionId",
        "tabId",
        "paneId",
        "terminalId",
        "userId",
        "shareId",
        "shareToken",
        "revision",
        "messageId",
        "before",
        "shell",
        "cwd",
        "asking",
        "auth",
        "elsewhere",
    ];

    const MATTERS: [Matter; 3] = [Matter::Anything, Matter::Input, Matter::Shell];

    #[test]
    fn every_refusal_is_a_sentence_in_both_languages_and_none_is_its_code() {
        let codes = RefusalCode::ALL.iter().flat_map(|code| MATTERS.map(|matter| (*code, matter)));
        for (code, matter) in codes {
            for field in FIELDS {
                let message = words_on(matter, code, Some(field).filter(|field| !field.is_empty()).copied());
                for (language, end) in [(Language::English, '.'), (Language::Japanese, '。')] {
                    let sentence = message.text(language);
                    assert!(sentence.ends_with(end), "{code:?} {field}: {sentence}");
                    // A code is no word: it is joined by underscores, or it is one that is the whole.
                    assert!(
                        !sentence.contains('_') && sentence.len() > 2 * code.as_str().len(),
                        "{code:?} {field}: {sentence}"
                    );
                }
                assert_ne!(message.text(Language::English), message.text(Language::Japanese));
            }
        }
    }

    #[test]
    fn the_codes_that_tell_different_things_have_different_sentences() {
        let general: Vec<_> = RefusalCode::ALL.iter().map(|code| words(*code, None).text(Language::English)).collect();
        for (place, sentence) in general.iter().enumerate() {
            assert!(!general[..place].contains(sentence), "{sentence}");
        }
    }

    #[test]
    fn the_field_tells_more_closely() {
        let general = words(RefusalCode::NotFound, None);
        for field in ["sessionId", "terminalId", "userId", "shareId"] {
            assert_ne!(words(RefusalCode::NotFound, Some(field)), general);
        }
        assert_eq!(words(RefusalCode::InvalidPayload, Some("settings.maxUsers")), Message::SettingUnfit);
    }

    #[test]
    fn a_pane_is_told_what_to_do_about_its_own_shell() {
        for (matter, code, field, expected) in [
            (Matter::Input, RefusalCode::Conflict, None, Message::ShellOver),
            (Matter::Input, RefusalCode::NotFound, Some("terminalId"), Message::TerminalGone),
            (Matter::Input, RefusalCode::Forbidden, None, Message::NotAllowed),
            (Matter::Input, RefusalCode::TooLarge, Some("data"), Message::TooMuch),
            (Matter::Shell, RefusalCode::LimitReached, None, Message::TooManyShells),
            (Matter::Shell, RefusalCode::Conflict, None, Message::Changed),
            (Matter::Shell, RefusalCode::NotFound, Some("paneId"), Message::PaneGone),
            (Matter::Shell, RefusalCode::InvalidPayload, Some("shell"), Message::ShellUnfit),
            (Matter::Anything, RefusalCode::LimitReached, None, Message::TooMany),
        ] {
            assert_eq!(words_on(matter, code, field), expected, "{matter:?} {code:?} {field:?}");
        }
    }

    #[test]
    fn a_wait_is_told_in_whole_seconds() {
        assert_eq!((seconds(1).as_str(), seconds(1_001).as_str()), ("1", "2"));
    }
}
