//! The views.

use leptos::prelude::*;

use crate::page::ShellProps;

/// The document around the application.
pub fn shell(props: ShellProps) -> impl IntoView {
    let nonce = leptos::nonce::use_nonce();
    let page = props.page.to_script();
    let import_map = props.vendor.to_import_map();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <title>"AetherTerm"</title>
                <script type="application/json" id="page" nonce=nonce.clone()>{page}</script>
                <script type="importmap" nonce=nonce>{import_map}</script>
            </head>
            <body></body>
        </html>
    }
}
