//! Reading single variables: text, numbers, truth values, lists of pairs.

use super::TelemetryConfigError;

/// Looks variables up and collects what is to be warned about.
pub(super) struct Variables<F> {
    get: F,
    warnings: Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> Variables<F> {
    pub(super) fn new(get: F) -> Self {
        Self { get, warnings: Vec::new() }
    }

    pub(super) fn warn(&mut self, warning: impl Into<String>) {
        self.warnings.push(warning.into());
    }

    pub(super) fn into_warnings(self) -> Vec<String> {
        self.warnings
    }

    /// A variable's text; an empty one is as good as unset.
    pub(super) fn text(&self, variable: &str) -> Option<String> {
        let text = (self.get)(variable)?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A truth value of ours.
    pub(super) fn bool(&self, variable: &str, default: bool) -> Result<bool, TelemetryConfigError> {
        Ok(self.switch(variable)?.unwrap_or(default))
    }

    /// A truth value of ours for which it matters whether it is set.
    pub(super) fn switch(&self, variable: &str) -> Result<Option<bool>, TelemetryConfigError> {
        let Some(value) = self.text(variable) else { return Ok(None) };
        match value.to_ascii_lowercase().as_str() {
            "true" | "1" | "on" | "yes" => Ok(Some(true)),
            "false" | "0" | "off" | "no" => Ok(Some(false)),
            _ => Err(TelemetryConfigError::value(variable, value, "true or false")),
        }
    }

    /// A number of ours.
    pub(super) fn number(&self, variable: &str, default: u32) -> Result<u32, TelemetryConfigError> {
        self.whole(variable, default)
    }

    /// A number of ours that may be large.
    pub(super) fn large_number(&self, variable: &str, default: u64) -> Result<u64, TelemetryConfigError> {
        self.whole(variable, default)
    }

    fn whole<N: std::str::FromStr>(&self, variable: &str, default: N) -> Result<N, TelemetryConfigError> {
        let Some(value) = self.text(variable) else { return Ok(default) };
        value.parse().map_err(|_| TelemetryConfigError::value(variable, value, "a whole number"))
    }

    /// A truth value of the specification: whatever is not `true` is false.
    pub(super) fn standard_bool(&mut self, variable: &str, default: bool) -> bool {
        match self.text(variable).map(|text| text.to_ascii_lowercase()).as_deref() {
            None => default,
            Some("true") => true,
            Some("false") => false,
            Some(text) => {
                self.warn(format!("{variable} is {text:?}, which is neither true nor false; false is used"));
                false
            }
        }
    }

    /// A number of the specification: a wrong one is as good as unset.
    pub(super) fn standard_number(&mut self, variable: &str, default: u64) -> u64 {
        self.standard_limit(variable, Some(default)).unwrap_or(default)
    }

    /// A number of the specification that need not be there: a wrong one is as good as unset.
    pub(super) fn standard_limit(&mut self, variable: &str, default: Option<u64>) -> Option<u64> {
        match self.text(variable).map(|text| text.parse()) {
            None => default,
            Some(Ok(number)) => Some(number),
            Some(Err(_)) => {
                let used = default.map_or("no limit".to_owned(), |default| default.to_string());
                self.warn(format!("{variable} is not a whole number; {used} is used"));
                default
            }
        }
    }
}

/// Reads `name=value,name=value`; values are percent-decoded, and one whose percent signs mean nothing stays raw.
pub(super) fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    text.split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let (name, value) = (name.trim(), value.trim());
            (!name.is_empty()).then(|| (name.to_owned(), percent_decoded(value).unwrap_or_else(|| value.to_owned())))
        })
        .collect()
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            u8::try_from(digit()? * 16 + digit()?).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok()
}
