//! The share links of the session that is shown, as its owner sees them.

use std::time::Duration;

use leptos::{either::Either, prelude::*};

use crate::{
    monitor::Timestamp,
    people::use_people,
    protocol::{
        SessionId,
        share::{Share, ShareList, ShareRevoke, SharesListed},
    },
};

use super::super::{
    ask::Asker,
    confirm::{Question, use_confirm},
    format,
    here::use_here,
    icon::{Glyph, Icon},
    role,
    text::{Message, use_texts},
};
use super::use_share;

/// How often the time that a link has left is told anew.
const TICK: Duration = Duration::from_secs(1);

/// The links, and the way to make one.
#[component]
pub fn Links(
    /// Whether the list is in sight.
    shown: Signal<bool>,
) -> impl IntoView {
    let (text, here, share) = (use_texts(), use_here(), use_share());
    let changes = use_people().links();
    let asker = Asker::from_context();
    let links = RwSignal::new(Vec::<Share>::new());
    let refused = RwSignal::new(None::<String>);
    let now = RwSignal::new(asker.clock().0);
    Effect::new(move || {
        changes.track();
        if let (true, Some(session_id)) = (shown.get(), here.id()) {
            read(asker, session_id, links, refused);
        }
    });
    Effect::new(move || {
        if shown.get() {
            now.set(asker.clock().0);
            // Without a timer the time stands still, and the link ends all the same.
            if let Ok(ticking) = set_interval_with_handle(move || now.set(asker.clock().0), TICK) {
                on_cleanup(move || ticking.clear());
            }
        }
    });
    // A link that has ended by itself is none any more.
    let working = Memo::new(move |_| {
        let now = now.get();
        links.with(|links| {
            links.iter().filter(|link| left(link, now).is_none_or(|left| left > 0.0)).cloned().collect::<Vec<_>>()
        })
    });
    view! {
        <section class="section" aria-label=text.of(Message::Links)>
            <header class="section__head">
                <h2>{text.of(Message::Links)}</h2>
                <span class="space"></span>
                <button class="pill" aria-haspopup="dialog" on:click=move |_| share.open()>{text.of(Message::NewLink)}</button>
            </header>
            <p class="people__hint" role="alert" hidden=move || refused.with(Option::is_none)>{move || refused.get()}</p>
            <p class="people__hint" hidden=move || !working.with(Vec::is_empty)>{text.of(Message::NoLinks)}</p>
            <ul class="people__list">
                {move || working.get().into_iter().map(|link| view! { <Link link now/> }).collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn Link(link: Share, now: RwSignal<f64>) -> impl IntoView {
    let (text, confirm) = (use_texts(), use_confirm());
    let asker = Asker::from_context();
    let share_id = link.id;
    let (role, one, guests) = (link.role, link.terminal_id.is_some(), link.guests);
    let ends = move || match left(&link, now.get()) {
        Some(left) => text.filled(Message::EndsIn, remaining(left)),
        None => text.now(Message::EndsNever).to_owned(),
    };
    let revoke = move |_| {
        let end = move || asker.ask("people", &ShareRevoke { share_id });
        match guests {
            0 => end(),
            guests => confirm.ask(Question {
                title: text.once(Message::RevokeTitle).to_owned(),
                lines: vec![text.once(Message::RevokeWhy).replace("{}", &format::count(guests))],
                action: Message::Revoke,
                then: Callback::new(move |()| end()),
            }),
        }
    };
    let what = if one { Message::OneTerminal } else { Message::WholeSession };
    let here = match guests {
        0 => Either::Left(text.of(Message::NoGuests)),
        guests => Either::Right(move || text.filled(Message::GuestsHere, format::count(guests))),
    };
    view! {
        <li class="person">
            <Icon of=Glyph::Link/>
            <span class="person__words">
                <span class="person__name">{text.of(role::name(role))} " · " {text.of(what)}</span>
                <span class="person__more">{ends} " · " {here}</span>
            </span>
            <button class="button" on:click=revoke>{text.of(Message::Revoke)}</button>
        </li>
    }
}

fn read(asker: Asker, session_id: SessionId, links: RwSignal<Vec<Share>>, refused: RwSignal<Option<String>>) {
    let then = move |outcome: Result<SharesListed, String>| {
        // The list may be gone by now, and its signals with it.
        match outcome {
            Ok(listed) => {
                refused.try_set(None);
                links.try_set(listed.shares);
            }
            Err(why) => drop(refused.try_set(Some(why))),
        }
    };
    asker.attempt("people", &ShareList { session_id }, Box::new(then));
}

/// How long a link still works, in milliseconds; none when it does until it is revoked.
fn left(link: &Share, now_ms: f64) -> Option<f64> {
    let ends = link.expires_at.as_ref()?.parse::<Timestamp>().ok()?;
    Some(ends.0 as f64 / 1_000.0 - now_ms)
}

/// A time as long as people plan ahead: `45 s`, `12 min`, `3 h`, `6 d`.
fn remaining(ms: f64) -> String {
    let seconds = (ms / 1_000.0).ceil().max(0.0);
    match seconds {
        seconds if seconds < 120.0 => format!("{seconds:.0} s"),
        // The nearest: a link for a day that has just been made works for 24 hours, whatever the clocks of both sides differ by.
        seconds if seconds < 7_200.0 => format!("{:.0} min", seconds / 60.0),
        seconds if seconds < 172_800.0 => format!("{:.0} h", seconds / 3_600.0),
        seconds => format!("{:.0} d", seconds / 86_400.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_in_the_unit_that_matters() {
        for (seconds, expected) in [
            (-3, "0 s"),
            (1, "1 s"),
            (119, "119 s"),
            (120, "2 min"),
            (3_600, "60 min"),
            (86_399, "24 h"),
            (86_403, "24 h"),
            (604_800, "7 d"),
        ] {
            assert_eq!(remaining(f64::from(seconds) * 1_000.0), expected);
        }
    }
}
