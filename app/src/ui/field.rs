//! Controls that narrow a list down, alike wherever there is one.

use leptos::prelude::*;

use super::{
    icon::{Glyph, Icon},
    text::{Message, use_texts},
};

/// A field for words to look for.
#[component]
pub fn SearchField(
    /// Its name, which is also its placeholder.
    name: Message,
    /// What is typed.
    value: RwSignal<String>,
) -> impl IntoView {
    let text = use_texts();
    view! {
        <label class="field field--grow">
            <Icon of=Glyph::Search/>
            <input
                class="field__input"
                type="search"
                aria-label=text.of(name)
                placeholder=text.of(name)
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            />
        </label>
    }
}

/// A field for the least duration, in milliseconds.
#[component]
pub fn MinDurationField(
    /// What is typed.
    value: RwSignal<String>,
) -> impl IntoView {
    let text = use_texts();
    view! {
        <label class="field field--short">
            <span aria-hidden="true">"≥"</span>
            <input
                class="field__input num"
                type="number"
                min="0"
                step="any"
                aria-label=text.of(Message::MinDuration)
                title=text.of(Message::MinDuration)
                placeholder="ms"
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            />
        </label>
    }
}
