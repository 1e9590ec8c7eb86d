//! Which traces without a decision are recorded: `OTEL_SAMPLE_RATE`, `OTEL_TRACES_SAMPLER`, `SOCKET_TRACKING_TAIL_KEEPING`.

use super::TelemetryConfigError;
use super::variables::Variables;

/// Which traces without a decision are recorded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SamplingConfig {
    /// Whether a parent's decision is followed.
    pub parent_based: bool,
    /// The share of traces recorded otherwise, 0 to 1.
    pub rate: f64,
    /// Whether requests that are not recorded are kept all the same when they fail or are slow.
    pub tail_keeping: bool,
}

/// Reads the sampler; `rate` is the share that is kept when nobody says. A sampler that is off drops everything, as the
/// specification has it, unless tail keeping is asked for by name.
///
/// # Errors
///
/// When `OTEL_SAMPLE_RATE` is no share, or `SOCKET_TRACKING_TAIL_KEEPING` neither true nor false.
pub(super) fn from_vars<F: Fn(&str) -> Option<String>>(
    vars: &mut Variables<F>,
    rate: f64,
) -> Result<SamplingConfig, TelemetryConfigError> {
    let ours = match vars.text("OTEL_SAMPLE_RATE") {
        None => None,
        Some(text) => match text.parse() {
            Ok(rate) if (0.0..=1.0).contains(&rate) => Some(rate),
            _ => return Err(TelemetryConfigError::value("OTEL_SAMPLE_RATE", text, "a number from 0 to 1")),
        },
    };
    let tail_keeping = vars.switch("SOCKET_TRACKING_TAIL_KEEPING")?;
    let sampler =
        |parent_based, rate| SamplingConfig { parent_based, rate, tail_keeping: tail_keeping.unwrap_or(true) };
    let off =
        |parent_based| SamplingConfig { tail_keeping: tail_keeping.unwrap_or(false), ..sampler(parent_based, 0.0) };
    let fallback = sampler(true, ours.unwrap_or(rate));
    let Some(name) = vars.text("OTEL_TRACES_SAMPLER") else { return Ok(fallback) };
    let ratio = |vars: &mut Variables<F>| {
        let argument = vars.text("OTEL_TRACES_SAMPLER_ARG");
        match argument.as_deref().map(str::parse::<f64>) {
            None => 1.0,
            Some(Ok(rate)) if (0.0..=1.0).contains(&rate) => rate,
            Some(_) => {
                vars.warn("OTEL_TRACES_SAMPLER_ARG is not a number from 0 to 1; 1 is used");
                1.0
            }
        }
    };
    let sampling = match name.to_ascii_lowercase().as_str() {
        "always_on" => sampler(false, 1.0),
        "always_off" => off(false),
        "traceidratio" => sampler(false, ratio(vars)),
        "parentbased_always_on" => sampler(true, 1.0),
        "parentbased_always_off" => off(true),
        "parentbased_traceidratio" => sampler(true, ratio(vars)),
        _ => {
            vars.warn(format!("OTEL_TRACES_SAMPLER is {name:?}, which is not known; it is ignored"));
            return Ok(fallback);
        }
    };
    if ours.is_some() {
        vars.warn("OTEL_TRACES_SAMPLER and OTEL_SAMPLE_RATE are both set; OTEL_TRACES_SAMPLER is used");
    }
    Ok(sampling)
}
