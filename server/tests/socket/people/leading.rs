//! Who leads at a terminal that several see: nobody who may not type.

use serde_json::{Value, json};

use super::Scene;
use crate::support::Client;

async fn id(client: &mut Client) -> Value {
    client.ask("session:init", json!({})).await["clientId"].clone()
}

/// Waits until a window is told that this one leads.
async fn check_leader(window: &mut Client, leader: &Value) {
    window.event_if("terminal:leader", |told| told["leader"] == *leader).await;
}

#[tokio::test]
async fn who_may_only_look_does_not_lead_when_the_leader_goes() {
    let mut scene = Scene::set("viewer").await;
    let terminal = json!({"terminalId": scene.terminal});
    scene.eve.granted("terminal:attach", terminal.clone()).await;
    scene.ada.granted("terminal:detach", terminal.clone()).await;
    check_leader(&mut scene.eve, &Value::Null).await;

    let ada = id(&mut scene.ada).await;
    let attached = scene.ada.granted("terminal:attach", terminal.clone()).await;
    assert_eq!(attached["leader"], ada, "{attached}");
    check_leader(&mut scene.eve, &ada).await;
    let resize = json!({"terminalId": scene.terminal, "cols": 111, "rows": 33});
    assert_eq!(scene.ada.granted("terminal:resize", resize).await["cols"], 111);
}

#[tokio::test]
async fn who_leads_in_the_place_of_another_shrinks_nothing_until_they_type() {
    let mut scene = Scene::set("collaborator").await;
    let eve = id(&mut scene.eve).await;
    let terminal = json!({"terminalId": scene.terminal});
    let sized = |cols: u16, rows: u16| json!({"terminalId": scene.terminal, "cols": cols, "rows": rows});
    scene.eve.granted("terminal:attach", terminal.clone()).await;
    scene.ada.granted("terminal:resize", sized(120, 40)).await;
    scene.ada.granted("terminal:detach", terminal).await;
    check_leader(&mut scene.eve, &eve).await;

    assert_eq!(scene.eve.granted("terminal:resize", sized(40, 20)).await["cols"], 120);
    assert_eq!(scene.eve.granted("terminal:resize", sized(130, 50)).await["cols"], 130, "more room is another matter");
    scene.ada.event_if("terminal:resized", |told| told["cols"] == 130).await;
    assert_eq!(scene.eve.granted("terminal:resize", sized(40, 20)).await["cols"], 130);
    scene.eve.granted("terminal:input", json!({"terminalId": scene.terminal, "data": "x"})).await;
    scene.eve.event_if("terminal:resized", |told| told["cols"] == 40).await;
}

#[tokio::test]
async fn a_window_that_comes_back_ends_the_connection_it_had_before() {
    let mut scene = Scene::set("collaborator").await;
    let (before, eve) = (id(&mut scene.ada).await, id(&mut scene.eve).await);
    let terminal = json!({"terminalId": scene.terminal});
    scene.eve.granted("terminal:attach", terminal.clone()).await;
    let came_back = |client: &Value| json!({"resume": {"sessionId": scene.session, "revision": 1, "clientId": client}});

    // Whose it is not does not end it, nor does who names nobody or themselves.
    for client in [&before, &eve, &json!("nobody")] {
        scene.eve.ask("session:init", came_back(client)).await;
    }
    assert_eq!(scene.ada.granted("terminal:attach", terminal.clone()).await["leader"], before);

    let mut again = Client::connect_as(&scene.server, "ada").await;
    again.ask("session:init", came_back(&before)).await;
    // It need not miss its pings first.
    check_leader(&mut scene.eve, &eve).await;
    scene.ada.ended().await;
    let after = id(&mut again).await;
    assert_eq!(again.granted("terminal:attach", terminal).await["leader"], eve);
    again.granted("terminal:input", scene.typed()).await;
    check_leader(&mut scene.eve, &after).await;
}

#[tokio::test]
async fn who_may_not_type_any_more_leads_no_longer() {
    let mut scene = Scene::set("collaborator").await;
    let (ada, eve) = (id(&mut scene.ada).await, id(&mut scene.eve).await);
    scene.eve.granted("terminal:attach", json!({"terminalId": scene.terminal})).await;
    scene.eve.granted("terminal:input", scene.typed()).await;
    check_leader(&mut scene.ada, &eve).await;
    let lowered = scene.of_session(json!({"userId": "eve", "role": "viewer"}));
    scene.ada.granted("member_set_role", lowered).await;
    check_leader(&mut scene.eve, &ada).await;
}
