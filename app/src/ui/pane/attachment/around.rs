//! What a pane finds around it on the page.

use crate::{
    client::{Client, use_client},
    workspace::{WorkspaceState, use_workspace},
};

use super::super::super::{
    settings::{SettingsState, use_settings},
    text::{Message, Texts, use_texts},
    toasts::{Toasts, use_toasts},
    work::{Place, use_place},
};

/// The page around a pane.
#[derive(Clone)]
pub struct Around {
    /// The ports.
    pub client: Client,
    /// What the server has said.
    pub workspace: WorkspaceState,
    /// Where the window is in it.
    pub place: Place,
    /// What the person has set.
    pub settings: SettingsState,
    /// Where short notices go.
    pub toasts: Toasts,
    /// The words.
    pub text: Texts,
}

impl Around {
    /// Takes all of it from the context; `None` while the server renders.
    pub fn from_context() -> Option<Self> {
        let client = use_client()?;
        let (workspace, place) = (use_workspace(), use_place());
        let (settings, toasts, text) = (use_settings(), use_toasts(), use_texts());
        Some(Self { client, workspace, place, settings, toasts, text })
    }

    /// WebGL cannot draw here; the document does.
    pub fn renderer_failed(&self) {
        self.toasts.done(self.text.once(Message::RendererFailed));
    }
}
