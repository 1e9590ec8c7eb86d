//! Whatever a client sends under a name of the catalogue, it is answered, and nothing in the server breaks.

use app::protocol::{RefusalCode, catalog};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRng, TestRunner},
};
use serde_json::{Map, Value, json};

use crate::support::{Client, Scene};

/// The payloads that each event is fed.
const PAYLOADS: usize = 2_100;

/// How many of them one connection sends: less than its burst, so that none is refused for its haste, and so few that what they
/// make stays small, all of which is stored anew with each.
const BURST: usize = 100;

/// How many are sent before the answers are read: what each of them causes must fit into what a connection may leave unread.
const AT_ONCE: usize = 50;

/// Every field that some event has.
const FIELDS: &[&str] = &[
    "_requestId",
    "_trace",
    "analysisId",
    "approved",
    "before",
    "client",
    "cols",
    "command",
    "commandId",
    "content",
    "cwd",
    "data",
    "description",
    "direction",
    "expiresInSeconds",
    "fromSeq",
    "hidden",
    "includeContext",
    "index",
    "kind",
    "limit",
    "message",
    "messageId",
    "metadata",
    "name",
    "otherPaneId",
    "paneId",
    "path",
    "preset",
    "ratio",
    "reason",
    "resume",
    "revision",
    "role",
    "rows",
    "seq",
    "session",
    "sessionId",
    "settings",
    "shareId",
    "shareToken",
    "shell",
    "suppress",
    "tabId",
    "terminalId",
    "text",
    "title",
    "type",
    "user",
    "userId",
    "zoomed",
];

/// What some field takes: the words of the protocol, and the ends of its ranges.
fn fitting() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::sample::select(vec![
            json!("horizontal"),
            json!("vertical"),
            json!("even"),
            json!("row"),
            json!("column"),
            json!("grid"),
            json!("owner"),
            json!("collaborator"),
            json!("viewer"),
            json!("terminal"),
            json!("ai_assistant"),
            json!("text"),
            json!("command"),
            json!("file"),
            json!("notification"),
            json!(true),
            json!(false),
            json!(0),
            json!(1),
            json!(80),
            json!(0.5),
            json!(-1),
            json!(1_000_000),
            json!({"maxUsers": 1}),
            json!({"name": "x"}),
            json!(""),
            json!({"b3": "0"}),
            json!("req_1"),
            json!("x".repeat(5_000)),
            json!("\u{0}\u{1b}[2J\u{202e}"),
        ]),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ]
}

/// Any JSON, a few levels deep.
fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![Just(Value::Null), fitting()].prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("\\PC{0,6}", inner, 0..4)
                .prop_map(|fields| Value::from(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// A field that there is, with a value that most often is of something that is there.
fn field(ids: Vec<Value>) -> impl Strategy<Value = (&'static str, Value)> {
    let id = prop_oneof![4 => prop::sample::select(ids), 1 => anything()].boxed();
    prop::sample::select(FIELDS).prop_flat_map(move |name| {
        let value = if name.ends_with("Id") && !name.starts_with('_') {
            id.clone()
        } else {
            prop_oneof![3 => fitting(), 1 => anything()].boxed()
        };
        (Just(name), value)
    })
}

/// Payloads put together from fields. Most often they are what the event accepts with something in it changed, since what is
/// refused for its form shows only that; else objects of a few fields, or no objects.
struct Payloads {
    accepted: Map<String, Value>,
    fields: Vec<(&'static str, Value)>,
    others: Vec<Value>,
}

impl Payloads {
    fn generate(runner: &mut TestRunner, accepted: &Value, ids: Vec<Value>) -> Self {
        let accepted = accepted.as_object().cloned().unwrap_or_default();
        let fields = prop::collection::vec(field(ids), 400);
        let others = prop::collection::vec(anything(), 40);
        let tree = (fields, others).new_tree(runner).expect("there are always others");
        let (fields, others) = tree.current();
        Self { accepted, fields, others }
    }

    fn next(&self, rng: &mut TestRng) -> Value {
        let mut below = |limit: usize| rng.next_u32() as usize % limit;
        if below(20) == 0 {
            return self.others[below(self.others.len())].clone();
        }
        if below(4) == 0 {
            let fields = (0..below(12)).map(|_| self.fields[below(self.fields.len())].clone());
            return fields.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into();
        }
        let mut payload = self.accepted.clone();
        for _ in 0..below(3) {
            let (name, value) = self.fields[below(self.fields.len())].clone();
            // A value that some field takes, in one that this event has, or beside them.
            let own = payload.keys().nth(below(payload.len().max(1))).cloned().filter(|_| below(4) > 0);
            payload.insert(own.unwrap_or_else(|| name.to_owned()), value);
        }
        payload.into()
    }
}

/// The ids of everything that a window sees.
async fn ids(client: &mut Client) -> Vec<Value> {
    fn collect(value: &Value, found: &mut Vec<Value>) {
        match value {
            Value::Object(fields) => {
                let ids = fields.iter().filter(|(name, value)| {
                    (*name == "id" || name.ends_with("Id") || *name == "pane") && value.is_string()
                });
                found.extend(ids.map(|(_, id)| id.clone()));
                fields.values().for_each(|value| collect(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
    let ready = client.ask("session:init", json!({})).await;
    let mut found = Vec::new();
    collect(&ready, &mut found);
    found
}

/// Feeds one event and checks that each payload is answered by a yes or by a refusal from the list.
async fn feed(event: &str) {
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let codes: Vec<_> = RefusalCode::ALL.iter().map(|code| code.as_str()).collect();
    let mut understood = 0;
    for _ in 0..PAYLOADS / BURST {
        // Of its own, so that none is refused for what those before have left behind.
        let mut scene = Scene::set().await;
        let (accepted, _) = scene.payload(event);
        let client = &mut scene.client;
        let payloads = Payloads::generate(&mut runner, &accepted, ids(client).await);
        for _ in 0..BURST / AT_ONCE {
            let mut sent = Vec::new();
            for _ in 0..AT_ONCE {
                let payload = payloads.next(runner.rng());
                let id = client.request(event, std::slice::from_ref(&payload), &[]).await;
                sent.push((id, payload));
            }
            for (id, payload) in sent {
                let ack = client.ack(id).await;
                let error = &ack["error"];
                let is_known = ack["ok"] == true || error["code"].as_str().is_some_and(|code| codes.contains(&code));
                let is_ours = ["internal", "timeout"].iter().any(|code| error["code"] == *code);
                assert!(is_known && !is_ours, "{event} with {payload} was answered {ack}");
                let is_invalid = error["code"] == "invalid_payload";
                let is_named = error["field"].as_str().is_some_and(|field| !field.is_empty());
                assert!(!is_invalid || !payload.is_object() || is_named, "{event} with {payload} was answered {ack}");
                understood += usize::from(!is_invalid);
            }
            // What else has come is looked at elsewhere.
            client.settle().await;
        }
    }
    // Or only the reading of payloads would be tried.
    assert!(understood > PAYLOADS / 5, "{event}: only {understood} payloads had its form");
}

/// What the name of an event begins with.
fn family(event: &str) -> &str {
    event.split(['_', ':']).next().unwrap_or(event)
}

/// Feeds a family of events: one test for each, so that none takes long.
async fn feed_family(name: &str) {
    feed_part(name, 0, 1).await;
}

/// Feeds every second event, or third, and so on, of a family that has too many for one test.
async fn feed_part(name: &str, part: usize, parts: usize) {
    let events = catalog::REQUESTS.iter().filter(|event| family(event) == name);
    let events: Vec<_> = events.skip(part).step_by(parts).collect();
    assert!(!events.is_empty(), "there is no family {name}");
    for event in events {
        feed(event).await;
    }
}

#[test]
fn every_family_is_fed() {
    let fed = [
        "session",
        "clock",
        "terminal",
        "create",
        "workspace",
        "member",
        "join",
        "tab",
        "pane",
        "share",
        "chat",
        "message",
        "ai",
        "admin",
        "command",
    ];
    for event in catalog::REQUESTS {
        assert!(fed.contains(&family(event)), "{event} is of a new family");
    }
}

#[tokio::test]
async fn sessions_answer_anything() {
    feed_part("session", 0, 2).await;
}

#[tokio::test]
async fn other_sessions_answer_anything() {
    feed_part("session", 1, 2).await;
}

#[tokio::test]
async fn clocks_answer_anything() {
    feed_family("clock").await;
}

#[tokio::test]
async fn terminals_answer_anything() {
    feed_part("terminal", 0, 2).await;
}

#[tokio::test]
async fn other_terminals_answer_anything() {
    feed_part("terminal", 1, 2).await;
}

#[tokio::test]
async fn the_creator_of_terminals_answers_anything() {
    feed_family("create").await;
}

#[tokio::test]
async fn workspaces_answer_anything() {
    feed_family("workspace").await;
}

#[tokio::test]
async fn members_answer_anything() {
    feed_family("member").await;
}

#[tokio::test]
async fn joins_answer_anything() {
    feed_family("join").await;
}

#[tokio::test]
async fn tabs_answer_anything() {
    feed_family("tab").await;
}

#[tokio::test]
async fn panes_answer_anything() {
    feed_part("pane", 0, 2).await;
}

#[tokio::test]
async fn other_panes_answer_anything() {
    feed_part("pane", 1, 2).await;
}

#[tokio::test]
async fn shares_answer_anything() {
    feed_family("share").await;
}

#[tokio::test]
async fn chats_answer_anything() {
    feed_family("chat").await;
}

#[tokio::test]
async fn messages_answer_anything() {
    feed_family("message").await;
}

#[tokio::test]
async fn assistants_answer_anything() {
    feed_family("ai").await;
}

#[tokio::test]
async fn supervisors_answer_anything() {
    feed_family("admin").await;
}

#[tokio::test]
async fn approvals_answer_anything() {
    feed_family("command").await;
}
