//! Log lines on standard error.

use std::{io, panic};

use tracing_subscriber::{EnvFilter, Layer, Registry, layer::SubscriberExt, util::SubscriberInitExt};

#[cfg(feature = "otel")]
use super::traces::Traces;
use super::{fields::TextFields, outside};
use crate::config::LogFormat;

/// One of those who hear what is told.
pub(super) type AnyLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Turns logging on. `level` applies if `RUST_LOG` is not set; a second call changes nothing.
///
/// The filter applies to everything: the filter of a single layer is evaluated for every span that is entered, 40 times a request.
pub fn init(format: LogFormat, level: &str) {
    // An `Err` only says that logging is on already.
    drop(tracing_subscriber::registry().with(lines(format)).with(filter(level)).try_init());
    outside::prepare();
}

/// The same, with traces beside the log, which do not go by its filter.
#[cfg(feature = "otel")]
pub fn init_with_traces(format: LogFormat, level: &str, traces: Option<&Traces>) {
    let Some(traces) = traces else { return init(format, level) };
    let layers = vec![lines(format).with_filter(filter(level)).boxed(), traces.layer()];
    drop(tracing_subscriber::registry().with(layers).try_init());
    outside::prepare();
}

fn filter(level: &str) -> EnvFilter {
    EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level))
}

/// What writes the lines.
fn lines(format: LogFormat) -> AnyLayer {
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    match format {
        LogFormat::Text => lines.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).fmt_fields(TextFields).boxed(),
        LogFormat::Json => {
            log_panics();
            lines.json().with_current_span(false).boxed()
        }
    }
}

/// Logs a panic as a line, because the log must be JSON throughout. Its message may contain a caller's text, for
/// example of a bad index, so it is logged only at the level `debug`, and otherwise only its place.
fn log_panics() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "the code panicked");
        let text = panic.payload_as_str().unwrap_or_default();
        tracing::debug!(place, text, "the panic's text");
    }));
}
