//! One trace: its name, what can be copied of it, and where its time went.

use leptos::{
    either::{Either, EitherOf4},
    prelude::*,
    task::spawn_local,
};

use crate::{
    client::ClientContext,
    monitor::Waterfall,
    page::PageConfig,
    trace::{Sampling, SpanContext, TraceId, b3, w3c},
};

use super::super::{
    format,
    icon::{Glyph, Icon},
    text::{Message, use_texts},
    toasts::use_toasts,
};
use super::{
    state::{Answer, TracesState},
    waterfall::WaterfallChart,
};

/// The chosen trace below the list, or how to choose one.
#[component]
pub fn TracePanel() -> impl IntoView {
    let text = use_texts();
    let state = expect_context::<TracesState>();
    let panel = move |id: TraceId| match state.waterfall.get() {
        Answer::Awaited => EitherOf4::A(view! { <p class="pending__none">{text.of(Message::TracesLoading)}</p> }),
        Answer::Failed(why) => {
            EitherOf4::B(view! { <p class="pending__none">{move || text.filled(Message::TracesFailed, &why)}</p> })
        }
        Answer::Here(None) => EitherOf4::C(view! { <p class="pending__none">{text.of(Message::TraceGone)}</p> }),
        Answer::Here(Some(waterfall)) => {
            EitherOf4::D(view! { <CopyBar id waterfall=waterfall.clone()/> <WaterfallChart waterfall/> })
        }
    };
    view! {
        <section class="section trace" aria-label=text.of(Message::Trace)>
            {move || match state.chosen.get() {
                None => Either::Left(view! {
                    <p class="pending__none trace__none">{text.of(Message::NoTraceChosen)}</p>
                }),
                Some(id) => Either::Right(view! { <TraceHead id/> {move || panel(id)} }),
            }}
        </section>
    }
}

#[component]
fn TraceHead(id: TraceId) -> impl IntoView {
    let text = use_texts();
    let state = expect_context::<TracesState>();
    view! {
        <div class="section__head">
            <h2>{text.of(Message::Trace)}</h2>
            <span class="num" title=id.to_string()>{format::short_id(&id.to_string())}</span>
            <span class="space"></span>
            <button
                class="button button--icon"
                aria-label=text.of(Message::Close)
                title=text.of(Message::Close)
                on:click=move |_| state.chosen.set(None)
            >
                <Icon of=Glyph::Cross/>
            </button>
        </div>
    }
}

/// What other tools ask for: the id, and the context as headers write it; and where a backend shows the trace.
#[component]
fn CopyBar(id: TraceId, waterfall: Waterfall) -> impl IntoView {
    let text = use_texts();
    let span = waterfall.bars.iter().find_map(|bar| bar.span().map(|span| span.span_id));
    let context = span.map(|span_id| SpanContext { trace_id: id, span_id, sampling: Sampling::Accept });
    let headers = context.map(|context| {
        let (b3, traceparent) = (b3::single(&context), w3c::traceparent(&context));
        view! { <CopyButton value=b3>"b3"</CopyButton> <CopyButton value=traceparent>"traceparent"</CopyButton> }
    });
    let link = expect_context::<PageConfig>().trace_url.map(|template| {
        let href = template.replace("{traceId}", &id.to_string());
        view! { <a class="pill" href=href target="_blank" rel="noreferrer">{text.of(Message::OpenInBackend)}</a> }
    });
    view! {
        <div class="filter">
            <span class="muted">{text.of(Message::Copy)}</span>
            <CopyButton value=id.to_string()>{text.of(Message::CopyTraceId)}</CopyButton>
            {headers}
            {link}
        </div>
    }
}

#[component]
fn CopyButton<C: IntoView + 'static>(value: String, children: TypedChildren<C>) -> impl IntoView {
    let text = use_texts();
    let toasts = use_toasts();
    let client = use_context::<ClientContext>();
    let title = value.clone();
    let copy = move |_| {
        let Some(client) = client else { return };
        let copied = client.with_value(|client| client.browser.copy(&value));
        spawn_local(async move {
            if copied.await {
                toasts.done(text.once(Message::Copied));
            } else {
                toasts.failed(text.once(Message::CopyDenied));
            }
        });
    };
    view! { <button class="pill num" title=title on:click=copy>{children.into_inner()()}</button> }
}
