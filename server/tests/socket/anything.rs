//! Whatever a client sends under a name of the catalogue, it is answered, and nothing in the server breaks.

use app::protocol::{RefusalCode, catalog};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRng, TestRunner},
};
use serde_json::{Map, Value, json};

use crate::support::{Client, TestServer};

/// The payloads that each event is fed.
const PAYLOADS: usize = 2_100;

/// How many of them one connection sends: less than its burst, so that none is refused for its haste.
const BURST: usize = 350;

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

/// Payloads put together from fields: most often objects of a few of them.
struct Payloads {
    fields: Vec<(&'static str, Value)>,
    others: Vec<Value>,
}

impl Payloads {
    fn generate(runner: &mut TestRunner, ids: Vec<Value>) -> Self {
        let fields = prop::collection::vec(field(ids), 400);
        let others = prop::collection::vec(anything(), 40);
        let tree = (fields, others).new_tree(runner).expect("there are always others");
        let (fields, others) = tree.current();
        Self { fields, others }
    }

    fn next(&self, rng: &mut TestRng) -> Value {
        let mut below = |limit: usize| rng.next_u32() as usize % limit;
        if below(20) == 0 {
            return self.others[below(self.others.len())].clone();
        }
        let count = below(12);
        let fields = (0..count).map(|_| self.fields[below(self.fields.len())].clone());
        fields.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()
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
    for _ in 0..PAYLOADS / BURST {
        // Of its own, so that none is refused for what those before have left behind.
        let server = TestServer::start().await;
        let mut client = Client::connect(&server).await;
        client.open_terminal().await;
        let payloads = Payloads::generate(&mut runner, ids(&mut client).await);
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
            }
            // What else has come is looked at elsewhere.
            client.settle().await;
        }
    }
}

/// What the name of an event begins with.
fn family(event: &str) -> &str {
    event.split(['_', ':']).next().unwrap_or(event)
}

/// Feeds a family of events: one test for each, so that none takes long.
async fn feed_family(name: &str) {
    let events: Vec<_> = catalog::REQUESTS.iter().filter(|event| family(event) == name).collect();
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
    feed_family("session").await;
}

#[tokio::test]
async fn clocks_answer_anything() {
    feed_family("clock").await;
}

#[tokio::test]
async fn terminals_answer_anything() {
    feed_family("terminal").await;
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
    feed_family("pane").await;
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
