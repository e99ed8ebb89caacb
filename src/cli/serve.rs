//! `cpor serve`: the server.

use super::{failure::Failure, logging, output};
use crate::{
    config::ServeOptions,
    server::{Server, StartError},
};

/// The options of `cpor serve`.
#[derive(Debug, clap::Args)]
pub struct Options {
    #[command(flatten)]
    serve: ServeOptions,
}

/// Serves until a signal asks it to stop.
pub async fn run(options: Options) -> Result<(), Failure> {
    let config = options.serve.validate()?;
    logging::init(config.log_format, "info");
    let server = Server::start(&config).await?;
    output::line(&format!("cpor listens on http://{}", server.address()))?;
    Ok(server.run().await.map_err(StartError::from)?)
}
