//! How a shell is started so that it marks its prompts and commands, without a change to the user's files.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Where each script lies below the directory of all.
const SCRIPTS: [(&str, &str); 3] = [
    ("aetherterm.bash", include_str!("../../../shell/aetherterm.bash")),
    ("zsh/.zshenv", include_str!("../../../shell/zsh/.zshenv")),
    ("fish/vendor_conf.d/aetherterm.fish", include_str!("../../../shell/fish/vendor_conf.d/aetherterm.fish")),
];

/// Where fish looks when nobody says (XDG Base Directory Specification).
const DEFAULT_DATA_DIRS: &str = "/usr/local/share:/usr/share";

/// The scripts that shells read first, as files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integration {
    directory: PathBuf,
}

/// What changes about a shell's start.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// Arguments before those that were given.
    pub(super) arguments: Vec<&'static str>,
    /// Variables, which win over those of the environment.
    pub(super) variables: Vec<(&'static str, OsString)>,
}

impl Integration {
    /// Writes the scripts below `directory`, closed to others.
    ///
    /// # Errors
    /// What the system says of a file that cannot be written.
    pub fn install(directory: &Path) -> io::Result<Self> {
        for (place, script) in SCRIPTS {
            let file = directory.join(place);
            if let Some(parent) = file.parent() {
                fs::DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
            }
            if fs::read(&file).is_ok_and(|old| old == script.as_bytes()) {
                continue;
            }
            // A shell that starts at this moment reads the old file or the new one.
            let new = file.with_extension("new");
            fs::write(&new, script)?;
            fs::rename(new, file)?;
        }
        Ok(Self { directory: directory.to_owned() })
    }

    /// How to start `shell`, to be run interactively with these arguments and this environment; none if it is no shell we
    /// know, or is told to do something else than to be one.
    pub(super) fn start(
        &self,
        shell: &Path,
        arguments: &[impl AsRef<OsStr>],
        environment: &BTreeMap<OsString, OsString>,
    ) -> Option<Start> {
        let usual =
            |argument: &OsStr| ["-l", "-i", "-il", "-li", "--login", "--interactive"].iter().any(|a| argument == *a);
        if !arguments.iter().all(|argument| usual(argument.as_ref())) {
            return None;
        }
        let set = |name: &str| environment.get(OsStr::new(name)).cloned();
        let (place, start) = match shell.file_name()?.to_str()? {
            "bash" => {
                let history = set("HISTFILE").or_else(|| Some(Path::new(&set("HOME")?).join(".bash_history").into()));
                let script = self.directory.join(SCRIPTS[0].0).into_os_string();
                let variables = [("ENV", Some(script)), ("HISTFILE", history)];
                (SCRIPTS[0].0, Start { arguments: vec!["--posix"], variables: present(variables) })
            }
            "zsh" => {
                let here = self.directory.join("zsh").into_os_string();
                let variables = [("ZDOTDIR", Some(here)), ("AETHERTERM_ZDOTDIR", set("ZDOTDIR"))];
                (SCRIPTS[1].0, Start { arguments: Vec::new(), variables: present(variables) })
            }
            "fish" => {
                let mut places = self.directory.clone().into_os_string();
                places.push(":");
                places.push(set("XDG_DATA_DIRS").unwrap_or_else(|| DEFAULT_DATA_DIRS.into()));
                let before = set("XDG_DATA_DIRS");
                let mark = ("AETHERTERM_FISH", Some("1".into()));
                let variables = [("XDG_DATA_DIRS", Some(places)), mark, ("AETHERTERM_XDG_DATA_DIRS", before)];
                (SCRIPTS[2].0, Start { arguments: Vec::new(), variables: present(variables) })
            }
            _ => return None,
        };
        // A bash without the script would read none of the user's files.
        self.directory.join(place).is_file().then_some(start)
    }
}

fn present<const N: usize>(variables: [(&'static str, Option<OsString>); N]) -> Vec<(&'static str, OsString)> {
    variables.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Expected<'a> = Option<(&'a [&'static str], &'a [(&'static str, &'a str)])>;

    /// The arguments and variables that `shell` gets, `D` standing for the directory.
    #[track_caller]
    fn check(shell: &str, arguments: &[&str], own: &[(&str, &str)], expected: Expected<'_>) {
        let directory = tempfile::tempdir().unwrap();
        let integration = Integration::install(directory.path()).unwrap();
        let environment = own.iter().map(|(name, value)| (name.into(), value.into())).collect();
        let value = |value: &str| OsString::from(value.replace('D', directory.path().to_str().unwrap()));
        let expected = expected.map(|(arguments, variables)| Start {
            arguments: arguments.to_vec(),
            variables: variables.iter().map(|(name, text)| (*name, value(text))).collect(),
        });
        assert_eq!(integration.start(Path::new(shell), arguments, &environment), expected);
    }

    #[test]
    fn each_shell_reads_its_script_first() {
        check(
            "/bin/bash",
            &["-l"],
            &[("HOME", "/h")],
            Some((&["--posix"], &[("ENV", "D/aetherterm.bash"), ("HISTFILE", "/h/.bash_history")])),
        );
        check("/bin/zsh", &[], &[], Some((&[], &[("ZDOTDIR", "D/zsh")])));
        check(
            "/usr/bin/fish",
            &[],
            &[],
            Some((&[], &[("XDG_DATA_DIRS", "D:/usr/local/share:/usr/share"), ("AETHERTERM_FISH", "1")])),
        );
    }

    #[test]
    fn what_was_set_before_is_handed_on() {
        check(
            "bash",
            &[],
            &[("HISTFILE", "/x")],
            Some((&["--posix"], &[("ENV", "D/aetherterm.bash"), ("HISTFILE", "/x")])),
        );
        check("zsh", &[], &[("ZDOTDIR", "/z")], Some((&[], &[("ZDOTDIR", "D/zsh"), ("AETHERTERM_ZDOTDIR", "/z")])));
    }

    #[test]
    fn what_is_no_interactive_shell_of_ours_is_left_alone() {
        check("/bin/sh", &[], &[], None);
        check("/bin/bash", &["-c", "true"], &[], None);
        check("/bin/bash", &["script"], &[], None);
        check("/bin/bash", &["--norc"], &[], None);
    }

    #[test]
    fn a_shell_without_its_script_is_started_as_ever() {
        let directory = tempfile::tempdir().unwrap();
        let integration = Integration::install(directory.path()).unwrap();
        fs::remove_file(directory.path().join("aetherterm.bash")).unwrap();
        assert_eq!(integration.start(Path::new("bash"), &[] as &[&str], &BTreeMap::new()), None);
    }
}
