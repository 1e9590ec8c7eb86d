//! Why the list of what happened is empty.

use leptos::{either::EitherOf3, prelude::*};

use crate::{
    client::{LinkState, LinkStatus},
    page::PageConfig,
};

use super::super::{
    icon::{Glyph, Icon},
    text::{Message, use_texts},
};
use super::use_monitor_state;

/// The first cause that holds, from what a person can do least about to what they just did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    TrackingOff,
    Filtered,
    Paused,
    NotConnected,
    Quiet,
}

/// What is known of the monitor while it shows no row.
#[derive(Clone, Copy, Debug)]
struct Facts {
    tracking: bool,
    online: bool,
    paused: bool,
    kept: usize,
}

impl Cause {
    /// Rows that are kept but not shown are filtered or, when they all came later, behind the pause.
    const fn of(facts: Facts, filtered: bool) -> Self {
        match facts {
            Facts { tracking: false, .. } => Self::TrackingOff,
            Facts { kept: 1.., .. } if filtered => Self::Filtered,
            Facts { paused: true, .. } => Self::Paused,
            Facts { online: false, .. } => Self::NotConnected,
            Facts { .. } => Self::Quiet,
        }
    }

    const fn words(self) -> (Message, Option<Message>) {
        match self {
            Self::TrackingOff => (Message::EmptyTrackingOff, Some(Message::EmptyTrackingOffHint)),
            Self::Filtered => (Message::EmptyFiltered, None),
            Self::Paused => (Message::EmptyPaused, Some(Message::EmptyPausedHint)),
            Self::NotConnected => (Message::EmptyNotConnected, Some(Message::EmptyNotConnectedHint)),
            Self::Quiet => (Message::EmptyQuiet, Some(Message::EmptyQuietHint)),
        }
    }
}

/// The cause, and the way out of it where there is one.
#[component]
pub fn EmptyActivity() -> impl IntoView {
    let text = use_texts();
    let state = use_monitor_state();
    let status = expect_context::<LinkStatus>();
    let tracking = expect_context::<PageConfig>().tracking.enabled;
    let cause = Memo::new(move |_| {
        let facts = Facts {
            tracking,
            online: status.state.with(|state| *state == LinkState::Online),
            paused: state.is_paused(),
            kept: state.kept().0,
        };
        Cause::of(facts, !state.filter.get().is_empty())
    });
    let hint = move || cause.get().words().1.map(|hint| text.now(hint));
    let way_out = move || match cause.get() {
        Cause::Filtered => EitherOf3::A(view! {
            <button class="pill" on:click=move |_| state.filter.clear()>{text.of(Message::ClearFilter)}</button>
        }),
        Cause::Paused => EitherOf3::B(view! {
            <button class="pill" on:click=move |_| state.toggle_pause()>{text.of(Message::Resume)}</button>
        }),
        Cause::TrackingOff | Cause::NotConnected | Cause::Quiet => EitherOf3::C(()),
    };
    view! {
        <div class="empty" role="status">
            <Icon of=Glyph::Prompt/>
            <p>{move || text.now(cause.get().words().0)}</p>
            <p class="empty__hint">{hint}</p>
            {way_out}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check((tracking, online, paused, kept): (bool, bool, bool, usize), filtered: bool, cause: Cause) {
        assert_eq!(Cause::of(Facts { tracking, online, paused, kept }, filtered), cause);
    }

    #[test]
    fn an_empty_list_names_its_cause() {
        check((false, true, false, 0), false, Cause::TrackingOff);
        check((true, false, false, 0), false, Cause::NotConnected);
        check((true, true, true, 0), false, Cause::Paused);
        check((true, true, true, 7), false, Cause::Paused);
        check((true, true, false, 7), true, Cause::Filtered);
        check((true, true, false, 0), true, Cause::Quiet);
        check((true, true, false, 0), false, Cause::Quiet);
    }
}
