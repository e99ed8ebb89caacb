//! Traces by OTLP over HTTP: a span for each request and operation, sent in batches in the background.
//!
//! Only the spans of the log are sent, not its lines. They hold no client's text but the request's id and path.

use std::{
    future::{Future, poll_fn},
    time::Duration,
};

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{SdkTracerProvider, SpanData, SpanExporter},
};
use tokio::runtime::Handle;
use tracing_subscriber::{Layer, filter::filter_fn};

use super::logging::AnyLayer;

/// The path of traces below a collector's address.
const PATH: &str = "/v1/traces";

/// Where spans go, until they are [`Traces::flush`]ed.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Starts sending spans to the collector at this address, such as `http://127.0.0.1:4318`. Within a runtime only.
    ///
    /// # Errors
    /// The error in the address, as a sentence.
    pub fn start(endpoint: &str) -> Result<Self, String> {
        // The client below has no TLS: the collector runs on the same machine, and itself uses TLS.
        if !endpoint.starts_with("http://") {
            return Err(format!("{endpoint:?} is not the http address of a collector."));
        }
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_endpoint(format!("{}{PATH}", endpoint.trim_end_matches('/')))
            .build()
            .map_err(|error| format!("Traces cannot be sent to {endpoint}: {error}."))?;
        let exporter = OnRuntime { exporter, runtime: Handle::current() };
        let resource = Resource::builder()
            .with_service_name("cpor")
            .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build()).build();
        Ok(Self(provider))
    }

    /// What hands the spans over.
    pub(super) fn layer(&self) -> AnyLayer {
        let is_sent = filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with(super::spans::TARGET));
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("cpor"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_filter(is_sent)
            .boxed()
    }

    /// Sends pending spans. Blocks for some seconds if the collector does not accept them.
    ///
    /// # Errors
    /// The reason, for the log.
    pub fn flush(self) -> Result<(), String> {
        self.0.shutdown().map_err(|error| error.to_string())
    }
}

/// Sends on the server's runtime: the batches come from a thread of their own, and the client needs timers and sockets.
#[derive(Debug)]
struct OnRuntime<E> {
    exporter: E,
    runtime: Handle,
}

impl<E: SpanExporter> SpanExporter for OnRuntime<E> {
    fn export(&self, batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        let mut sending = Box::pin(self.exporter.export(batch));
        poll_fn(move |task| {
            let _inside = self.runtime.enter();
            sending.as_mut().poll(task)
        })
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
