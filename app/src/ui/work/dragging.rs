//! The pointer on the row of tabs. A mouse drags as soon as it moves; a finger or a pen after it has rested, because before that it
//! scrolls the row.

use std::time::Duration;

use leptos::{ev, html, leptos_dom::helpers::TimeoutHandle, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};

use crate::protocol::TabId;

use super::{
    arranger::{Arranger, use_arranger},
    drag::{Drag, Reach},
};

/// How long a finger rests before it drags: shorter than the browser waits before it offers a menu.
const REST: Duration = Duration::from_millis(350);

/// So near to an edge of the row a dragged tab scrolls it, in pixels.
const EDGE: i32 = 28;

/// How far it scrolls with each frame.
const PACE: i32 = 8;

/// The tab under the pointer and the row that it moves in.
#[derive(Clone, Copy)]
pub struct Dragging {
    arranger: StoredValue<Arranger>,
    drag: RwSignal<Option<Drag>>,
    row: NodeRef<html::Div>,
    resting: StoredValue<Option<TimeoutHandle>>,
    /// Where the pointer was seen last, from the window's left edge.
    at: StoredValue<i32>,
    creeping: StoredValue<bool>,
    /// The revision of the session as the pointer went down.
    seen: StoredValue<Option<u64>>,
}

impl Dragging {
    /// No tab is dragged in this row yet.
    pub fn new(row: NodeRef<html::Div>) -> Self {
        let arranger = use_arranger();
        Self {
            arranger: StoredValue::new(arranger),
            drag: arranger.dragged(),
            row,
            resting: StoredValue::new(None),
            at: StoredValue::new(0),
            creeping: StoredValue::new(false),
            seen: StoredValue::new(None),
        }
    }

    /// Whether this tab has left its place; reading it in a view follows it.
    pub fn moves(self, tab: TabId) -> bool {
        self.drag.with(|drag| drag.as_ref().is_some_and(|drag| drag.tab == tab && drag.has_begun()))
    }

    /// How far the tab at a place stands from where it was, if it does.
    pub fn shift(self, place: usize) -> Option<f64> {
        self.drag.with(|drag| drag.as_ref().map(|drag| drag.shift(place))).filter(|shift| *shift != 0.0)
    }

    /// The pointer goes down on a tab.
    pub fn press(self, event: &ev::PointerEvent, tab: TabId, from: usize, handle: HtmlElement) {
        let rests = event.pointer_type() != "mouse";
        let Some(start) = self.in_row(event.client_x()) else { return };
        self.wait_no_more();
        self.at.set_value(event.client_x());
        self.seen.set_value(self.arranger.get_value().revision());
        self.drag.set(Some(Drag::new(tab, from, row_of(&handle), start, rests)));
        if rests {
            let pointer = event.pointer_id();
            let lift = move || {
                let lifted = self.drag.try_update(|drag| drag.as_mut().map(Drag::lift)).flatten();
                if lifted.is_some() {
                    // A pointer that has gone meanwhile ends the drag by its own event.
                    drop(handle.set_pointer_capture(pointer));
                }
            };
            self.resting.set_value(set_timeout_with_handle(lift, REST).ok());
        }
    }

    /// The pointer has moved.
    pub fn follow(self, event: &ev::PointerEvent, handle: &HtmlElement) {
        if self.drag.with_untracked(Option::is_none) {
            return;
        }
        self.at.set_value(event.client_x());
        match self.reach() {
            Some(Reach::Drags) => {
                drop(handle.set_pointer_capture(event.pointer_id()));
                self.creep();
            }
            Some(Reach::Strays) => self.give_up(),
            Some(Reach::Steady) | None => {}
        }
    }

    /// The pointer lets go of the tab that stands at `index`.
    pub fn release(self, index: Option<usize>) {
        self.wait_no_more();
        let drag = self.drag;
        let landed = drag
            .with_untracked(|drag| drag.as_ref().filter(|drag| drag.has_begun()).map(|drag| (drag.tab, drag.target())));
        match landed.filter(|(_, target)| Some(*target) != index) {
            // It stays where the pointer left it until the server has put it there.
            Some((tab, target)) => {
                let seen = self.seen.get_value();
                self.arranger.get_value().move_tab(tab, target, seen, move || drag.set(None));
            }
            None => drag.set(None),
        }
    }

    /// The tab goes back to where it was.
    pub fn give_up(self) {
        self.wait_no_more();
        self.drag.set(None);
    }

    /// Whether what the browser would do with the finger that is down, scroll or offer a menu, is not meant.
    pub fn holds(self, begun: bool) -> bool {
        let holds = |drag: &Drag| if begun { drag.has_begun() } else { drag.rests() };
        self.drag.with_untracked(|drag| drag.as_ref().is_some_and(holds))
    }

    fn wait_no_more(self) {
        if let Some(waiting) = self.resting.try_update_value(Option::take).flatten() {
            waiting.clear();
        }
    }

    fn reach(self) -> Option<Reach> {
        let at = self.in_row(self.at.get_value())?;
        self.drag.try_update(|drag| drag.as_mut().map(|drag| drag.reach(at))).flatten()
    }

    /// Scrolls the row for as long as a tab is held at its edge.
    fn creep(self) {
        if !self.creeping.get_value() && self.step() {
            self.creeping.set_value(true);
            request_animation_frame(move || {
                if self.creeping.try_get_value().is_some() {
                    self.creeping.set_value(false);
                    if self.reach() == Some(Reach::Drags) {
                        self.creep();
                    }
                }
            });
        }
    }

    /// Scrolls a little; whether the row moves.
    fn step(self) -> bool {
        let Some(row) = self.row.get_untracked() else { return false };
        let (at, before) = (self.at.get_value() - row.offset_left(), row.scroll_left());
        let by = if at < EDGE {
            -PACE
        } else if at > row.client_width() - EDGE {
            PACE
        } else {
            return false;
        };
        row.set_scroll_left(before + by);
        row.scroll_left() != before
    }

    /// A place in the window as one in the row, however far that is scrolled.
    fn in_row(self, x: i32) -> Option<f64> {
        let row = self.row.get_untracked()?;
        Some(f64::from(x + row.scroll_left()))
    }
}

/// Where each tab of the row begins and how wide it is.
fn row_of(handle: &HtmlElement) -> Vec<(f64, f64)> {
    let first = handle.parent_element().and_then(|row| row.first_element_child());
    let all = std::iter::successors(first, |tab| tab.next_element_sibling());
    let tabs = all.filter_map(|tab| tab.dyn_into::<HtmlElement>().ok());
    tabs.map(|tab| (f64::from(tab.offset_left()), f64::from(tab.offset_width()))).collect()
}
