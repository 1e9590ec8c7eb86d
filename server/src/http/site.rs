//! The built page on disk: where it is, what it consists of, and which of its files anybody may fetch.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use app::page::VendorManifest;

/// A site that is complete.
#[derive(Clone, Debug)]
pub struct Site {
    root: PathBuf,
    vendor: VendorManifest,
    public: BTreeSet<String>,
}

/// The page's script and the list of vendor modules: without them there is no page.
const REQUIRED: [&str; 2] = ["pkg/aetherterm.js", MANIFEST];

const MANIFEST: &str = "vendor/manifest.json";

impl Site {
    /// Finds the site's directory: the one that was named, else `site` beside the binary or its directory (as in
    /// `target/release` and `target/site`), else `target/site` below the working directory.
    ///
    /// # Errors
    ///
    /// There is none, or the named one is incomplete.
    pub fn find(named: Option<&Path>) -> Result<PathBuf, MissingSite> {
        if let Some(root) = named {
            return missing(root).map_or_else(
                || Ok(root.to_owned()),
                |file| Err(MissingSite::Incomplete { root: root.to_owned(), file }),
            );
        }
        let beside = std::env::current_exe().ok().and_then(|program| {
            let directory = program.parent()?.to_owned();
            Some([directory.join("site"), directory.parent()?.join("site")])
        });
        let mut tried: Vec<_> = beside.into_iter().flatten().collect();
        tried.push(PathBuf::from("target/site"));
        match tried.iter().find(|root| missing(root).is_none()) {
            Some(root) => Ok(root.clone()),
            None => Err(MissingSite::Nowhere { tried }),
        }
    }

    /// Reads what the server needs to know of a site.
    ///
    /// # Errors
    ///
    /// A file is missing or unreadable, or the list of vendor modules is not one.
    pub fn open(root: &Path) -> Result<Self, MissingSite> {
        if let Some(file) = missing(root) {
            return Err(MissingSite::Incomplete { root: root.to_owned(), file });
        }
        let manifest = root.join(MANIFEST);
        let unreadable = |source| MissingSite::Unreadable { path: manifest.clone(), source };
        let text = fs::read_to_string(&manifest).map_err(unreadable)?;
        let vendor = serde_json::from_str(&text).map_err(|error| unreadable(error.into()))?;
        let mut public = BTreeSet::new();
        list(root, "", &mut public).map_err(|source| MissingSite::Unreadable { path: root.to_owned(), source })?;
        Ok(Self { root: root.to_owned(), vendor, public })
    }

    /// Returns the site's directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the vendor modules, as addresses without a base path.
    pub fn vendor(&self) -> &VendorManifest {
        &self.vendor
    }

    /// Returns the paths of the files outside `pkg` and `vendor`: icons and the like.
    pub fn public(&self) -> &BTreeSet<String> {
        &self.public
    }
}

/// Why there is no page to serve.
#[derive(Debug, thiserror::Error)]
pub enum MissingSite {
    /// It was looked for and is in none of these places.
    #[error("the page is missing: no built site in {}; run `make build`, or name one with --site-root", paths(tried))]
    Nowhere {
        /// The directories, in order.
        tried: Vec<PathBuf>,
    },
    /// A directory is there and a file in it is not.
    #[error("the page is missing: {} has no {file}; run `make build`, or name another with --site-root", root.display())]
    Incomplete {
        /// The directory.
        root: PathBuf,
        /// The first file that is missing.
        file: &'static str,
    },
    /// A file is there and cannot be used.
    #[error("the page cannot be served: {}: {source}", path.display())]
    Unreadable {
        /// The file or directory.
        path: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
}

fn paths(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

fn missing(root: &Path) -> Option<&'static str> {
    REQUIRED.into_iter().find(|file| !root.join(file).is_file())
}

/// Collects the files below a directory of the site; `prefix` is that directory's own path.
fn list(directory: &Path, prefix: &str, files: &mut BTreeSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = format!("{prefix}/{name}");
        if entry.path().is_file() {
            files.insert(path);
        } else if entry.file_type()?.is_dir() && path != "/pkg" && path != "/vendor" {
            list(&entry.path(), &path, files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, r#"{"imports": {"xterm": "/vendor/x/xterm.mjs"}, "styles": []}"#).unwrap();
        }
        root
    }

    #[test]
    fn a_complete_site_is_read() {
        let root = site(&["pkg/aetherterm.js", "vendor/manifest.json", "favicon.svg", "icons/a.png"]);
        let site = Site::open(&Site::find(Some(root.path())).unwrap()).unwrap();
        assert_eq!(site.vendor().imports["xterm"], "/vendor/x/xterm.mjs");
        assert_eq!(site.public().iter().collect::<Vec<_>>(), ["/favicon.svg", "/icons/a.png"]);
    }

    #[test]
    fn what_is_missing_is_named() {
        let root = site(&["vendor/manifest.json"]);
        let error = Site::find(Some(root.path())).unwrap_err().to_string();
        assert!(error.contains(root.path().to_str().unwrap()) && error.contains("pkg/aetherterm.js"), "{error}");
    }

    #[test]
    fn a_list_of_modules_that_is_none_is_named() {
        let root = site(&["pkg/aetherterm.js", "vendor/manifest.json"]);
        fs::write(root.path().join("vendor/manifest.json"), "[]").unwrap();
        let error = Site::open(root.path()).unwrap_err().to_string();
        assert!(error.contains("vendor/manifest.json"), "{error}");
    }
}
