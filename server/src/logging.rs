//! The log: one line an event on standard output, as text or JSON; and traces, where a collector is named.

use tracing_subscriber::{
    EnvFilter, Layer as _, Registry, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::{
    Error,
    settings::{LogFormat, LogSettings},
    traces::Traces,
};

/// Starts the log. `RUST_LOG`, where it is set, wins over the settings. A second call does nothing. Traces go out as long as
/// what this gives is held.
///
/// # Errors
/// [`Error::Settings`] where there can be no collector at `log.otlp_endpoint`.
pub fn start_logging(settings: &LogSettings) -> Result<Option<Traces>, Error> {
    let filter = EnvFilter::try_from_default_env()
        .or_else(|_| EnvFilter::try_new(&settings.filter))
        .unwrap_or_else(|_| EnvFilter::new("info"));
    let traces = Traces::to(&settings.otlp_endpoint)?;
    let lines = tracing_subscriber::fmt::layer::<Registry>();
    let lines = match settings.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let started = match &traces {
        // The filter is for all then, and a span that nobody wants costs a look at a number.
        None => tracing_subscriber::registry()
            .with(lines)
            .with(filter)
            .try_init(),
        Some(traces) => tracing_subscriber::registry()
            .with(lines.with_filter(filter))
            .with(traces.layer())
            .try_init(),
    };
    drop(started);
    Ok(traces)
}
