//! `cpor verify`: checks that no claim, history entry or document was altered or removed (H3).

use clap::Args;

use super::{error::CliError, logging, output, progress::Progress};
use crate::{
    config::{LogFormat, StorageOptions},
    server,
};

/// The options of `cpor verify`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    storage: StorageOptions,
}

/// Checks everything and fails with the first violation.
pub async fn run(options: Options) -> Result<(), CliError> {
    logging::init(LogFormat::Text, "warn");
    let app = server::open(&options.storage, None, false, server::Purpose::Maintain).await?;
    let progress = Progress::new("claims, entries and documents verified", None);
    let report = app.verify(|done| progress.at(done.claims + done.entries + done.documents)).await?;
    progress.end();
    let done = report.verified;
    output::line(&format!(
        "verified: {} claims, {} history entries, {} documents",
        done.claims, done.entries, done.documents
    ))?;
    if report.strays.count > 0 {
        output::line(&format!(
            "content without a document: {} files, {} bytes, left by aborted uploads; a server deletes each after an hour",
            report.strays.count, report.strays.bytes
        ))?;
    }
    match report.broken {
        None => Ok(output::line("OK")?),
        Some(what) => Err(CliError::new(
            format!("BROKEN: {what}."),
            "The data was changed without the server: compare it with a backup, and check who can write to the database and the documents.",
        )),
    }
}
