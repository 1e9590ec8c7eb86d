//! The server's ledger: what became of every record, by where it was to go.

use leptos::prelude::*;

use crate::{
    client::LinkStatus,
    trace::ledger::{DestinationView, LedgerView},
};

use super::super::{
    format,
    text::{Message, use_texts},
};

/// A row for each destination and signal, with the reasons of what is lost and the last error; open while anything fails.
#[component]
pub fn Ledger() -> impl IntoView {
    let text = use_texts();
    let status = expect_context::<LinkStatus>();
    let ledger = Memo::new(move |_| status.ledger.get());
    let failed =
        Memo::new(move |_| ledger.with(|ledger| ledger.as_ref().is_some_and(|known| known.failure().is_some())));
    let state = move || failed.get().then_some("bad");
    let rows = move || {
        let LedgerView { destinations } = ledger.get().unwrap_or_default();
        destinations.into_iter().map(|destination| view! { <Destination destination/> }).collect_view()
    };
    let heads = [
        Message::LedgerCreated,
        Message::LedgerExported,
        Message::LedgerQueued,
        Message::LedgerSpooled,
        Message::LedgerDropped,
    ];
    let heads = heads.map(|head| view! { <th scope="col">{text.of(head)}</th> });
    view! {
        <details class="ledger" hidden=move || ledger.with(Option::is_none) open=move || failed.get()>
            <summary data-state=state title=text.of(Message::LedgerWhat)>{text.of(Message::Ledger)}</summary>
            <div class="events">
                <table class="events__table" aria-label=text.of(Message::Ledger)>
                    <thead>
                        <tr>
                            <th scope="col">{text.of(Message::Destination)}</th>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

#[component]
fn Destination(destination: DestinationView) -> impl IntoView {
    let lost = destination.lost();
    let DestinationView { name, signal, created, exported, queued, spooled, dropped, error } = destination;
    let name = format!("{name} · {signal}");
    let reasons: Vec<_> =
        dropped.iter().filter(|(_, lost)| **lost > 0).map(|(why, lost)| format!("{why} {lost}")).collect();
    let why: Vec<_> = error.into_iter().chain(reasons).collect();
    let why = (!why.is_empty()).then(|| why.join(" · "));
    let more = why.map(|why| {
        view! { <tr class="ledger__why"><td colspan="6" data-state="bad" title=why>{why.clone()}</td></tr> }
    });
    let counts = [created, exported, queued, spooled].map(|count| view! { <td>{format::count(count)}</td> });
    view! {
        <tr>
            <td title=name>{name.clone()}</td>
            {counts}
            <td data-state=(lost > 0).then_some("bad")>{format::count(lost)}</td>
        </tr>
        {more}
    }
}
