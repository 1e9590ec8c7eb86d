//! A strict reader of Prometheus's text format: what a scraper would refuse or misread fails the test.

use std::{collections::BTreeMap, net::SocketAddr};

use super::web;

/// Labels by name.
pub type Labels = BTreeMap<String, String>;

/// What `/metrics` said.
#[derive(Debug, Default)]
pub struct Exposition {
    /// The type of each family.
    pub types: BTreeMap<String, String>,
    samples: BTreeMap<String, BTreeMap<Labels, f64>>,
}

impl Exposition {
    /// Asks a server with the token of tests, and reads what it says.
    pub async fn scrape(address: SocketAddr) -> Self {
        let answer = web::get(address, "/metrics", &[web::BEARER]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        Self::read(&answer.body)
    }

    /// Reads a text, and fails with the line that is wrong.
    pub fn read(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line has no end");
        let mut exposition = Self::default();
        let mut lines = text.lines().peekable();
        while let Some(help) = lines.next() {
            let (name, _) = help.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' ')).expect(help);
            check_name(name, help);
            let type_line = lines.next().expect("a type follows");
            let kind = type_line.strip_prefix(&format!("# TYPE {name} ")).unwrap_or_else(|| panic!("{type_line}"));
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{type_line}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{type_line}");
            let before = exposition.types.insert(name.to_owned(), kind.to_owned());
            assert_eq!(before, None, "{name} is there twice");
            let mut of_family = Vec::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
                of_family.push(sample(line));
            }
            assert!(!of_family.is_empty(), "{name} has no samples");
            exposition.add(name, kind, of_family);
        }
        exposition
    }

    fn add(&mut self, family: &str, kind: &str, samples: Vec<(String, Labels, f64)>) {
        let suffixes: &[&str] = if kind == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
        let mut buckets: BTreeMap<Labels, Vec<(f64, f64)>> = BTreeMap::new();
        for (name, labels, value) in samples {
            let suffix = name.strip_prefix(family).unwrap_or_else(|| panic!("{name} stands under {family}"));
            assert!(suffixes.contains(&suffix), "{name} stands under the {kind} {family}");
            if kind != "gauge" {
                assert!(value >= 0.0, "{name} is {value}");
            }
            if suffix == "_bucket" {
                let mut of_series = labels.clone();
                let bound = number(&of_series.remove("le").expect("a bucket has a bound"));
                buckets.entry(of_series).or_default().push((bound, value));
            } else {
                assert!(!labels.contains_key("le"), "{name} has a bound");
            }
            let before = self.samples.entry(name.clone()).or_default().insert(labels.clone(), value);
            assert_eq!(before, None, "{name}{labels:?} is there twice");
        }
        for (labels, buckets) in buckets {
            let is_sorted = buckets.is_sorted_by(|one, next| one.0 < next.0 && one.1 <= next.1);
            assert!(is_sorted, "the buckets of {family}{labels:?} do not add up: {buckets:?}");
            let (bound, all) = *buckets.last().expect("there is one");
            assert_eq!(
                (bound, Some(all)),
                (f64::INFINITY, self.exact(&format!("{family}_count"), &labels)),
                "{family}"
            );
            assert!(self.exact(&format!("{family}_sum"), &labels).is_some(), "{family}{labels:?} has no sum");
        }
    }

    fn exact(&self, name: &str, labels: &Labels) -> Option<f64> {
        self.samples.get(name)?.get(labels).copied()
    }

    /// The value of the one series with exactly these labels.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        self.exact(name, &labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// The sum of all series that have these labels.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.series(name).filter(|(of, _)| has(of, labels)).map(|(_, value)| value).sum()
    }

    /// How many samples there are in all.
    pub fn len(&self) -> usize {
        self.samples.values().map(BTreeMap::len).sum()
    }

    /// All series of a name.
    fn series(&self, name: &str) -> impl Iterator<Item = (&Labels, f64)> {
        self.samples.get(name).into_iter().flatten().map(|(labels, value)| (labels, *value))
    }
}

fn has(labels: &Labels, wanted: &[(&str, &str)]) -> bool {
    wanted.iter().all(|(name, value)| labels.get(*name).is_some_and(|there| there == value))
}

fn sample(line: &str) -> (String, Labels, f64) {
    let name_ends = line.find(['{', ' ']).expect(line);
    let (name, mut rest) = line.split_at(name_ends);
    check_name(name, line);
    let mut labels = Labels::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        loop {
            let (label, after) = rest.split_once("=\"").expect(line);
            check_name(label, line);
            let (value, after) = quoted(after, line);
            assert_eq!(labels.insert(label.to_owned(), value), None, "{line}");
            match after.strip_prefix(',') {
                Some(next) => rest = next,
                None => break rest = after.strip_prefix('}').expect(line),
            }
        }
    }
    (name.to_owned(), labels, number(rest.strip_prefix(' ').expect(line)))
}

/// Reads up to the closing quote, and returns what comes after it.
fn quoted<'a>(text: &'a str, line: &str) -> (String, &'a str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.push(match chars.next() {
                Some((_, 'n')) => '\n',
                Some((_, c @ ('\\' | '"'))) => c,
                _ => panic!("{line}"),
            }),
            c => value.push(c),
        }
    }
    panic!("{line}")
}

fn number(text: &str) -> f64 {
    match text {
        "+Inf" => f64::INFINITY,
        text => text.parse().unwrap_or_else(|_| panic!("{text:?} is no number")),
    }
}

fn check_name(name: &str, line: &str) {
    let mut chars = name.chars();
    let is_first = |c: char| c.is_ascii_alphabetic() || c == '_';
    assert!(chars.next().is_some_and(is_first) && chars.all(|c| is_first(c) || c.is_ascii_digit()), "{line}");
}

#[test]
#[should_panic(expected = "is there twice")]
fn a_series_that_is_there_twice_is_refused() {
    Exposition::read("# HELP a_total A.\n# TYPE a_total counter\na_total{x=\"1\"} 1\na_total{x=\"1\"} 2\n");
}

#[test]
#[should_panic(expected = "do not add up")]
fn buckets_that_shrink_are_refused() {
    let head = "# HELP a A.\n# TYPE a histogram\n";
    Exposition::read(&format!("{head}a_bucket{{le=\"1\"}} 2\na_bucket{{le=\"+Inf\"}} 1\na_sum 1\na_count 1\n"));
}

#[test]
fn labels_are_read_with_what_is_escaped_in_them() {
    let read = Exposition::read("# HELP a A.\n# TYPE a gauge\na{x=\"\\\"}\\n\\\\,\",y=\"\"} -1.5\n");
    assert_eq!(read.value("a", &[("x", "\"}\n\\,"), ("y", "")]), Some(-1.5));
}
