//! A window with its own copy of what there is, which follows what it is told as a page does.

use app::{
    protocol::workspace::{Session, Workspace},
    workspace::{Applied, Notice, apply},
};
use serde_json::{Value, json};

use crate::support::{Client, Packet, TestServer};

/// One window with its own copy of what there is.
pub struct Window {
    pub client: Client,
    user: &'static str,
    pub copy: Workspace,
}

impl Window {
    pub async fn open(server: &TestServer, user: &'static str) -> Self {
        let mut client = Client::connect_as(server, user).await;
        let ready = client.ask("session:init", json!({})).await;
        client.settle().await;
        Self { client, user, copy: serde_json::from_value(ready["workspace"].clone()).unwrap() }
    }

    /// A window of somebody who comes into the session that this one shows.
    pub async fn invite(&mut self, server: &TestServer, user: &'static str, role: &str) -> Self {
        let session = self.session().id;
        let shared = self.client.ask("share_create", json!({"sessionId": session, "role": role})).await;
        let mut client = Client::connect_as(server, user).await;
        let join = json!({"sessionId": session, "shareToken": shared["share"]["token"]});
        let joined = client.ask("session_join", join).await;
        assert_eq!(joined["status"], "joined", "{joined}");
        let guest = Self::open(server, user).await;
        assert_eq!(guest.session().id, session, "it is what they are shown from then on");
        drop(client);
        self.follow().await;
        guest
    }

    pub fn session(&self) -> &Session {
        self.copy.active_session().unwrap()
    }

    /// Names the session, its tab and its pane at these places, and whatever else there is to say.
    pub fn at(&self, tab: usize, pane: usize, more: Value) -> Value {
        let (session, tab) = (self.session(), &self.session().tabs[tab % self.session().tabs.len()]);
        let pane = &tab.panes[pane % tab.panes.len()];
        let mut payload = json!({"sessionId": session.id, "tabId": tab.id, "paneId": pane.id});
        let Value::Object(more) = more else { panic!("{more} is no object") };
        payload.as_object_mut().unwrap().extend(more);
        payload
    }

    /// Asks for something that is granted and follows what comes of it.
    pub async fn ask(&mut self, request: &str, payload: Value) -> Value {
        let ack = self.client.ask(request, payload).await;
        assert_eq!(ack["ok"], true, "{request}: {ack}");
        self.follow().await;
        ack
    }

    /// Everything that has been told.
    pub async fn heard(&mut self) -> Vec<Packet> {
        let mut heard = self.client.settle().await;
        heard.retain(|packet| !matches!(packet, Packet::Event { name, .. } if name == "clock:probed"));
        heard
    }

    /// Follows everything that has been told, without a gap; returns the names of it.
    pub async fn follow(&mut self) -> Vec<String> {
        let mut told = Vec::new();
        for packet in self.heard().await {
            let Packet::Event { name, body, .. } = packet else { continue };
            if let Some(notice) = Notice::decode(&name, &body.to_string()) {
                let before = self.session().revision;
                let applied = apply(&mut self.copy, &notice.unwrap(), self.user);
                assert_ne!(applied, Applied::Gap, "{name} after {before}: {body}");
            }
            told.push(name);
        }
        told
    }

    /// What the server has.
    pub async fn sync(&mut self) -> Workspace {
        let answer = self.client.ask("workspace_sync_request", json!({})).await;
        let workspace: Workspace = serde_json::from_value(answer["workspace"].clone()).unwrap();
        assert_eq!(answer["revision"], json!(workspace.active_session().unwrap().revision));
        workspace
    }
}

/// But for the tab that is shown, which is each window's own affair.
pub fn shared(workspace: &Workspace) -> Session {
    Session { active_tab_id: None, ..workspace.active_session().unwrap().clone() }
}

/// An event without what belongs to its way.
pub fn body(packet: &Packet) -> (&str, Value) {
    let Packet::Event { name, body, .. } = packet else { panic!("{packet:?}") };
    let mut body = body.clone();
    body.as_object_mut().unwrap().retain(|key, _| !key.starts_with('_'));
    (name, body)
}
