//! The variables the server was given: those of the process, and behind them those of `.env` and `frontend/.env`.

use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// A set of environment variables. Only this type and its reader look at the process's own; everything else is handed
/// an `Environment`, so that tests have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Reads the process's variables, then `.env` and the `VITE_*` of `frontend/.env` in `directory` for those that
    /// the process does not set.
    ///
    /// # Errors
    ///
    /// A file that exists but cannot be read or parsed, or that others could have written.
    pub fn read(directory: &Path) -> Result<Self, DotenvError> {
        let mut variables: BTreeMap<_, _> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        for (name, value) in dotenv(&directory.join(".env"))? {
            variables.entry(name).or_insert(value);
        }
        for (name, value) in dotenv(&directory.join("frontend/.env"))? {
            if name.starts_with("VITE_") {
                variables.entry(name).or_insert(value);
            }
        }
        Ok(Self(variables))
    }

    /// Returns a variable's value; one that is set to nothing counts as not set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Returns the names of all variables that are set.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// Why a `.env` file is not used.
#[derive(Debug, thiserror::Error)]
pub enum DotenvError {
    /// It exists and cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line of it is not `NAME=value`.
    #[error("{}: {source}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What is wrong with which line.
        source: dotenvy::Error,
    },
    /// Somebody else could have written it, and so choose the token and the shell.
    #[error("{} is refused because others can write it (mode {mode:04o}); run: chmod go-w {}", path.display(), path.display())]
    WritableByOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Somebody else did write it.
    #[error("{} is refused because it belongs to another account (user {owner})", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// The user id it belongs to.
        owner: u32,
    },
}

fn dotenv(path: &Path) -> Result<Vec<(String, String)>, DotenvError> {
    let unreadable = |source| DotenvError::Unreadable { path: path.to_owned(), source };
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let mode = metadata.mode() & 0o7777;
    if mode & 0o022 != 0 {
        return Err(DotenvError::WritableByOthers { path: path.to_owned(), mode });
    }
    let owner = metadata.uid();
    if owner != 0 && owner != rustix::process::geteuid().as_raw() {
        return Err(DotenvError::NotOurs { path: path.to_owned(), owner });
    }
    let file = fs::File::open(path).map_err(unreadable)?;
    dotenvy::from_read_iter(file)
        .collect::<Result<_, _>>()
        .map_err(|source| DotenvError::Syntax { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn directory(files: &[(&str, &str, u32)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (name, text, mode) in files {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(*mode)).unwrap();
        }
        directory
    }

    #[test]
    fn the_process_wins_over_the_file() {
        let directory = directory(&[(".env", "PATH=/nowhere\nAETHERTERM_SHELL='zsh -l' # comment\n", 0o600)]);
        let environment = Environment::read(directory.path()).unwrap();
        assert_eq!(environment.get("AETHERTERM_SHELL"), Some("zsh -l"));
        assert_ne!(environment.get("PATH"), Some("/nowhere"));
    }

    #[test]
    fn the_front_end_file_gives_only_its_own_variables() {
        let directory = directory(&[("frontend/.env", "VITE_TELEMETRY_ENABLED=false\nAETHERTERM_TOKEN=x\n", 0o644)]);
        let environment = Environment::read(directory.path()).unwrap();
        assert_eq!(environment.get("VITE_TELEMETRY_ENABLED"), Some("false"));
        assert_eq!(environment.get("AETHERTERM_TOKEN"), None);
    }

    #[test]
    fn a_file_that_others_can_write_is_refused_by_name() {
        for mode in [0o620, 0o602, 0o666] {
            let directory = directory(&[(".env", "", mode)]);
            let error = Environment::read(directory.path()).unwrap_err().to_string();
            assert!(error.contains(".env is refused") && error.contains(&format!("{mode:04o}")), "{error}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        let directory = directory(&[(".env", "this is no assignment\n", 0o600)]);
        let error = Environment::read(directory.path()).unwrap_err().to_string();
        assert!(error.contains(".env") && error.contains("this is no assignment"), "{error}");
    }

    #[test]
    fn a_variable_set_to_nothing_counts_as_not_set() {
        assert_eq!(Environment::from_iter([("AETHERTERM_SHELL", "")]).get("AETHERTERM_SHELL"), None);
    }
}
