//! The parts of a surface that are loaded when they are first wanted: search, links in the text, the graphics card.

use std::cell::{Cell, RefCell};

use app::client::{Found, Renderer, ScreenEvent, Search, Step};
use leptos::task::spawn_local;

use crate::js::xterm::{Finder, WebGl, is_fast};

use super::{super::theme, Surface, with};

/// What has been loaded.
#[derive(Default)]
pub struct Addons {
    finder: RefCell<Option<Finder>>,
    /// What is looked for as soon as there is something to look with; none while that is not on its way.
    sought: RefCell<Option<(Search, Step)>>,
    links: Cell<bool>,
    webgl: RefCell<Option<WebGl>>,
    /// The choice that what draws was last brought in line with.
    drawn_by: Cell<Option<Renderer>>,
}

impl Surface {
    /// Looks for a place that fits.
    pub(super) fn look_for(&self, search: Search, step: Step) {
        if self.addons.finder.borrow().is_some() {
            self.look(&search, step);
            return;
        }
        // Whoever types on while it is loaded looks for something else by then.
        if self.addons.sought.replace(Some((search, step))).is_some() {
            return;
        }
        let (found, this) = (self.this.clone(), self.this.clone());
        let loading =
            self.xterm.finder(move |outcome| with(&found, |surface| (surface.events)(ScreenEvent::Found(outcome))));
        spawn_local(async move {
            let loaded = loading.await;
            with(&this, |surface| {
                let sought = surface.addons.sought.take();
                match (loaded, sought) {
                    (Ok(finder), Some((search, step))) => {
                        surface.addons.finder.replace(Some(finder));
                        surface.look(&search, step);
                    }
                    (_, _) => (surface.events)(ScreenEvent::Found(Found::Unavailable)),
                }
            });
        });
    }

    /// Takes the marks of a search away.
    pub(super) fn forget_search(&self) {
        if let Some(finder) = &*self.addons.finder.borrow() {
            finder.clear();
        }
        self.xterm.select_nothing();
    }

    /// Finds addresses in the text, from the first movement of the pointer on.
    pub(super) fn find_links(&self) {
        if self.addons.links.replace(true) {
            return;
        }
        let (finding, this) = (self.xterm.find_links(), self.this.clone());
        spawn_local(async move {
            if finding.await.is_err() {
                // The network may be back at the next movement.
                with(&this, |surface| surface.addons.links.set(false));
            }
        });
    }

    /// Has what the person has chosen draw the letters, once there are any.
    pub(super) fn draw_as_set(&self) {
        let renderer = self.settings.borrow().renderer;
        if self.addons.drawn_by.replace(Some(renderer)) == Some(renderer) {
            return;
        }
        let wanted = match renderer {
            Renderer::Dom => false,
            Renderer::WebGl => true,
            Renderer::Auto => is_fast(),
        };
        if !wanted {
            self.addons.webgl.take();
        } else if self.addons.webgl.borrow().is_none() {
            self.load_webgl();
        }
    }

    fn load_webgl(&self) {
        let (lost, this) = (self.this.clone(), self.this.clone());
        let loading = self.xterm.webgl(move || {
            let lost = lost.clone();
            // The add-on cannot be taken away while it reports.
            spawn_local(async move { with(&lost, Self::give_up_webgl) });
        });
        spawn_local(async move {
            let loaded = loading.await;
            with(&this, |surface| match loaded {
                // Another choice may have been made meanwhile.
                Ok(webgl) if surface.settings.borrow().renderer != Renderer::Dom => {
                    surface.addons.webgl.replace(Some(webgl));
                }
                Ok(_) => {}
                Err(_) => surface.give_up_webgl(),
            });
        });
    }

    /// The document draws again; who has asked for WebGL is told.
    fn give_up_webgl(&self) {
        self.addons.webgl.take();
        if self.settings.borrow().renderer == Renderer::WebGl {
            (self.events)(ScreenEvent::RendererFailed);
        }
    }

    fn look(&self, search: &Search, step: Step) {
        let finder = self.addons.finder.borrow();
        let understood = finder.as_ref().is_none_or(|finder| finder.find(search, step, &theme::marks(&self.mount)));
        if !understood {
            (self.events)(ScreenEvent::Found(Found::Malformed));
        }
    }
}
