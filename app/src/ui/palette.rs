//! Every action of the page in one list, found by typing a part of its name.

mod actions;
mod command;

use leptos::{ev, html, prelude::*};

use crate::page::PageConfig;

use super::{
    icon::{Glyph, Icon},
    text::{Message, use_texts},
};
pub use actions::Actions;
pub use command::Command;

/// Whether the commands are shown.
#[derive(Clone, Copy)]
pub struct PaletteState {
    opened: RwSignal<u32>,
}

impl PaletteState {
    /// Closed.
    #[must_use]
    pub fn new() -> Self {
        Self { opened: RwSignal::new(0) }
    }

    /// Shows the commands.
    pub fn open(self) {
        self.opened.update(|times| *times += 1);
    }

    /// Whether they have ever been shown; reading it follows each time.
    #[must_use]
    pub fn is_asked(self) -> bool {
        self.opened.get() > 0
    }
}

/// The state of the commands; there from the root component on.
#[must_use]
pub fn use_palette() -> PaletteState {
    expect_context()
}

/// The dialog with the commands. The browser keeps the focus inside it and closes it on Escape.
#[component]
pub fn Palette() -> impl IntoView {
    let state = use_palette();
    let text = use_texts();
    let actions = Actions::from_context();
    let view = expect_context::<PageConfig>().view;
    let dialog = NodeRef::<html::Dialog>::new();
    let typed = RwSignal::new(String::new());
    let place = RwSignal::new(0_usize);
    let found = Memo::new(move |_| {
        let language = text.0.get();
        let mut found = typed.with(|typed| command::matching(typed, language, view));
        found.retain(|command| actions.may(*command));
        found
    });
    Effect::new(move || {
        if let (1.., Some(dialog)) = (state.opened.get(), dialog.get()) {
            typed.set(String::new());
            place.set(0);
            // An open dialog stays open.
            drop(dialog.show_modal());
        }
    });
    let run = move |command: Command| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
        actions.run(command);
    };
    let keys = move |event: ev::KeyboardEvent| {
        let count = found.with_untracked(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => place.update(|place| *place = (*place + 1) % count),
            "ArrowUp" => place.update(|place| *place = (*place + count - 1) % count),
            "Enter" => {
                if let Some(command) = found.with_untracked(|found| found.get(place.get_untracked()).copied()) {
                    run(command);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let current = move || found.with(|found| found.get(place.get()).map(|command| command.id()));
    view! {
        <dialog class="palette" aria-label=text.of(Message::Commands) node_ref=dialog>
            <label class="palette__field">
                <Icon of=Glyph::Search/>
                <input
                    class="palette__input"
                    role="combobox"
                    aria-expanded="true"
                    aria-controls="commands"
                    aria-activedescendant=current
                    aria-label=text.of(Message::FindCommand)
                    placeholder=text.of(Message::FindCommand)
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=typed
                    on:input=move |event| {
                        typed.set(event_target_value(&event));
                        place.set(0);
                    }
                    on:keydown=keys
                />
            </label>
            <ul class="palette__list" id="commands" role="listbox" aria-label=text.of(Message::Commands)>
                <For each=move || found.get() key=|command| *command let:command>
                    <li
                        class="palette__command"
                        role="option"
                        id=command.id()
                        aria-selected=move || (current() == Some(command.id())).to_string()
                        on:click=move |_| run(command)
                    >
                        <span>{text.of(command.name())}</span>
                        {command.shortcut().map(|keys| view! { <kbd>{keys}</kbd> })}
                    </li>
                </For>
            </ul>
            <p class="palette__none" hidden=move || !found.with(Vec::is_empty)>{text.of(Message::NoSuchCommand)}</p>
        </dialog>
    }
}
