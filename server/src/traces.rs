//! Traces for an OpenTelemetry collector: a span for each request, server function and operation of the engine. Nothing is
//! made where no collector is named.
//!
//! A span says what was done and how long it took, and never with what: no query of an address, no content.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

use crate::Error;

/// What the collector calls this program.
const NAME: &str = "holdfast";
/// The crates whose spans are told.
const OWN: [&str; 4] = ["holdfast", "workbench", "app", "server"];

/// The way to a collector. What was not sent yet is sent when this is dropped.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// To the collector at this address, over HTTP: `http://localhost:4318`. It need not answer: what it does not take is
    /// lost, and nothing waits for it. `None` for an empty address.
    ///
    /// # Errors
    /// [`Error::Settings`] where it is no address.
    pub fn to(endpoint: &str) -> Result<Option<Self>, Error> {
        if endpoint.is_empty() {
            return Ok(None);
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .build();
        let exporter =
            exporter.map_err(|error| Error::Settings(format!("log.otlp_endpoint: {error}")))?;
        let about = Resource::builder().with_service_name(NAME).build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(about);
        Ok(Some(Self(provider.build())))
    }

    /// Takes the spans of whatever is logged through it.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer::<S>()
            .with_tracer(self.0.tracer(NAME))
            .with_filter(filter_fn(is_told))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last traces did not arrive");
        }
    }
}

fn is_told(about: &Metadata<'_>) -> bool {
    let krate = about.target().split("::").next().unwrap_or_default();
    about.is_span() && OWN.contains(&krate)
}
