//! Folders and files that only the user of the process may access, since they hold claims, contacts and proofs.

use std::{fs, io, path::Path};

/// Creates a folder and its parents with mode 0700. An existing folder is left unchanged.
///
/// # Errors
/// The system's.
pub fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Creates an empty file with mode 0600. An existing file is left unchanged.
///
/// # Errors
/// The system's.
pub fn make_file(path: &Path) -> io::Result<()> {
    match new_file(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Creates a file with mode 0600 and opens it for reading and writing.
///
/// # Errors
/// The system's, also where the file exists.
pub fn new_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
