//! `cpor serve`: the server.

use super::{error::CliError, logging, output};
use crate::{
    config::{Config, ServeOptions},
    server::{Server, StartError},
};

/// The options of `cpor serve`.
#[derive(Debug, clap::Args)]
pub struct Options {
    #[command(flatten)]
    serve: ServeOptions,
    /// The collector that receives traces by OTLP over HTTP, such as `http://127.0.0.1:4318`. Without it, none are sent.
    #[cfg(feature = "otel")]
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", hide_env_values = true, value_name = "URL")]
    otlp_endpoint: Option<String>,
}

/// Serves until a signal asks it to stop.
#[cfg(not(feature = "otel"))]
pub async fn run(options: Options) -> Result<(), CliError> {
    let config = options.serve.validate()?;
    logging::init(config.log_format, "info");
    serve(&config).await
}

/// Serves until a signal asks it to stop, and sends the traces that were not sent by then.
#[cfg(feature = "otel")]
pub async fn run(options: Options) -> Result<(), CliError> {
    use crate::telemetry::traces::Traces;

    let config = options.serve.validate()?;
    let traces = options.otlp_endpoint.as_deref().map(Traces::start).transpose();
    let remedy = "Set --otlp-endpoint to the http://host:port of a collector, or remove it.";
    let traces = traces.map_err(|wrong| CliError::usage(wrong, remedy))?;
    logging::init_with_traces(config.log_format, "info", traces.as_ref());
    let served = serve(&config).await;
    if let Some(traces) = traces
        && let Ok(Err(error)) = tokio::task::spawn_blocking(|| traces.flush()).await
    {
        tracing::warn!(error, "the last traces were not sent");
    }
    served
}

async fn serve(config: &Config) -> Result<(), CliError> {
    let server = Server::start(config).await?;
    output::line(&format!("cpor listens on http://{}", server.address()))?;
    Ok(server.run().await.map_err(StartError::from)?)
}
