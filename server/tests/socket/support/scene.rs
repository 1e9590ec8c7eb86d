//! A server with something of each kind, and what each request accepts of it.

use serde_json::{Value, json};

use self::Answered::{No, Yes};
use super::{Client, TestServer};

/// What a request is answered with, when it is sent what it accepts.
pub enum Answered {
    Yes,
    /// Nothing is wrong with it; the state of things, or of the deployment, does not allow it.
    No(&'static str),
}
/// Something of each kind, to be asked about.
pub struct Scene {
    pub client: Client,
    session: Value,
    tab: Value,
    pane: Value,
    pub terminal: String,
    share: Value,
    message: Value,
    pub server: TestServer,
}

impl Scene {
    pub async fn set() -> Self {
        let server = TestServer::start().await;
        let mut client = Client::connect(&server).await;
        let terminal = client.open_terminal().await;
        let ready = client.ask("session:init", json!({})).await;
        let shown = &ready["workspace"]["sessions"][0];
        let session = shown["id"].clone();
        let (tab, pane) = (shown["tabs"][0]["id"].clone(), shown["tabs"][0]["panes"][0]["id"].clone());
        let shared = client.ask("share_create", json!({"sessionId": session})).await;
        let said = client.ask("chat_message", json!({"sessionId": session, "text": "hello"})).await;
        let (share, message) = (shared["share"]["id"].clone(), said["id"].clone());
        Self { client, session, tab, pane, terminal, share, message, server }
    }

    /// A window of somebody who has come into the session by a link of that kind.
    pub async fn invite(&mut self, user: &str, link: Value) -> Client {
        let of_session = json!({"sessionId": self.session});
        let shared = self.client.granted("share_create", with(of_session.clone(), link)).await;
        let mut client = Client::connect_as(&self.server, user).await;
        let join = with(of_session, json!({"shareToken": shared["share"]["token"]}));
        assert_eq!(client.granted("session_join", join).await["status"], "joined");
        client
    }

    /// Whether the scene was set by asking for that, once.
    pub fn has_asked(&self, request: &str) -> bool {
        ["terminal:create", "session:init", "share_create", "chat_message"].contains(&request)
    }

    /// What each request accepts, and what comes of it here.
    pub fn payload(&self, request: &str) -> (Value, Answered) {
        let Self { session, tab, pane, terminal, share, message, .. } = self;
        let of_session = |more: Value| with(json!({"sessionId": session}), more);
        let of_tab = |more: Value| with(json!({"sessionId": session, "tabId": tab}), more);
        let of_pane = |more: Value| with(json!({"sessionId": session, "tabId": tab, "paneId": pane}), more);
        let of_terminal = |more: Value| with(json!({"terminalId": terminal}), more);
        let none = || json!({});
        match request {
            "session:init" => (json!({"client": {"name": "test", "version": "1"}}), Yes),
            "session:end" | "clock:probe" | "workspace_sync_request" | "session_create" => (none(), Yes),
            "terminal:create" => (json!({"cols": 80, "rows": 24}), Yes),
            "terminal:input" => (of_terminal(json!({"data": "l"})), Yes),
            "terminal:resize" => (of_terminal(json!({"cols": 100, "rows": 30})), Yes),
            "terminal:ack" => (of_terminal(json!({"seq": 0})), Yes),
            "terminal:attach" | "terminal:detach" | "terminal:close" => (of_terminal(none()), Yes),
            "create_terminal" => (json!({"session": "old"}), Yes),
            "terminal_input" => (json!({"session": terminal, "data": "l"}), Yes),
            "terminal_resize" => (json!({"session": terminal, "cols": 100, "rows": 30}), Yes),
            "session_join" | "session_delete" | "share_create" | "share_list" | "message_list" | "tab_create" => {
                (of_session(none()), Yes)
            }
            // Whoever owns a session hands it over or ends it.
            "session_leave" => (of_session(none()), No("conflict")),
            "session_update" => (of_session(json!({"name": "work"})), Yes),
            "member_set_role" => (of_session(json!({"userId": "ada", "role": "owner"})), Yes),
            "member_remove" => (of_session(json!({"userId": "nobody"})), No("not_found")),
            "join_decide" => (of_session(json!({"userId": "nobody", "approved": true})), No("not_found")),
            "tab_switch" | "tab_close" => (of_tab(none()), Yes),
            "tab_rename" => (of_tab(json!({"title": "build"})), Yes),
            "tab_move" => (of_tab(json!({"index": 0})), Yes),
            "pane_split" => (of_pane(json!({"direction": "vertical"})), Yes),
            "pane_zoom" => (of_pane(json!({"zoomed": true})), Yes),
            "pane_focus" | "pane_close" => (of_pane(none()), Yes),
            // There is one pane, and nothing beside it.
            "pane_resize" => (of_pane(json!({"ratio": 0.3})), No("conflict")),
            "pane_arrange" => (of_tab(json!({"preset": "grid"})), Yes),
            "share_revoke" => (json!({"shareId": share}), Yes),
            "session_message_send" => (of_session(json!({"content": "make test", "type": "command"})), Yes),
            "chat_message" => (of_session(json!({"text": "hello"})), Yes),
            "message_read" => (of_session(json!({"messageId": message})), Yes),
            "ai_chat_message" => (json!({"messageId": "1", "message": "why?"}), No("not_configured")),
            "ai_chat_cancel" => (json!({"messageId": "1"}), No("not_configured")),
            "ai_terminal_analysis" => (json!({"analysisId": "1", "command": "ls"}), No("not_configured")),
            "ai_get_info" => (none(), No("not_configured")),
            "admin_pause_terminal" => (of_terminal(json!({"reason": "lunch"})), No("not_configured")),
            "admin_resume_terminal" => (of_terminal(none()), No("not_configured")),
            "admin_suppress_output" => (of_terminal(json!({"suppress": true})), No("not_configured")),
            "command_approval" => (json!({"commandId": "1", "approved": false}), No("not_configured")),
            other => panic!("{other} is new: say here what it accepts"),
        }
    }
}

fn with(mut fields: Value, more: Value) -> Value {
    if let (Some(fields), Value::Object(more)) = (fields.as_object_mut(), more) {
        fields.extend(more);
    }
    fields
}
