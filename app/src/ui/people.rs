//! The people of a session as a tool of the dock: who asks to come in, who is in it, and by what links others may.

mod asking;
mod links;
mod members;
mod share_dialog;

pub use asking::AskingBar;
pub use share_dialog::{ShareDialog, ShareState, use_share};

use leptos::prelude::*;

use super::here::use_here;

use self::{asking::AskingList, links::Links, members::Members};

/// The tool.
#[component]
pub fn PeoplePanel(
    /// Whether it is in sight; out of sight it asks the server nothing.
    shown: Signal<bool>,
) -> impl IntoView {
    let here = use_here();
    view! {
        <div class="people">
            <Show when=move || here.is_owner()>
                <AskingList/>
            </Show>
            <Members/>
            <Show when=move || here.is_owner()>
                <Links shown/>
            </Show>
        </div>
    }
}
