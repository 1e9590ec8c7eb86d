//! The bar at the top: the name, the tabs, and what can be switched.

use leptos::prelude::*;

use crate::page::{PageConfig, PageView};

use super::{
    dock::use_dock,
    icon::{Glyph, Icon},
    later::{Late, Piece},
    palette::use_palette,
    preferences::use_preferences,
    session::SessionMenu,
    settings::use_settings,
    shortcuts,
    text::{Message, use_texts},
    theme,
    work::Tabs,
};

/// The top bar.
#[component]
pub fn TopBar() -> impl IntoView {
    let page = expect_context::<PageConfig>();
    let home = page.href("/");
    let workspace = page.view == PageView::Workspace;
    view! {
        <header class="top">
            <a class="brand" href=home>
                <span class="brand__mark" aria-hidden="true"><Icon of=Glyph::Prompt/></span>
                <span class="brand__name">"AetherTerm"</span>
            </a>
            {workspace.then(|| view! { <SessionMenu/> })}
            {workspace.then(|| view! { <Tabs/> })}
            <span class="space"></span>
            {workspace.then(|| view! { <Late piece=Piece::Presence/> })}
            <CommandsButton/>
            <LanguageButton/>
            <ThemeButton/>
            <SettingsButton/>
            {workspace.then(|| view! { <DockButton/> })}
        </header>
    }
}

#[component]
fn CommandsButton() -> impl IntoView {
    let text = use_texts();
    let palette = use_palette();
    view! {
        <button class="button top__commands" aria-haspopup="dialog" on:click=move |_| palette.open()>
            <Icon of=Glyph::Search/>
            <span class="top__label">{text.of(Message::Commands)}</span>
            <kbd class="top__label">{shortcuts::COMMANDS}</kbd>
        </button>
    }
}

#[component]
fn LanguageButton() -> impl IntoView {
    let text = use_texts();
    let preferences = use_preferences();
    view! {
        <button
            class="button button--icon top__spare"
            aria-label=text.of(Message::SwitchLanguage)
            title=text.of(Message::SwitchLanguage)
            on:click=move |_| preferences.switch_language()
        >
            <Icon of=Glyph::Globe/>
        </button>
    }
}

#[component]
fn ThemeButton() -> impl IntoView {
    let text = use_texts();
    let preferences = use_preferences();
    let name = move || text.filled(Message::Theme, text.now(theme::name(preferences.theme().get())));
    view! {
        <button
            class="button button--icon top__spare"
            aria-label=name
            title=name
            on:click=move |_| preferences.switch_theme()
        >
            {move || view! { <Icon of=theme::glyph(preferences.theme().get())/> }}
        </button>
    }
}

#[component]
fn SettingsButton() -> impl IntoView {
    let text = use_texts();
    let settings = use_settings();
    view! {
        <button
            class="button button--icon"
            aria-label=text.of(Message::Settings)
            title=move || format!("{} ({})", text.now(Message::Settings), shortcuts::SETTINGS)
            aria-haspopup="dialog"
            on:click=move |_| settings.open()
        >
            <Icon of=Glyph::Sliders/>
        </button>
    }
}

#[component]
fn DockButton() -> impl IntoView {
    let text = use_texts();
    let dock = use_dock();
    let name = move || text.now(if dock.is_open() { Message::HideDock } else { Message::ShowDock });
    view! {
        <button
            class="button button--icon"
            aria-label=name
            title=move || format!("{} ({})", name(), shortcuts::DOCK)
            aria-controls="dock"
            aria-expanded=move || dock.is_open().to_string()
            on:click=move |_| dock.toggle()
        >
            <Icon of=Glyph::Dock/>
        </button>
    }
}
