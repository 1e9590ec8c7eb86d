//! One line of the dialog: the name of a setting and what it is set with.

use leptos::{either::EitherOf4, prelude::*};

use crate::{client::Setting, page::Theme};

use super::{
    super::{
        preferences::use_preferences,
        text::{Language, Message, use_texts},
        theme,
    },
    use_settings,
};

/// What a setting is set with.
#[derive(Clone, Copy)]
pub enum Offer {
    /// A whole number within bounds.
    Number(u32, u32),
    /// Any words; what stands there as long as there are none.
    Words(Message),
    /// On or off.
    Switch,
    /// One of a few words.
    Choice(&'static [(&'static str, Message)]),
}

/// The line of a setting. A value that does not fit is marked, and the one before holds.
#[component]
pub fn Row(
    /// What it is called.
    name: Message,
    /// Which it is.
    setting: Setting,
    /// What it is set with.
    offer: Offer,
) -> impl IntoView {
    let text = use_texts();
    let state = use_settings();
    let unfit = RwSignal::new(false);
    let word = move || state.values().with(|values| values.word(setting));
    let change = move |word: String| unfit.set(!state.change(setting, &word));
    let invalid = move || unfit.get().then_some("true");
    let control = match offer {
        Offer::Number(least, most) => EitherOf4::A(view! {
            <input
                class="settings__field settings__field--short num"
                type="number"
                min=least
                max=most
                aria-invalid=invalid
                prop:value=word
                on:input=move |event| change(event_target_value(&event))
            />
        }),
        Offer::Words(hint) => EitherOf4::B(view! {
            <input
                class="settings__field"
                spellcheck="false"
                autocomplete="off"
                placeholder=text.of(hint)
                aria-invalid=invalid
                prop:value=word
                on:input=move |event| change(event_target_value(&event))
            />
        }),
        Offer::Switch => EitherOf4::C(view! {
            <input
                class="switch"
                type="checkbox"
                role="switch"
                prop:checked=move || word() == "on"
                on:change=move |event| change(if event_target_checked(&event) { "on" } else { "off" }.to_owned())
            />
        }),
        Offer::Choice(choices) => {
            let options = choices.iter().map(|(value, name)| {
                let value = *value;
                view! { <option value=value selected=move || word() == value>{text.of(*name)}</option> }
            });
            EitherOf4::D(view! {
                <select class="settings__field" on:change=move |event| change(event_target_value(&event))>
                    {options.collect_view()}
                </select>
            })
        }
    };
    view! {
        <label class="settings__row">
            <span>{text.of(name)}</span>
            {control}
        </label>
    }
}

/// The line of the page's colours.
#[component]
pub fn ThemeRow() -> impl IntoView {
    let text = use_texts();
    let preferences = use_preferences();
    let options = [Theme::System, Theme::Dark, Theme::Light].into_iter().map(|theme| {
        let selected = move || preferences.theme().get() == theme;
        view! { <option value=theme::word(theme) selected=selected>{text.of(theme::name(theme))}</option> }
    });
    let choose = move |event| {
        if let Some(theme) = theme::from_word(&event_target_value(&event)) {
            preferences.set_theme(theme);
        }
    };
    view! {
        <label class="settings__row">
            <span>{text.of(Message::Colours)}</span>
            <select class="settings__field" on:change=choose>{options.collect_view()}</select>
        </label>
    }
}

/// The line of the language.
#[component]
pub fn LanguageRow() -> impl IntoView {
    let text = use_texts();
    let preferences = use_preferences();
    let options = Language::ALL.into_iter().map(|language| {
        let selected = move || preferences.language().get() == language;
        view! { <option value=language.tag() selected=selected>{language.name()}</option> }
    });
    view! {
        <label class="settings__row">
            <span>{text.of(Message::Language)}</span>
            <select
                class="settings__field"
                on:change=move |event| preferences.set_language(Language::from_tag(&event_target_value(&event)))
            >
                {options.collect_view()}
            </select>
        </label>
    }
}
