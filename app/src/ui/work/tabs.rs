//! The tabs of the session, in a row that scrolls when it is too long.

use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};

use crate::{protocol::TabId, workspace::Stir};

use super::{
    super::{
        icon::{Glyph, Icon},
        later::{Late, Piece},
        progress::ProgressMark,
        shortcuts,
        text::{Message, use_texts},
    },
    Deed,
    arranger::use_arranger,
    dragging::Dragging,
    place::{Keyboard, use_place},
};

/// The tabs, and the button for one more.
#[component]
pub fn Tabs() -> impl IntoView {
    let text = use_texts();
    let (place, arranger) = (use_place(), use_arranger());
    let row = NodeRef::<html::Div>::new();
    let dragging = Dragging::new(row);
    // A mouse has one wheel.
    let scroll = move |event: ev::WheelEvent| {
        if let Some(row) = row.get_untracked().filter(|_| event.delta_x() == 0.0) {
            row.set_scroll_left(row.scroll_left() + event.delta_y() as i32);
        }
    };
    let name = move || format!("{} ({})", text.now(Message::NewTab), shortcuts::NEW_TAB);
    view! {
        <div class="strip">
            <div class="tabs" role="tablist" aria-label=text.of(Message::Tabs) node_ref=row on:wheel=scroll>
                <For each=move || place.tabs().get() key=|tab| *tab let:tab>
                    <Late piece=Piece::Tab(tab, dragging)/>
                </For>
            </div>
            <Show when=move || place.may_arrange()>
                <button
                    class="button button--icon strip__new"
                    aria-label=text.of(Message::NewTab)
                    title=name
                    on:click=move |_| arranger.run(Deed::NewTab)
                >
                    <Icon of=Glyph::Plus/>
                </button>
            </Show>
        </div>
    }
}

/// One tab: what shows it, what takes it away, and, while it is being named, the field for that.
#[component]
pub fn TabHandle(
    /// Which.
    tab: TabId,
    /// The pointer on the row.
    dragging: Dragging,
) -> impl IntoView {
    let text = use_texts();
    let (place, arranger) = (use_place(), use_arranger());
    let handle = NodeRef::<html::Div>::new();
    let chosen = Memo::new(move |_| place.shown() == Some(tab));
    let title = Memo::new(move |_| place.title(tab));
    let stir = Memo::new(move |_| place.stir(tab).filter(|_| !chosen.get()));
    let busy = Memo::new(move |_| place.is_busy(tab) && !chosen.get());
    let progress = Signal::derive(move || place.progress(tab));
    let named = Memo::new(move |_| arranger.renaming().get() == Some(tab));
    let zoomed =
        Memo::new(move |_| place.workspace().tab(tab).arrangement.with(|arrangement| arrangement.zoomed.is_some()));
    let index = Memo::new(move |_| place.tabs().with(|tabs| tabs.iter().position(|other| *other == tab)));
    let shift = Memo::new(move |_| dragging.shift(index.get()?));
    Effect::new(move || {
        if let Some(handle) = handle.get().filter(|_| chosen.get()) {
            handle.scroll_into_view_with_bool(false);
        }
    });
    let press = move |event: ev::PointerEvent| {
        // The middle button must not make the browser scroll.
        if event.button() == 1 {
            event.prevent_default();
        }
        let may = event.button() == 0 && untrack(|| place.may_arrange());
        if let Some((handle, from)) = handle.get_untracked().zip(index.get_untracked()).filter(|_| may) {
            dragging.press(&event, tab, from, handle.into());
        }
    };
    let drag = move |event: ev::PointerEvent| {
        if let Some(handle) = handle.get_untracked() {
            dragging.follow(&event, &handle);
        }
    };
    let keys = move |event: ev::KeyboardEvent| {
        let tabs = place.tabs().get_untracked();
        let here = tabs.iter().position(|other| *other == tab).unwrap_or(0);
        let there = match event.key().as_str() {
            "ArrowRight" => tabs.get(here + 1).or(tabs.first()),
            "ArrowLeft" => here.checked_sub(1).and_then(|before| tabs.get(before)).or(tabs.last()),
            "Home" => tabs.first(),
            "End" => tabs.last(),
            "Delete" if untrack(|| place.may_arrange()) => {
                arranger.close_tab(tab);
                None
            }
            "F2" if untrack(|| place.may_arrange()) => {
                arranger.renaming().set(Some(tab));
                None
            }
            _ => return,
        };
        event.prevent_default();
        if let Some(there) = there.copied() {
            place.switch(there, Keyboard::Stays);
            let button = document().get_element_by_id(&element_id(there));
            if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
                // A button on the page takes the focus.
                drop(button.focus());
            }
        }
    };
    let close_name = move || text.filled(Message::CloseTabNamed, title.get());
    view! {
        <div
            class="tab"
            role="presentation"
            data-chosen=move || chosen.get().then_some("")
            data-dragged=move || dragging.moves(tab).then_some("")
            data-state=move || place.state(tab)
            data-busy=move || busy.get().then_some("")
            data-stir=move || stir.get().map(word)
            style:transform=move || shift.get().map(|shift| format!("translateX({shift}px)"))
            node_ref=handle
            on:pointerdown=press
            on:pointermove=drag
            on:pointerup=move |_| dragging.release(index.get_untracked())
            on:pointercancel=move |_| dragging.give_up()
            on:touchmove=move |event: ev::TouchEvent| {
                if dragging.holds(true) {
                    event.prevent_default();
                }
            }
            on:contextmenu=move |event: ev::MouseEvent| {
                if dragging.holds(false) {
                    event.prevent_default();
                }
            }
            on:auxclick=move |event: ev::MouseEvent| {
                if event.button() == 1 && untrack(|| place.may_arrange()) {
                    arranger.close_tab(tab);
                }
            }
        >
            <Show when=move || named.get()>
                <TitleField tab/>
            </Show>
            <button
                class="tab__button"
                role="tab"
                id=element_id(tab)
                hidden=move || named.get()
                aria-controls="work"
                aria-selected=move || chosen.get().to_string()
                tabindex=move || if chosen.get() { "0" } else { "-1" }
                title=move || title.get()
                on:click=move |_| place.switch(tab, Keyboard::Terminal)
                on:dblclick=move |_| {
                    if untrack(|| place.may_arrange()) {
                        arranger.renaming().set(Some(tab));
                    }
                }
                on:keydown=keys
            >
                <span class="dot" aria-hidden="true"></span>
                <span class="tab__title">{title}</span>
                {move || zoomed.get().then(|| view! { <Icon of=Glyph::Zoom/> })}
                {move || stir.get().map(|stir| view! { <span class="spoken">{text.of(stirred(stir))}</span> })}
                <Show when=move || busy.get()>
                    <span class="spoken">{text.of(Message::TabBusy)}</span>
                </Show>
                <ProgressMark progress/>
            </button>
            <Show when=move || place.may_arrange() && !named.get()>
                <button
                    class="tab__close"
                    tabindex="-1"
                    aria-label=close_name
                    title=close_name
                    on:click=move |_| arranger.close_tab(tab)
                >
                    <Icon of=Glyph::Cross/>
                </button>
            </Show>
        </div>
    }
}

/// The field for a tab's title: Enter keeps what is typed, Escape what was, and an empty one gives the number back.
#[component]
fn TitleField(tab: TabId) -> impl IntoView {
    let text = use_texts();
    let (place, arranger) = (use_place(), use_arranger());
    let field = NodeRef::<html::Input>::new();
    let (before, seen) = (untrack(|| place.title(tab)), arranger.revision());
    let typed = RwSignal::new(before.clone());
    Effect::new(move || {
        if let Some(field) = field.get() {
            // A field on the page takes the focus and has text to select.
            drop(field.focus());
            field.select();
        }
    });
    let end = move |keep: bool| {
        // Taking the field away takes the focus from it, which ends it once more.
        if arranger.renaming().try_get_untracked().flatten() != Some(tab) {
            return;
        }
        arranger.renaming().set(None);
        let title = typed.get_untracked();
        if keep && title.trim() != before {
            arranger.rename_tab(tab, title, seen);
        }
    };
    let (enter, leave) = (end.clone(), end);
    let keys = move |event: ev::KeyboardEvent| {
        match event.key().as_str() {
            "Enter" if !event.is_composing() => enter(true),
            "Escape" => enter(false),
            _ => return,
        }
        event.prevent_default();
        place.focus_again();
    };
    view! {
        <input
            class="tab__field"
            aria-label=text.of(Message::TabTitle)
            maxlength="200"
            autocomplete="off"
            spellcheck="false"
            prop:value=typed
            node_ref=field
            on:input=move |event| typed.set(event_target_value(&event))
            on:keydown=keys
            on:blur=move |_| leave(true)
        />
    }
}

fn element_id(tab: TabId) -> String {
    format!("tab-{tab}")
}

const fn word(stir: Stir) -> &'static str {
    match stir {
        Stir::Output => "output",
        Stir::Done => "done",
        Stir::Failed => "failed",
        Stir::Ended => "ended",
        Stir::Bell => "bell",
    }
}

const fn stirred(stir: Stir) -> Message {
    match stir {
        Stir::Output => Message::StirOutput,
        Stir::Done => Message::StirDone,
        Stir::Failed => Message::StirFailed,
        Stir::Ended => Message::StirEnded,
        Stir::Bell => Message::StirBell,
    }
}
