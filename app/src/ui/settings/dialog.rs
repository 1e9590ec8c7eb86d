//! The dialog with the settings, in three groups.

use leptos::{html, prelude::*};

use crate::client::{Contrast, CursorShape, Permission, Renderer, Setting};

use super::{
    super::{
        icon::{Glyph, Icon},
        text::{Message, use_texts},
    },
    control::{LanguageRow, Offer, Row, ThemeRow},
    use_settings,
};

const CURSORS: &[(&str, Message)] = &[
    (CursorShape::Block.word(), Message::CursorBlock),
    (CursorShape::Underline.word(), Message::CursorUnderline),
    (CursorShape::Bar.word(), Message::CursorBar),
];
const CONTRASTS: &[(&str, Message)] = &[
    (Contrast::AsIs.word(), Message::ContrastAsIs),
    (Contrast::Readable.word(), Message::ContrastReadable),
    (Contrast::High.word(), Message::ContrastHigh),
];
const RENDERERS: &[(&str, Message)] = &[
    (Renderer::Auto.word(), Message::RendererAuto),
    (Renderer::WebGl.word(), Message::RendererWebGl),
    (Renderer::Dom.word(), Message::RendererDom),
];
const PERMISSIONS: &[(&str, Message)] = &[
    (Permission::Ask.word(), Message::PermissionAsk),
    (Permission::Allow.word(), Message::PermissionAllow),
    (Permission::Deny.word(), Message::PermissionDeny),
];

/// The dialog. The browser keeps the focus inside it and closes it on Escape; what is changed holds at once.
#[component]
pub fn SettingsDialog() -> impl IntoView {
    let state = use_settings();
    let text = use_texts();
    let dialog = NodeRef::<html::Dialog>::new();
    let asked = Memo::new(move |_| state.opened.get() > 0);
    Effect::new(move || {
        if let (1.., Some(dialog)) = (state.opened.get(), dialog.get()) {
            // An open dialog stays open.
            drop(dialog.show_modal());
        }
    });
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <dialog class="sheet settings" aria-labelledby="settings-title" node_ref=dialog>
            <header class="sheet__head">
                <h2 id="settings-title">{text.of(Message::Settings)}</h2>
                <button class="button button--icon" aria-label=text.of(Message::Close) on:click=close>
                    <Icon of=Glyph::Cross/>
                </button>
            </header>
            <Show when=move || asked.get()>
                <Groups/>
            </Show>
            <footer class="sheet__foot">
                <button class="button" on:click=move |_| state.restore()>{text.of(Message::RestoreDefaults)}</button>
                <span class="space"></span>
                <button class="button button--main" on:click=close>{text.of(Message::Done)}</button>
            </footer>
        </dialog>
    }
}

#[component]
fn Groups() -> impl IntoView {
    let text = use_texts();
    view! {
        <div class="sheet__body">
            <fieldset class="settings__group">
                <legend>{text.of(Message::Appearance)}</legend>
                <ThemeRow/>
                <LanguageRow/>
                <Row name=Message::FontSize setting=Setting::FontSize offer=Offer::Number(8, 32)/>
                <Row name=Message::FontFamily setting=Setting::FontFamily offer=Offer::Words(Message::FontFamilyHint)/>
                <Row name=Message::CursorShape setting=Setting::CursorShape offer=Offer::Choice(CURSORS)/>
                <Row name=Message::CursorBlink setting=Setting::CursorBlink offer=Offer::Switch/>
                <Row name=Message::Contrast setting=Setting::Contrast offer=Offer::Choice(CONTRASTS)/>
                <Row name=Message::Renderer setting=Setting::Renderer offer=Offer::Choice(RENDERERS)/>
            </fieldset>
            <fieldset class="settings__group">
                <legend>{text.of(Message::Behaviour)}</legend>
                <Row name=Message::Scrollback setting=Setting::Scrollback offer=Offer::Number(0, 100_000)/>
                <Row name=Message::CopyOnSelect setting=Setting::CopyOnSelect offer=Offer::Switch/>
                <Row name=Message::PasteWarning setting=Setting::PasteWarning offer=Offer::Switch/>
                <Row name=Message::BellSound setting=Setting::BellSound offer=Offer::Switch/>
                <Row name=Message::ScreenReader setting=Setting::ScreenReader offer=Offer::Switch/>
            </fieldset>
            <fieldset class="settings__group">
                <legend>{text.of(Message::ProgramsMay)}</legend>
                <Row name=Message::ClipboardWrite setting=Setting::ClipboardWrite offer=Offer::Choice(PERMISSIONS)/>
                <Row name=Message::ClipboardRead setting=Setting::ClipboardRead offer=Offer::Switch/>
            </fieldset>
        </div>
    }
}
