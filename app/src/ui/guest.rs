//! What a guest and a viewer are told: that they may only look, that the owner is being asked, and why they are out.

use leptos::{either::Either, prelude::*};

use crate::{
    client::{LinkState, LinkStatus},
    page::PageConfig,
    people::{ASKING, Ending, Entry, News, ROLE, SHARE_TOKEN, use_people},
    protocol::{Refusal, RefusalCode, people::SessionLeave, session::UserRole},
};

use super::{
    ask::Asker,
    here::use_here,
    icon::{Glyph, Icon},
    session::use_sessions,
    text::{Message, Texts, use_texts},
    toasts::use_toasts,
};

/// Who one is here and what one may, above the terminals; only for those who may less than others.
#[component]
pub fn GuestBar() -> impl IntoView {
    let (text, here, people, sessions) = (use_texts(), use_here(), use_people(), use_sessions());
    let read_only = move || here.is_read_only();
    let shown = Memo::new(move |_| here.id().is_some() && (people.is_guest() || here.is_read_only()));
    let who = move || {
        people.me().with(|me| {
            me.as_ref().filter(|me| me.role == UserRole::Guest).map(|me| text.filled(Message::YouAre, &me.name))
        })
    };
    let means = move || {
        text.now(match (people.sees_one_terminal(), read_only()) {
            (false, true) => Message::ReadOnly,
            (false, false) => Message::GuestTypes,
            (true, true) => Message::OneReadOnly,
            (true, false) => Message::OneTypes,
        })
    };
    move || {
        shown.get().then(|| {
            view! {
                <aside class="guest" role="status" data-state=move || if read_only() { "read-only" } else { "typing" }>
                    <Icon of=Glyph::Eye/>
                    <p class="guest__words">
                        <strong>{who}</strong>
                        " "
                        <span>{means}</span>
                    </p>
                    <span class="space"></span>
                    <button class="button" on:click=move |_| sessions.leave()>{text.of(Message::Leave)}</button>
                </aside>
            }
        })
    }
}

/// Why there is nothing to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outside {
    Waiting,
    Withdrawn,
    Refused,
    Full,
    Crowded,
    OwnerAway,
    RoleClosed,
    Removed,
    Left,
    Deleted,
    LinkEnded,
}

impl Outside {
    /// Where a guest stands; `None` when they are in. Why one is out holds, whatever becomes of the link afterwards.
    fn of(entry: &Entry, signed_out: bool) -> Option<Self> {
        match entry {
            Entry::Refused(refusal) => Some(Self::by(refusal)),
            Entry::Out(Ending::LinkEnded) => Some(Self::LinkEnded),
            Entry::Out(Ending::Removed) => Some(Self::Removed),
            Entry::Out(Ending::Deleted) => Some(Self::Deleted),
            Entry::Out(Ending::Left) => Some(Self::Left),
            Entry::Withdrawn => Some(Self::Withdrawn),
            // The server does not know the guest any more: their link was revoked, or its time is up.
            Entry::Waiting | Entry::In if signed_out => Some(Self::LinkEnded),
            Entry::Waiting => Some(Self::Waiting),
            Entry::In => None,
        }
    }

    /// Why somebody is not let in, by what they are told.
    fn by(refusal: &Refusal) -> Self {
        match (refusal.code, refusal.field.as_deref()) {
            (RefusalCode::LimitReached, Some(ASKING)) => Self::Crowded,
            (RefusalCode::LimitReached, _) => Self::Full,
            (RefusalCode::Conflict, _) => Self::OwnerAway,
            (RefusalCode::Forbidden, Some(ROLE)) => Self::RoleClosed,
            (RefusalCode::Forbidden | RefusalCode::NotFound, Some(SHARE_TOKEN)) => Self::LinkEnded,
            _ => Self::Refused,
        }
    }

    /// The same in a line that is read by itself.
    fn sentence(self, text: Texts) -> String {
        text.once(Message::GateSentence).replacen("{}", text.once(self.title()), 1) + text.once(self.hint())
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Withdrawn => "withdrawn",
            Self::Refused => "refused",
            Self::Full => "full",
            Self::Crowded => "crowded",
            Self::OwnerAway => "owner-away",
            Self::RoleClosed => "role-closed",
            Self::Removed => "removed",
            Self::Left => "left",
            Self::Deleted => "deleted",
            Self::LinkEnded => "ended",
        }
    }

    /// Whether it may be otherwise by the time one tries again.
    const fn passes(self) -> bool {
        matches!(self, Self::Full | Self::Crowded | Self::OwnerAway | Self::RoleClosed)
    }

    const fn title(self) -> Message {
        match self {
            Self::Waiting => Message::GateWaiting,
            Self::Withdrawn => Message::GateWithdrawn,
            Self::Refused => Message::GateRefused,
            Self::Full => Message::GateFull,
            Self::Crowded => Message::GateCrowded,
            Self::OwnerAway => Message::GateOwnerAway,
            Self::RoleClosed => Message::GateRoleClosed,
            Self::Removed => Message::GateRemoved,
            Self::Left => Message::GateLeft,
            Self::Deleted => Message::GateDeleted,
            Self::LinkEnded => Message::GateEnded,
        }
    }

    const fn hint(self) -> Message {
        match self {
            Self::Waiting => Message::GateWaitingHint,
            Self::Withdrawn | Self::Left => Message::GateLeftHint,
            Self::Refused | Self::Removed => Message::GateRemovedHint,
            Self::Full => Message::GateFullHint,
            Self::Crowded => Message::GateCrowdedHint,
            Self::OwnerAway => Message::GateOwnerAwayHint,
            Self::RoleClosed => Message::GateRoleClosedHint,
            Self::Deleted => Message::GateDeletedHint,
            Self::LinkEnded => Message::GateEndedHint,
        }
    }
}

/// In front of everything, as long as a guest is not in.
#[component]
pub fn Gate() -> impl IntoView {
    let (text, people) = (use_texts(), use_people());
    let status = expect_context::<LinkStatus>();
    let outside = Memo::new(move |_| {
        let signed_out = status.state.with(|state| *state == LinkState::SignedOut);
        people.entry().with(|entry| Outside::of(entry, signed_out)).filter(|_| people.is_guest())
    });
    move || {
        outside.get().map(|outside| {
            let waits = outside == Outside::Waiting;
            view! {
                <section class="gate" role="status" aria-live="polite" data-state=outside.word()>
                    <div class="gate__card">
                        {if waits {
                            Either::Left(view! { <span class="spinner" aria-hidden="true"></span> })
                        } else {
                            Either::Right(view! { <Icon of=Glyph::Leave/> })
                        }}
                        <h1 class="gate__title">{text.of(outside.title())}</h1>
                        <p class="gate__hint">{text.of(outside.hint())}</p>
                        {waits.then(|| view! { <Withdraw/> })}
                        {outside.passes().then(|| view! { <TryAgain/> })}
                    </div>
                </section>
            }
        })
    }
}

/// Another attempt to come in.
#[component]
fn TryAgain() -> impl IntoView {
    let text = use_texts();
    let home = expect_context::<PageConfig>().href("/");
    view! { <a class="button button--main" href=home>{text.of(Message::TryAgain)}</a> }
}

/// The way out while one waits.
#[component]
fn Withdraw() -> impl IntoView {
    let (text, people) = (use_texts(), use_people());
    let asker = Asker::from_context();
    let withdraw = move |_| {
        if let Some(pass) = people.pass().get_untracked() {
            asker.attempt(
                "session",
                &SessionLeave { session_id: pass.session_id },
                Box::new(move |outcome| match outcome {
                    Ok(_) => people.withdraw(),
                    Err(why) => asker.failed(why),
                }),
            );
        }
    };
    view! { <button class="button" on:click=withdraw>{text.of(Message::Cancel)}</button> }
}

/// Tells what happens to the user's place in sessions, each once.
pub fn tell_news() {
    let (text, people, toasts) = (use_texts(), use_people(), use_toasts());
    Effect::new(move || {
        for news in people.take_news() {
            toasts.failed(match news {
                News::Removed(name) => text.once(Message::RemovedFrom).replace("{}", &name),
                News::Deleted(name) => text.once(Message::SessionDeleted).replace("{}", &name),
                News::Refused(why) => Outside::by(&why).sentence(text),
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{super::text::Language, *};

    #[test]
    fn why_a_guest_is_out_stays_said_when_the_server_forgets_them() {
        for (entry, expected) in [
            (Entry::In, Outside::LinkEnded),
            (Entry::Waiting, Outside::LinkEnded),
            (Entry::Refused(Refusal::new(RefusalCode::Forbidden, "No.")), Outside::Refused),
            (Entry::Refused(Refusal::new(RefusalCode::LimitReached, "Full.")), Outside::Full),
            (Entry::Refused(Refusal::new(RefusalCode::Conflict, "Away.")), Outside::OwnerAway),
            (Entry::Out(Ending::LinkEnded), Outside::LinkEnded),
            (Entry::Out(Ending::Removed), Outside::Removed),
            (Entry::Out(Ending::Deleted), Outside::Deleted),
        ] {
            assert_eq!(Outside::of(&entry, true), Some(expected), "{entry:?}");
        }
    }

    #[test]
    fn whoever_is_not_let_in_is_told_why_and_what_to_do() {
        let owner = Owner::new();
        owner.set();
        let texts = Language::ALL.map(|language| Texts(RwSignal::new(language)));
        let refusal =
            |code, field: Option<&str>| Refusal { field: field.map(str::to_owned), ..Refusal::new(code, "No.") };
        let mut told = Vec::new();
        for (code, field, begins) in [
            (RefusalCode::LimitReached, Some("sessionId"), "This session is full. Ask its owner"),
            (RefusalCode::LimitReached, Some(ASKING), "Too many people ask to come in. Try again"),
            (RefusalCode::Conflict, Some("sessionId"), "The owner is not here. "),
            (RefusalCode::Forbidden, Some(ROLE), "Nobody of your role may be in this session. Ask its owner"),
            (RefusalCode::Forbidden, Some(SHARE_TOKEN), "This link has ended. "),
            (RefusalCode::Forbidden, None, "The owner has not let you in. Ask whoever"),
        ] {
            let [english, japanese] = texts.map(|text| Outside::by(&refusal(code, field)).sentence(text));
            assert!(english.starts_with(begins) && english.ends_with('.'), "{english}");
            assert!(japanese.contains('。') && japanese.ends_with('。'), "{japanese}");
            assert!(!told.contains(&english), "{english}");
            told.push(english);
        }
    }

    #[test]
    fn a_guest_who_is_in_stands_before_no_gate() {
        assert_eq!(Outside::of(&Entry::In, false), None);
        assert_eq!(Outside::of(&Entry::Waiting, false), Some(Outside::Waiting));
    }
}
