//! Log lines on standard error.

use std::{io, panic};

use tracing_subscriber::{EnvFilter, Layer, Registry, layer::SubscriberExt, util::SubscriberInitExt};

#[cfg(feature = "otel")]
use super::traces::Traces;
use crate::config::LogFormat;

/// One of those who hear what is told.
pub(super) type AnyLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Turns logging on. `level` applies if `RUST_LOG` is not set; a second call changes nothing.
pub fn init(format: LogFormat, level: &str) {
    begin(vec![lines(format, level)]);
}

/// The same, with traces beside the log.
#[cfg(feature = "otel")]
pub fn init_with_traces(format: LogFormat, level: &str, traces: Option<&Traces>) {
    begin([Some(lines(format, level)), traces.map(Traces::layer)].into_iter().flatten().collect());
}

fn begin(layers: Vec<AnyLayer>) {
    // An `Err` only means that logging is already on.
    drop(tracing_subscriber::registry().with(layers).try_init());
}

/// What writes the lines.
fn lines(format: LogFormat, level: &str) -> AnyLayer {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    match format {
        LogFormat::Text => {
            let ansi = io::IsTerminal::is_terminal(&io::stderr());
            lines.with_ansi(ansi).with_filter(filter).boxed()
        }
        LogFormat::Json => {
            log_panics();
            lines.json().with_current_span(false).with_filter(filter).boxed()
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
