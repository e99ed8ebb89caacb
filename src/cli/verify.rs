//! `cpor verify`: the proof that nothing was altered or removed (H3).

use clap::Args;

use super::{failure::Failure, logging, output, progress::Progress};
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

/// Walks over everything; fails with the first thing that is broken.
pub async fn run(options: Options) -> Result<(), Failure> {
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
            "content without a document: {} files, {} bytes, left by uploads that were cut off; a server removes each once it is an hour old",
            report.strays.count, report.strays.bytes
        ))?;
    }
    match report.broken {
        None => Ok(output::line("OK")?),
        Some(what) => Err(Failure::new(
            format!("BROKEN: {what}."),
            "Somebody or something changed the data behind the server's back: compare with a backup, and look at who can write to the database and the documents.",
        )),
    }
}
