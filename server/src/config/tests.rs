use std::{collections::BTreeSet, fs, path::PathBuf};

use super::*;
use crate::telemetry::Signal;

/// What is told without being asked for more.
const QUIET: &str = "info,opentelemetry=warn";

/// A home with, perhaps, a settings file.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with_file(text: &str) -> Self {
        let home = Self::new();
        fs::create_dir_all(home.file().parent().unwrap()).unwrap();
        fs::write(home.file(), text).unwrap();
        home
    }

    fn file(&self) -> PathBuf {
        self.0.path().join(".config/aetherterm/aetherterm.toml")
    }

    fn load(&self, words: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let home = ("HOME", self.0.path().to_str().unwrap());
        let environment = variables.iter().copied().chain([home]).collect();
        Config::load(std::iter::once("aetherterm").chain(words.split_whitespace()), &environment)
    }

    #[track_caller]
    fn error(&self, words: &str, variables: &[(&str, &str)]) -> String {
        self.load(words, variables).map(|_| ()).unwrap_err().to_string()
    }
}

#[test]
fn without_any_setting_the_defaults_hold() {
    let home = Home::new();
    let config = home.load("", &[("USER", "ada")]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:57575");
    assert!(matches!(config.access, Access::Token(_)));
    assert_eq!(config.data_dir, Some(home.0.path().join(".local/share/aetherterm")));
    assert_eq!((config.shell, config.cwd, config.site), (None, None, None));
    assert_eq!((config.max_terminals, config.log.filter.as_str(), config.base_path.as_str()), (1_000, QUIET, ""));
    assert_eq!((config.ring, home.load("--ring 16MiB", &[]).unwrap().ring), (4 << 20, 16 << 20));
    assert_eq!(config.owner_name, "ada");
    assert_eq!(config.warnings, Vec::<String>::new());
}

#[test]
fn serve_is_what_happens_without_a_command() {
    for words in ["--listen 127.0.0.1:1 --debug", "serve --listen 127.0.0.1:1 --debug"] {
        let config = Home::new().load(words, &[]).unwrap();
        assert_eq!((config.listen.port(), config.log.filter.as_str()), (1, "debug"), "{words}");
    }
}

#[test]
fn the_command_line_wins_over_the_environment_and_that_over_the_file() {
    let home = Home::with_file("shell = 'file'\ncwd = '/'\nbase_path = '/file'\nmax_terminals = 1");
    let variables = [("AETHERTERM_BASE_PATH", "/variable"), ("AETHERTERM_MAX_TERMINALS", "2")];
    let config = home.load("--max-terminals 3", &variables).unwrap();
    assert_eq!(config.shell, Some(vec!["file".to_owned()]));
    assert_eq!(config.base_path.as_str(), "/variable");
    assert_eq!(config.page.base_path, "/variable");
    assert_eq!(config.max_terminals, 3);
}

#[test]
fn a_switch_can_be_set_and_unset_everywhere() {
    let home = Home::with_file("debug = true");
    let check = |words: &str, variables: &[(&str, &str)], expected: bool| {
        let config = home.load(words, variables).unwrap();
        let filter = if expected { "debug" } else { QUIET };
        assert_eq!(config.log.filter, filter, "{words} {variables:?}");
        // What is exported is shown together with what is logged.
        let shown: &[Signal] = if expected { &Signal::ALL } else { &[] };
        assert_eq!(config.telemetry.console, shown, "{words} {variables:?}");
    };
    check("", &[], true);
    check("", &[("AETHERTERM_DEBUG", "false")], false);
    check("--debug", &[("AETHERTERM_DEBUG", "false")], true);
    check("--debug=false", &[], false);
    check("--debug=false", &[("OTEL_DEBUG", "true")], true);
}

#[test]
fn a_list_is_replaced_as_a_whole() {
    let home = Home::with_file("allow_origin = ['https://a.example', 'https://b.example']");
    let origins = |words: &str, variables: &[(&str, &str)]| -> Vec<String> {
        home.load(words, variables).unwrap().allow_origins.iter().map(ToString::to_string).collect()
    };
    assert_eq!(origins("", &[]), ["https://a.example:443", "https://b.example:443"]);
    let variable = [("AETHERTERM_ALLOW_ORIGIN", "http://c.example,http://d.example:81")];
    assert_eq!(origins("", &variable), ["http://c.example:80", "http://d.example:81"]);
    assert_eq!(origins("--allow-origin http://e.example", &variable), ["http://e.example:80"]);
}

#[test]
fn a_variable_set_to_nothing_sets_nothing() {
    let config = Home::new().load("", &[("AETHERTERM_LISTEN", ""), ("AETHERTERM_TOKEN", "")]).unwrap();
    assert_eq!(config.listen, DEFAULT_LISTEN);
    assert_eq!(config.warnings, Vec::<String>::new());
}

#[test]
fn an_unknown_variable_of_ours_is_a_warning() {
    let variables = [("AETHERTERM_COLOUR", "red"), ("AETHERTERM_listen", "x")];
    let config = Home::new().load("", &variables).unwrap();
    assert_eq!(
        config.warnings,
        [
            "unknown variable AETHERTERM_COLOUR in the environment",
            "unknown variable AETHERTERM_listen in the environment"
        ]
    );
}

#[track_caller]
fn check_error(words: &str, variables: &[(&str, &str)], parts: &[&str]) {
    let error = Home::new().error(words, variables);
    assert!(parts.iter().all(|part| error.contains(part)), "{error}");
}

#[test]
fn a_wrong_option_is_named() {
    check_error("--colour red", &[], &["--colour"]);
    check_error("--listen here", &[], &["--listen", "here"]);
    check_error("--auth password", &[], &["--auth", "password", "token, none"]);
    check_error("--max-terminals 0", &[], &["--max-terminals", "0"]);
    check_error("--base-path term", &[], &["--base-path", "begins with a slash"]);
    check_error("--allow-origin example.com", &[], &["--allow-origin", "https://term.example.com"]);
    check_error("--cwd /does/not/exist", &[], &["--cwd", "/does/not/exist is not a directory"]);
    check_error("--shell '", &[], &["--shell", "every quote closed"]);
    check_error("--config /does/not/exist", &[], &["cannot read the settings file /does/not/exist"]);
    check_error("dance", &[], &["dance"]);
}

#[test]
fn options_of_features_that_are_not_there_are_unknown() {
    for option in ["--tls-cert", "--tls-key"] {
        check_error(&format!("{option} x"), &[], &[option]);
    }
}

#[test]
fn a_wrong_variable_is_named() {
    check_error("", &[("AETHERTERM_LISTEN", "here")], &["AETHERTERM_LISTEN: invalid socket address"]);
    check_error("", &[("AETHERTERM_AUTH", "password")], &["AETHERTERM_AUTH: ", "token, none"]);
    check_error("", &[("AETHERTERM_DEBUG", "maybe")], &["AETHERTERM_DEBUG: ", "maybe"]);
    check_error("", &[("AETHERTERM_BASE_PATH", "term")], &["AETHERTERM_BASE_PATH: a base path begins with a slash"]);
    check_error("", &[("AETHERTERM_CONFIG", "/does/not/exist")], &["/does/not/exist"]);
}

#[test]
fn a_wrong_token_is_named_and_not_shown() {
    let error = Home::new().error("", &[("AETHERTERM_TOKEN", "my secret")]);
    assert!(error.contains("AETHERTERM_TOKEN: a token consists of") && !error.contains("my secret"), "{error}");
}

#[track_caller]
fn check_file(text: &str, part: &str) {
    let home = Home::with_file(text);
    let error = home.error("", &[]);
    assert!(error.contains(part) && error.contains(home.file().to_str().unwrap()), "{error}");
}

#[test]
fn a_wrong_key_is_named_with_its_file() {
    check_file("colour = 'red'", "unknown key `colour`");
    check_file("allow-origin = 'https://a.example'", "unknown key `allow-origin`");
    check_file("config = 'other.toml'", "unknown key `config`");
    check_file("[telemetry]\nx = 1", "key `telemetry`");
    check_file("[[telemetry.backend]]\nname = 'a'\nurl = 'x'", "unknown field `url`");
    check_file("listen = 'here'", "key `listen`");
    check_file("listen = 1.5", "key `listen`");
    check_file("max_terminals = 0", "key `max_terminals`");
    check_file("debug = 'maybe'", "key `debug`");
    check_file("listen", "TOML parse error at line 1");
}

#[test]
fn a_file_that_was_named_replaces_the_one_at_home() {
    let home = Home::with_file("shell = 'home'");
    let named = home.0.path().join("named.toml");
    fs::write(&named, "debug = true").unwrap();
    for (words, variable) in [(format!("--config {}", named.display()), ""), (String::new(), named.to_str().unwrap())] {
        let config = home.load(&words, &[("AETHERTERM_CONFIG", variable)]).unwrap();
        assert_eq!((config.shell, config.log.filter == "debug"), (None, true));
    }
}

#[test]
fn base_directories_of_the_system_are_honoured() {
    let home = Home::new();
    let other = tempfile::tempdir().unwrap();
    fs::create_dir(other.path().join("aetherterm")).unwrap();
    fs::write(other.path().join("aetherterm/aetherterm.toml"), "debug = true").unwrap();
    let other = other.path().to_str().unwrap();
    assert_eq!(home.load("", &[("XDG_CONFIG_HOME", other)]).unwrap().log.filter, "debug");
    let data_dir = |value| home.load("", &[("XDG_DATA_HOME", value)]).unwrap().data_dir.unwrap();
    assert_eq!(data_dir("/data"), PathBuf::from("/data/aetherterm"));
    assert_eq!(data_dir("relative"), home.0.path().join(".local/share/aetherterm"));
}

#[test]
fn without_a_home_the_data_needs_a_place() {
    let environment = Environment::default();
    assert!(matches!(Config::load(["aetherterm"], &environment), Err(ConfigError::NoDataDir)));
    assert!(Config::load(["aetherterm", "--data-dir", "/data"], &environment).is_ok());
}

#[test]
fn no_authentication_stays_on_the_machine_unless_it_is_said_twice() {
    let load = |words: &str| Home::new().load(&format!("--auth none {words}"), &[]);
    for words in ["", "--listen 127.0.0.2:1", "--listen [::1]:1", "--listen 0.0.0.0:1 --allow-unauthenticated"] {
        assert_eq!(load(words).unwrap().access, Access::Open, "{words}");
    }
    for listen in ["0.0.0.0:1", "[::]:1", "192.168.1.7:1"] {
        let error = load(&format!("--listen {listen}")).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(listen) && error.contains("--allow-unauthenticated"), "{error}");
    }
}

#[test]
fn a_token_without_use_is_a_warning() {
    let config = Home::new().load("--auth none --token x", &[]).unwrap();
    assert_eq!(config.warnings, ["the token has no effect with --auth none"]);
}

#[test]
fn a_shell_command_is_split_as_a_shell_would() {
    let config = Home::new().load("", &[("AETHERTERM_SHELL", "env 'A=b c' zsh -l")]).unwrap();
    assert_eq!(config.shell.unwrap(), ["env", "A=b c", "zsh", "-l"]);
}

#[test]
fn a_directory_is_made_absolute() {
    let config = Home::new().load("--cwd .", &[]).unwrap();
    assert_eq!(config.cwd, Some(std::env::current_dir().unwrap()));
}

#[test]
fn a_given_token_is_kept_and_others_are_random() {
    let home = Home::new();
    let access = |words: &str| home.load(words, &[]).unwrap().access;
    assert_eq!(access("--token fixed"), Access::Token("fixed".parse().unwrap()));
    assert_ne!(access(""), access(""));
}

#[test]
fn the_watcher_says_where_the_page_reloads() {
    let reload = |variables: &[(&str, &str)]| Home::new().load("", variables).unwrap().reload_port;
    assert_eq!(reload(&[("LEPTOS_RELOAD_PORT", "57576")]), None);
    assert_eq!(reload(&[("LEPTOS_WATCH", "true"), ("LEPTOS_RELOAD_PORT", "57576")]), Some(57_576));
}

#[test]
fn the_help_tells_every_option() {
    let help = Args::command().render_long_help().to_string();
    for argument in Options::command().get_arguments() {
        let long = argument.get_long().unwrap_or_default();
        assert!(help.contains(&format!("--{long}")), "{long}");
    }
}

#[test]
fn the_example_lists_every_option_and_no_other() {
    let example = include_str!("../../../.env.example");
    let lines = example.lines().filter_map(|line| line.strip_prefix("#AETHERTERM_")?.split('=').next());
    let listed: BTreeSet<_> = lines.map(str::to_ascii_lowercase).collect();
    let options = Options::command();
    let options: BTreeSet<_> = options.get_arguments().map(|argument| argument.get_id().to_string()).collect();
    assert_eq!(listed, options);
}

#[test]
fn the_example_can_be_used_as_it_is() {
    let example = include_str!("../../../.env.example");
    let is_variable = |line: &&str| line.starts_with(|first: char| first.is_ascii_uppercase()) && line.contains('=');
    let lines: Vec<_> = example.lines().filter_map(|line| line.strip_prefix('#')).filter(is_variable).collect();
    let variables: Environment = dotenvy::from_read_iter(lines.join("\n").as_bytes()).map(Result::unwrap).collect();
    let of_this_machine = ["AETHERTERM_CONFIG", "AETHERTERM_CWD"];
    let variables: Vec<_> = variables
        .names()
        .filter(|name| !of_this_machine.contains(name))
        .map(|name| (name, variables.get(name).unwrap_or_default()))
        .collect();
    assert_eq!(variables.len() + of_this_machine.len(), lines.len());
    let config = Home::new().load("", &variables).unwrap();
    assert_eq!(config.warnings, Vec::<String>::new());
    assert_eq!((config.listen, config.max_terminals), (DEFAULT_LISTEN, DEFAULT_MAX_TERMINALS as usize));
}

#[test]
fn a_shell_is_given_what_the_settings_say() {
    let home = Home::with_file("env = ['A=1', 'B=x=y, z']\ndetach_grace = '90s'\nidle_timeout = '1h'");
    let config = home.load("--resize-policy fixed:120x40 --pty-host in-process", &[]).unwrap();
    assert_eq!(config.env, [("A".to_owned(), "1".to_owned()), ("B".to_owned(), "x=y, z".to_owned())]);
    let seconds = |lifetime: Lifetime| (lifetime.detached.map(|d| d.as_secs()), lifetime.idle.map(|d| d.as_secs()));
    assert_eq!(seconds(config.lifetime), (Some(90), Some(3_600)));
    assert_eq!((config.resize_policy.to_string().as_str(), config.pty_host), ("fixed:120x40", PtyHost::InProcess));
    assert_eq!(seconds(home.load("--detach-grace 0 --idle-timeout 0", &[]).unwrap().lifetime), (None, None));
    let variable = home.load("", &[("AETHERTERM_ENV", "C=3\nD=4")]).unwrap();
    assert_eq!(variable.env.len(), 2);

    let plain = Home::new().load("", &[]).unwrap();
    assert_eq!(seconds(plain.lifetime), (Some(86_400), None));
    assert_eq!((plain.pty_host, plain.motd, plain.max_terminals_per_user), (PtyHost::Process, None, 1_000));
    assert_eq!(Home::new().load("--max-terminals 7", &[]).unwrap().max_terminals_per_user, 7);
}

#[test]
fn a_message_of_the_day_is_a_file_or_none() {
    let home = Home::with_file("motd = '/etc/hostname'");
    assert_eq!(home.load("", &[]).unwrap().motd, Some(PathBuf::from("/etc/hostname")));
    assert_eq!(home.load("--motd none", &[]).unwrap().motd, None);
    check_error("--motd /does/not/exist", &[], &["--motd", "/does/not/exist"]);
    check_error("--motd /etc", &[], &["--motd", "/etc is not a file"]);
}

#[test]
fn what_cannot_be_meant_is_named() {
    check_error("--ring 4", &[], &["--ring", "4 is not between 4MiB and 1GiB"]);
    check_error("--max-message 1", &[], &["--max-message", "1 is not between 64KiB and 64MiB"]);
    check_error("--max-message 64KiB --max-input 33KiB", &[], &["--max-input", "33KiB is not between 1KiB and 32KiB"]);
    check_error("--max-attachments 65", &[], &["--max-attachments", "65"]);
    check_error("--request-rate 9", &[], &["--request-rate", "9"]);
    check_error("--input-rate 99", &[], &["--input-rate", "99"]);
    check_error("--ring 2TiB", &[], &["--ring", "8MiB"]);
    check_error("--detach-grace 90", &[], &["--detach-grace", "24h"]);
    check_error("--resize-policy fixed:0x0", &[], &["--resize-policy", "fixed:120x40"]);
    check_error("--env A", &[], &["--env", "EDITOR=vim"]);
    check_error("--pty-host elsewhere", &[], &["--pty-host", "process, in-process"]);
    check_error("--max-terminals-per-user 0", &[], &["--max-terminals-per-user", "0"]);
}

fn purpose(home: &Home, words: &str, variables: &[(&str, &str)]) -> Purpose {
    let directory = ("HOME", home.0.path().to_str().unwrap());
    let environment = variables.iter().copied().chain([directory]).collect();
    let words = std::iter::once("aetherterm").chain(words.split_whitespace()).map(OsString::from);
    Purpose::load::<ConfigError>(words, || Ok(environment)).unwrap()
}

#[test]
fn stop_finds_the_directory_as_the_server_does() {
    let check = |home: &Home, words: &str, variables: &[(&str, &str)], expected: PathBuf, expected_all: bool| {
        let Purpose::Stop { data_dir, all } = purpose(home, words, variables) else { panic!("{words}") };
        assert_eq!((data_dir, all), (expected, expected_all), "{words}");
    };
    let home = Home::with_file("data_dir = '/file'");
    check(&home, "stop", &[], "/file".into(), false);
    check(&home, "stop --all", &[("AETHERTERM_DATA_DIR", "/variable")], "/variable".into(), true);
    check(&home, "stop --data-dir /typed", &[("AETHERTERM_DATA_DIR", "/variable")], "/typed".into(), false);
    let home = Home::new();
    check(&home, "stop", &[], home.0.path().join(".local/share/aetherterm"), false);
}

#[test]
fn a_host_is_started_without_any_environment() {
    let words = ["aetherterm", "pty-host", "--data-dir", "/data"].map(OsString::from);
    let purpose = Purpose::load::<ConfigError>(words, || panic!("nobody asks for it")).unwrap();
    assert!(matches!(purpose, Purpose::PtyHost(settings) if settings.data_dir == Path::new("/data")));
    let help = Args::command().render_long_help().to_string();
    assert!(help.contains("Ends the server") && !help.contains("Holds the shells;"), "it is not for people: {help}");
}

#[test]
fn the_file_names_backends_and_the_environment_where_it_runs() {
    let home = Home::with_file("profile = 'production'\n[[telemetry.backend]]\nname = 'a'\npreset = 'jaeger'");
    let telemetry = home.load("", &[]).unwrap().telemetry;
    assert_eq!((telemetry.backends[0].name.as_str(), telemetry.sampling.rate), ("a", 0.1));
    let config = home.load("", &[("AETHERTERM_PROFILE", "development"), ("TELEMETRY_TRACE_URL_TEMPLATE", "jaeger")]);
    let config = config.unwrap();
    assert!(config.page.tracking.detailed_logging && config.page.telemetry.sample_rate == 1.0);
    assert_eq!(config.page.trace_url.as_deref(), Some("http://localhost:16686/trace/{traceId}"));
    check_error("--profile staging", &[], &["--profile", "development, production"]);
    check_error(
        "",
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:14268/api/traces")],
        &["OTEL_EXPORTER_OTLP_ENDPOINT", "4318"],
    );
}

#[test]
fn telemetry_can_be_louder_than_the_rest() {
    let home = Home::new();
    let filter = |variables: &[(&str, &str)]| home.load("", variables).unwrap().log.filter;
    let quiet = format!("{QUIET},server::telemetry=debug,opentelemetry=debug");
    assert_eq!(filter(&[("OTEL_LOG_LEVEL", "debug")]), quiet);
    assert_eq!(filter(&[("OTEL_LOG_LEVEL", "debug"), ("RUST_LOG", "error")]), "error");
}
