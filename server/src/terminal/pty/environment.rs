//! The environment, the shell and the directory a terminal starts with.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use super::SpawnError;

/// What a shell gets of the server's own environment, beside everything that begins with `LC_`: who and where the user
/// is. Anything else may be a secret of the server's.
const ALLOWED: [&str; 8] = ["HOME", "USER", "LOGNAME", "SHELL", "PATH", "LANG", "LANGUAGE", "TZ"];

/// Where programs are looked for when the server has no `PATH`.
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// What tells programs which terminal this is.
const TERMINAL: [(&str, &str); 3] =
    [("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("TERM_PROGRAM", "AetherTerm")];

/// The allowed part of `own`, what names the terminal, and `extra`, which wins.
pub(super) fn environment(
    own: impl Iterator<Item = (OsString, OsString)>,
    extra: &[(String, String)],
) -> BTreeMap<OsString, OsString> {
    let fixed = TERMINAL.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let extra = extra.iter().map(|(name, value)| (name.into(), value.into()));
    let mut environment = BTreeMap::from([("PATH".into(), DEFAULT_PATH.into())]);
    environment.extend(own.filter(|(name, _)| is_allowed(name)).chain(fixed).chain(extra));
    environment
}

/// The allowed part of this process's own environment: all that another process which starts shells needs.
pub(in crate::terminal) fn allowed() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os().filter(|(name, _)| is_allowed(name))
}

fn is_allowed(name: &OsStr) -> bool {
    name.as_bytes().starts_with(b"LC_") || ALLOWED.iter().any(|known| name == *known)
}

/// The directory to start in: the one asked for, which must be usable, else the home directory, else the root.
pub(super) fn directory(asked: Option<&Path>, home: Option<&Path>) -> Result<PathBuf, SpawnError> {
    let Some(asked) = asked else {
        return Ok(home.filter(|home| usable(home).is_ok()).unwrap_or(Path::new("/")).to_owned());
    };
    let path = home.unwrap_or(Path::new("/")).join(asked);
    usable(&path).map_err(|source| SpawnError::Directory { path: asked.to_owned(), source })?;
    Ok(path)
}

/// The file to run for `command`: a path, from `directory` if relative, or a name looked up in `path`.
pub(super) fn program(command: &str, directory: &Path, path: &OsStr) -> Result<PathBuf, SpawnError> {
    let found = if command.contains('/') {
        let file = directory.join(command);
        runnable(&file).map(|()| file)
    } else {
        let mut files = std::env::split_paths(path).map(|place| directory.join(place).join(command));
        files.find(|file| runnable(file).is_ok()).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    };
    found.map_err(|source| SpawnError::Command { command: command.to_owned(), source })
}

fn usable(directory: &Path) -> io::Result<()> {
    if !std::fs::metadata(directory)?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    Ok(access(directory, Access::EXEC_OK)?)
}

pub(super) fn runnable(file: &Path) -> io::Result<()> {
    if std::fs::metadata(file)?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok(access(file, Access::EXEC_OK)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(own: &[(&str, &str)], extra: &[(&str, &str)], expected: &[(&str, &str)]) {
        let own = own.iter().map(|(name, value)| (name.into(), value.into()));
        let extra: Vec<_> = extra.iter().map(|(name, value)| (String::from(*name), String::from(*value))).collect();
        let mut expected: BTreeMap<OsString, OsString> =
            expected.iter().map(|(name, value)| (name.into(), value.into())).collect();
        for (name, value) in TERMINAL {
            expected.entry(name.into()).or_insert(value.into());
        }
        assert_eq!(environment(own, &extra), expected);
    }

    #[test]
    fn only_what_is_allowed_passes() {
        check(
            &[("HOME", "/h"), ("LC_ALL", "C"), ("AETHERTERM_TOKEN", "s"), ("OTEL_EXPORTER_OTLP_HEADERS", "s")],
            &[],
            &[("HOME", "/h"), ("LC_ALL", "C"), ("PATH", DEFAULT_PATH)],
        );
        check(&[("PATH", "/p"), ("TERM", "dumb"), ("HOMEX", "s")], &[], &[("PATH", "/p")]);
    }

    #[test]
    fn extras_win() {
        check(&[("PATH", "/p")], &[("PATH", "/q"), ("X", "1")], &[("PATH", "/q"), ("X", "1")]);
    }

    #[test]
    fn a_directory_that_cannot_be_used_is_named() {
        let missing = directory(Some(Path::new("/no/such/place")), None).unwrap_err();
        assert!(missing.to_string().starts_with("cannot start in /no/such/place: "), "{missing}");
        let file = directory(Some(Path::new("/etc/passwd")), None).unwrap_err();
        assert!(file.to_string().starts_with("cannot start in /etc/passwd: not a directory"), "{file}");
    }

    #[test]
    fn a_relative_directory_starts_at_home() {
        assert_eq!(directory(Some(Path::new("bin")), Some(Path::new("/usr"))).unwrap(), Path::new("/usr/bin"));
        assert_eq!(directory(None, Some(Path::new("/no/home"))).unwrap(), Path::new("/"));
    }

    #[test]
    fn a_program_is_found_or_named() {
        let path = OsStr::new("/nowhere:/bin");
        assert_eq!(program("sh", Path::new("/"), path).unwrap(), Path::new("/bin/sh"));
        assert_eq!(program("./sh", Path::new("/bin"), path).unwrap(), Path::new("/bin/./sh"));
        for command in ["no-such-program", "/no/such/program", "/etc", "/etc/passwd"] {
            let error = program(command, Path::new("/"), path).unwrap_err();
            assert!(error.to_string().starts_with(&format!("cannot run {command}: ")), "{error}");
        }
    }
}
