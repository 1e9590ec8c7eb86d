//! A site as small as one can be.

use std::{fs, path::Path};

pub const SCRIPT: &str = "export default 1;";

pub fn make() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let manifest =
        r#"{"imports": {"xterm": "/vendor/xterm-6.0.0/xterm.mjs"}, "styles": ["/vendor/xterm-6.0.0/xterm.css"]}"#;
    write(root.path(), "pkg/aetherterm.js", SCRIPT);
    write(root.path(), "pkg/aetherterm.js.br", "brotli");
    write(root.path(), "pkg/aetherterm.js.gz", "gzip");
    write(root.path(), "pkg/aetherterm.wasm", "wasm");
    write(root.path(), "vendor/manifest.json", manifest);
    write(root.path(), "vendor/xterm-6.0.0/xterm.mjs", "export class Terminal {}");
    write(root.path(), "favicon.svg", "<svg/>");
    root
}

pub fn write(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
