//! The document around the application: head, settings, import map and the scripts that bring it to life.

use leptos::{config::LeptosOptions, hydration::HydrationScripts, nonce::use_nonce, prelude::*};

use crate::page::ShellProps;

use super::{App, theme};

/// The name under which the style sheet, the script and the WASM stand in `pkg/`.
const OUTPUT_NAME: &str = "aetherterm";

/// Renders the whole document. The nonce of the request, where it has one, goes on every script.
///
/// The import map stands before the hydration scripts: a browser takes no map after the first module.
pub fn shell(props: ShellProps) -> impl IntoView {
    let ShellProps { page, vendor } = props;
    let language = page.language.clone();
    let theme = theme::word(page.theme);
    let style = page.href(&format!("/pkg/{OUTPUT_NAME}.css"));
    let icon = page.href("/favicon.svg");
    let manifest = page.href("/manifest.webmanifest");
    let settings = page.to_script();
    let import_map = vendor.to_import_map();
    let vendor_styles = vendor.styles.into_iter().map(|href| view! { <link rel="stylesheet" href=href/> }).collect_view();
    let options = LeptosOptions::builder().output_name(OUTPUT_NAME).build();
    let root = page.base_path.clone();
    provide_context(page);
    view! {
        <!DOCTYPE html>
        <html lang=language data-theme=theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content"/>
                <meta name="color-scheme" content="dark light"/>
                <meta name="robots" content="noindex"/>
                <title>"AetherTerm"</title>
                <link rel="icon" type="image/svg+xml" href=icon/>
                <link rel="manifest" href=manifest crossorigin="use-credentials"/>
                {vendor_styles}
                <link rel="stylesheet" href=style/>
                <script type="application/json" id="page">
                    {settings}
                </script>
                <script type="importmap" nonce=use_nonce()>
                    {import_map}
                </script>
                <HydrationScripts options root/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
