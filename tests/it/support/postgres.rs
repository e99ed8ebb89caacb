//! The test process's own PostgreSQL: started once, when the first test needs it, and gone with the process.

use std::{
    io::{BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

/// A running cluster. Its script ends it when the pipe to its standard input closes, which happens with this process,
/// however that ends.
struct Cluster {
    socket_folder: String,
    _script: Child,
}

static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();

/// The address of a database of the cluster, which this starts if it does not run yet.
pub fn address(database: &str) -> String {
    match CLUSTER.get_or_init(start) {
        Ok(cluster) => format!("postgres://postgres@localhost/{database}?host={}", cluster.socket_folder),
        // Never a skipped test: what was not run was not shown to work.
        Err(reason) => {
            panic!("no PostgreSQL for the tests; run scripts/test, which installs what is missing.\n{reason}")
        }
    }
}

fn start() -> Result<Cluster, String> {
    let mut script = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres.sh"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Its own group: Ctrl-C ends the tests, and the script then ends the cluster in good order.
        .process_group(0)
        .spawn()
        .map_err(|error| format!("tests/postgres.sh: {error}"))?;
    let mut line = String::new();
    if let Some(output) = script.stdout.take() {
        BufReader::new(output).read_line(&mut line).map_err(|error| error.to_string())?;
    }
    if let Some(folder) = line.trim().strip_prefix("ready ") {
        return Ok(Cluster { socket_folder: folder.to_owned(), _script: script });
    }
    let mut reason = String::new();
    if let Some(mut errors) = script.stderr.take() {
        errors.read_to_string(&mut reason).map_err(|error| error.to_string())?;
    }
    Err(reason)
}
