//! The demo's folder and its secret, which outlives a restart so that tokens do too.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    path::Path,
};

use crate::{cli::error::CliError, config::Secret, ids};

/// Makes the folder, for its owner only.
pub fn folder(path: &Path) -> Result<(), CliError> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path).map_err(|error| {
        CliError::new(
            format!("The folder {} cannot be made: {error}.", path.display()),
            "Run the demo in a folder that you may write to.",
        )
    })
}

/// The secret of an earlier start, or a new one.
pub fn secret(path: &Path) -> Result<Secret, CliError> {
    let known = match private().create_new(true).open(path) {
        Ok(file) => written(file),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::read_to_string(path).map(|text| text.trim().to_owned())
        }
        Err(error) => Err(error),
    };
    let text = known.map_err(|error| {
        CliError::new(
            format!("The secret in {} cannot be kept: {error}.", path.display()),
            "Check the folder's permissions.",
        )
    })?;
    Ok(Secret::from(text))
}

/// Writes a file that only its owner may read.
pub fn keep(path: &Path, text: &str) -> io::Result<()> {
    let mut file = private().create(true).truncate(true).open(path)?;
    file.write_all(text.as_bytes())
}

/// 256 random bits as text.
fn written(mut file: File) -> io::Result<String> {
    let [a, b, c, d]: [u64; 4] = std::array::from_fn(|_| ids::random());
    let text = format!("{a:016x}{b:016x}{c:016x}{d:016x}");
    writeln!(file, "{text}")?;
    file.sync_all()?;
    Ok(text)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
