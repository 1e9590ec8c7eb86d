//! Whatever a server does and whatever of it is lost or told twice, the copies end alike.

use super::*;
use proptest::prelude::*;

/// What the server does next.
#[derive(Clone, Debug)]
enum Deed {
    Create(usize),
    Close(usize),
    Move(usize, usize),
    Split(usize),
    Leave(usize),
    Zoom(usize),
    Say,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        any::<usize>().prop_map(Deed::Create),
        any::<usize>().prop_map(Deed::Close),
        (any::<usize>(), any::<usize>()).prop_map(|(tab, index)| Deed::Move(tab, index)),
        any::<usize>().prop_map(Deed::Split),
        any::<usize>().prop_map(Deed::Leave),
        any::<usize>().prop_map(Deed::Zoom),
        Just(Deed::Say),
    ]
}

/// Does it to the truth by the server's own means, and returns what is told.
fn happen(truth: &mut Session, deed: &Deed, n: u64) -> Notice {
    truth.revision += 1;
    let revision = truth.revision;
    let at = |any: usize| any % truth.tabs.len().max(1);
    match *deed {
        Deed::Create(any) => {
            let index = any % (truth.tabs.len() + 1);
            truth.tabs.insert(index, tab(n));
            created(n, index, revision)
        }
        Deed::Close(any) if truth.tabs.len() > 1 => {
            let tab_id = truth.tabs.remove(at(any)).id;
            Notice::TabClosed(TabClosed { session_id: ID, tab_id, revision })
        }
        Deed::Move(any, to) => {
            let mut tab = truth.tabs.remove(at(any));
            let index = to % (truth.tabs.len() + 1);
            tab.title = format!("moved {n}");
            truth.tabs.insert(index, tab.clone());
            Notice::TabUpdated(TabUpdated { session_id: ID, tab, index, revision })
        }
        Deed::Split(any) => {
            let place = at(any);
            let tab = &mut truth.tabs[place];
            let pane = Pane { id: PaneId::from_random(1_000 + n), title: String::new(), terminal_id: None, cwd: None };
            tab.panes.push(pane.clone());
            tab.zoomed_pane_id = None;
            tab.layout = Layout::Split {
                split: Direction::Horizontal,
                ratio: 0.5,
                first: Box::new(tab.layout.clone()),
                second: Box::new(Layout::Pane { pane: pane.id }),
            };
            let (tab_id, layout) = (tab.id, tab.layout.clone());
            Notice::PaneCreated(PaneCreated { session_id: ID, tab_id, pane, layout, revision })
        }
        Deed::Leave(any) if truth.tabs.iter().any(|tab| tab.panes.len() > 1) => {
            let mut dividable = truth.tabs.iter_mut().filter(|tab| tab.panes.len() > 1);
            let tab = dividable.next().expect("the guard has seen one");
            let Layout::Split { first, second, .. } = tab.layout.clone() else { unreachable!("it has several panes") };
            let Layout::Pane { pane: last } = *second else { unreachable!("a split puts a pane second") };
            tab.panes.retain(|pane| pane.id != last);
            tab.layout = *first;
            tab.zoomed_pane_id = tab.zoomed_pane_id.filter(|zoomed| *zoomed != last);
            let _ = any;
            let (tab_id, layout) = (tab.id, Some(tab.layout.clone()));
            Notice::PaneClosed(PaneClosed { session_id: ID, tab_id, pane_id: last, layout, revision })
        }
        Deed::Zoom(any) => {
            let place = at(any);
            let tab = &mut truth.tabs[place];
            tab.zoomed_pane_id = (tab.zoomed_pane_id.is_none()).then_some(tab.panes[0].id);
            Notice::Pane(PaneUpdated {
                session_id: ID,
                tab_id: tab.id,
                pane: None,
                layout: tab.layout.clone(),
                zoomed_pane_id: tab.zoomed_pane_id,
                revision,
            })
        }
        Deed::Close(_) | Deed::Leave(_) | Deed::Say => {
            truth.name = format!("night {n}");
            Notice::SessionUpdated(SessionUpdated {
                session_id: ID,
                name: truth.name.clone(),
                description: String::new(),
                settings: SessionSettings::default(),
                revision,
            })
        }
    }
}

/// What is common to all windows.
fn shared(mut workspace: Workspace) -> Workspace {
    workspace.sessions[0].active_tab_id = None;
    workspace
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn copies_that_hear_the_same_are_the_truth(deeds in prop::collection::vec((deed(), 0..4_u8), 1..40)) {
        let (mut truth, mut faithful, mut careless) = (session(), workspace(), workspace());
        let mut missing = Missing::default();
        let mut question = false;
        for (n, (deed, luck)) in deeds.iter().enumerate() {
            let notice = happen(&mut truth, deed, 10 + n as u64);
            prop_assert_eq!(apply(&mut faithful, &notice, "me"), Applied::Changed);
            // One in four is lost, one in four is told twice.
            for _ in 0..[0, 1, 1, 2][usize::from(*luck)] {
                if apply(&mut careless, &notice, "me") == Applied::Gap {
                    let (session, revision) = notice.revision().expect("all of these have one");
                    question |= missing.gap(session, revision);
                }
            }
            // The answer comes with the next notice.
            if question && *luck > 1 {
                renew(&mut careless, Workspace { sessions: vec![truth.clone()], active_session_id: None });
                question = missing.answered(&careless);
            }
        }
        renew(&mut careless, Workspace { sessions: vec![truth.clone()], active_session_id: None });
        let truth = Workspace { sessions: vec![truth], active_session_id: Some(ID) };
        prop_assert_eq!(shared(faithful), shared(truth.clone()));
        prop_assert_eq!(shared(careless), shared(truth));
    }
}
