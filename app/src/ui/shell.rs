//! The document around the application: head, settings, import map and the scripts that bring it to life.

use leptos::{
    config::LeptosOptions,
    hydration::{AutoReload, HydrationScripts},
    nonce::use_nonce,
    prelude::*,
};

use crate::page::ShellProps;

use super::{App, preferences, theme};

/// The name under which the style sheet, the script and the WASM stand in `pkg/`.
const OUTPUT_NAME: &str = "aetherterm";

/// Renders the whole document. The nonce of the request, where it has one, goes on every script.
///
/// The import map stands before the hydration scripts: a browser takes no map after the first module.
pub fn shell(props: ShellProps) -> impl IntoView {
    let ShellProps { page, vendor, reload_port } = props;
    let language = page.language.clone();
    let theme = theme::word(page.theme);
    let style = page.href(&format!("/pkg/{OUTPUT_NAME}.css"));
    let icon = page.href("/favicon.svg");
    let manifest = page.href("/manifest.webmanifest");
    let settings = page.to_script();
    let import_map = vendor.to_import_map();
    let vendor_styles =
        vendor.styles.into_iter().map(|href| view! { <link rel="stylesheet" href=href/> }).collect_view();
    let options = LeptosOptions::builder().output_name(OUTPUT_NAME).build();
    let reload = reload_port.map(|reload_port| {
        let options = LeptosOptions::builder().output_name(OUTPUT_NAME).reload_port(reload_port.into()).build();
        view! { <AutoReload options/> }
    });
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
                <script nonce=use_nonce()>{preferences::EARLY}</script>
                {vendor_styles}
                <link rel="stylesheet" href=style/>
                <script type="application/json" id="page">
                    {settings}
                </script>
                <script type="importmap" nonce=use_nonce()>
                    {import_map}
                </script>
                {reload}
                <HydrationScripts options root/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::page::{PageConfig, PageView, Theme, VendorManifest};

    fn render(page: PageConfig) -> String {
        let owner = Owner::new_root(None);
        owner.with(|| {
            leptos::nonce::provide_nonce();
            let mut vendor = VendorManifest::default();
            vendor.imports.insert("xterm".to_owned(), "/vendor/xterm.mjs".to_owned());
            shell(ShellProps { page, vendor, reload_port: None }).to_html()
        })
    }

    fn render_default() -> String {
        render(PageConfig::default())
    }

    #[test]
    fn the_import_map_stands_before_the_hydration_scripts() {
        let html = render_default();
        let map = html.find("type=\"importmap\"").expect("there is an import map");
        let module = html.find("type=\"module\"").expect("there are hydration scripts");
        assert!(map < module);
        assert!(html.contains(r#"{"imports":{"xterm":"/vendor/xterm.mjs"}}"#));
    }

    #[test]
    fn the_first_render_has_no_style_attribute() {
        for view in [PageView::Workspace, PageView::Monitor] {
            let html = render(PageConfig { view, ..PageConfig::default() });
            assert!(!html.contains(" style="), "{html}");
        }
    }

    #[test]
    fn every_script_that_runs_carries_the_nonce() {
        let html = render_default();
        for script in html.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap_or_default();
            assert!(tag.contains("nonce=") || tag.contains("application/json"), "<script{tag}>");
        }
    }

    #[test]
    fn the_tools_are_tabs_with_names() {
        let html = render_default();
        assert!(html.contains("role=\"tablist\""));
        assert!(html.contains("Socket Monitor"));
        assert!(html.contains("Traces"));
    }

    #[test]
    fn language_and_colours_are_those_of_the_settings() {
        let page = PageConfig { language: "ja".to_owned(), theme: Theme::Light, ..PageConfig::default() };
        let html = render(page);
        assert!(html.contains(r#"lang="ja""#) && html.contains(r#"data-theme="light""#));
        assert!(html.contains("ソケットモニター"));
    }

    #[test]
    fn addresses_lie_under_the_base_path() {
        let html = render(PageConfig { base_path: "/term".to_owned(), ..PageConfig::default() });
        assert!(html.contains(r#"href="/term/pkg/aetherterm.css""#));
        assert!(html.contains(r#"href="/term/favicon.svg""#));
    }
}
