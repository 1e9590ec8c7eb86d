//! What a pane does with what its screen reports.

use leptos::prelude::{GetUntracked, Set};

use crate::client::{OnScreen, Progress, ScreenEvent};

use super::{super::paste, Attachment, Phase, with};

impl Attachment {
    pub(super) fn events(&self) -> OnScreen {
        let this = self.this.clone();
        Box::new(move |event| with(&this, |attachment| attachment.reported(event)))
    }

    fn reported(&self, event: ScreenEvent) {
        match event {
            ScreenEvent::Input(data) => self.typist.typed(self.around.client.focus.typed(data)),
            ScreenEvent::Pasted(text) => self.pasted(&text),
            ScreenEvent::Resized(..) => self.offer_size(),
            ScreenEvent::Bell => self.ring(),
            ScreenEvent::Stirred => self.stirred(),
            ScreenEvent::Lost => self.open(),
            ScreenEvent::Progress(progress) => self.progressed(progress),
            ScreenEvent::Clipboard(wish) => self.wished(wish),
            ScreenEvent::Selected(text) => self.copy(&text),
            ScreenEvent::Link(link) => self.said.link.set(link),
            ScreenEvent::Found(found) => self.said.found.set(Some(found)),
            ScreenEvent::RendererFailed => self.around.renderer_failed(),
        }
    }

    /// Sends a paste, or asks first whether it is meant to run.
    fn pasted(&self, text: &str) {
        if self.typist.refuses() {
            return;
        }
        let mut modes = None;
        self.with_screen(|screen| modes = Some(screen.modes()));
        let Some(modes) = modes.filter(|_| !text.is_empty()) else { return };
        let pasted = paste::prepare(text, modes);
        let asks = self.around.settings.now().paste_warning;
        match paste::warning(&pasted, modes).filter(|_| asks) {
            Some(warning) => {
                self.held_back.paste.replace(Some(pasted));
                self.said.question.set(Some(warning));
            }
            None => self.typist.paste(pasted),
        }
    }

    /// Sends the paste that waits, or forgets it; the terminal has the keyboard again.
    pub fn answer_paste(&self, send: bool) {
        let pasted = self.held_back.paste.take();
        self.said.question.set(None);
        if let Some(pasted) = pasted.filter(|_| send) {
            self.typist.paste(pasted);
        }
        self.focus();
    }

    fn progressed(&self, progress: Option<Progress>) {
        if let Phase::Live(terminal) = self.phase.get_untracked() {
            self.around.workspace.terminal(terminal).progress.set(progress);
        }
    }
}
