//! Files on their way in: received into a temporary file while size, hash and media type are taken (P1).
//!
//! A stalled upload costs a file on the disk and a buffer of 32 KiB. The temporary file is gone with the last handle on it,
//! so an upload that is refused or aborted leaves nothing behind; [`super::Documents::keep`] puts it in place.
//! Writing and hashing are done on the threads for blocking work.

use std::{
    fs::File,
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use domain::history::hex;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::{DocumentsError, error::blocking, media_type};
use crate::{ids, private};

/// How much is collected before it is written.
const PIECE: usize = 32 * 1024;

/// The folder of temporary files.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Whether it was created for this process, and is deleted with it.
    is_own: bool,
}

impl Folder {
    /// A folder that other processes may use, too.
    pub(super) const fn shared(path: PathBuf) -> Self {
        Self { path, is_own: false }
    }

    /// A folder of this process, in the system's folder for temporary files.
    pub(super) fn own() -> Self {
        Self { path: std::env::temp_dir().join(format!("cpor-{}", ids::new())), is_own: true }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A new file in this folder, which is made if it is not there.
    fn new_file(self: &Arc<Self>) -> io::Result<(File, Temporary)> {
        private::make_folder(&self.path)?;
        let path = self.path.join(ids::new().to_string());
        let file = private::new_file(&path)?;
        Ok((file, Temporary { path, _folder: Arc::clone(self) }))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.is_own {
            // It was never made where nothing was uploaded.
            drop(std::fs::remove_dir_all(&self.path));
        }
    }
}

/// A temporary file, removed when this is dropped.
#[derive(Debug)]
pub(super) struct Temporary {
    path: PathBuf,
    _folder: Arc<Folder>,
}

impl Temporary {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, path = %self.path.display(), "a temporary file could not be deleted");
        }
    }
}

/// A file that is being received.
#[derive(Debug)]
pub struct Receiving {
    /// How many bytes are kept at most.
    limit: u64,
    size: u64,
    buffer: Vec<u8>,
    writing: Option<Writing>,
    looks: Arc<Semaphore>,
}

#[derive(Debug)]
struct Writing {
    file: File,
    hash: Sha256,
    kept: u64,
    temporary: Temporary,
}

impl Receiving {
    /// Begins to receive a file. Of one that is larger than `limit` a byte more is kept.
    pub(super) async fn begin(folder: Arc<Folder>, looks: Arc<Semaphore>, limit: u64) -> Result<Self, DocumentsError> {
        let (file, temporary) = blocking(move || folder.new_file()).await?;
        let writing = Some(Writing { file, hash: Sha256::new(), kept: 0, temporary });
        Ok(Self { limit: limit.saturating_add(1), size: 0, buffer: Vec::new(), writing, looks })
    }

    /// Takes the next bytes of the file.
    ///
    /// # Errors
    /// When they cannot be written, for instance because the disk is full.
    pub async fn write(&mut self, chunk: &[u8]) -> Result<(), DocumentsError> {
        let room = usize::try_from(self.limit.saturating_sub(self.size)).unwrap_or(usize::MAX);
        self.size = self.size.saturating_add(chunk.len() as u64);
        let mut kept = chunk.get(..room).unwrap_or(chunk);
        while !kept.is_empty() {
            let (now, later) = kept.split_at(kept.len().min(PIECE - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            kept = later;
            if self.buffer.len() == PIECE {
                self.flush().await?;
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), DocumentsError> {
        let mut writing = self.writing.take().ok_or_else(broken)?;
        let mut buffer = std::mem::take(&mut self.buffer);
        let done = blocking(move || {
            writing.hash.update(&buffer);
            writing.file.write_all(&buffer)?;
            writing.kept += buffer.len() as u64;
            buffer.clear();
            Ok((writing, buffer))
        });
        let (writing, buffer) = done.await?;
        (self.writing, self.buffer) = (Some(writing), buffer);
        Ok(())
    }

    /// Ends the file, and looks at its content. Files are looked at one at a time, so that only one is ever held whole.
    ///
    /// # Errors
    /// When its rest cannot be written.
    pub async fn end(mut self) -> Result<Received, DocumentsError> {
        self.flush().await?;
        let mut writing = self.writing.take().ok_or_else(broken)?;
        let look = self.looks.acquire_owned().await.map_err(|_| broken())?;
        let (media_type, writing) = blocking(move || {
            let _look = look;
            let mut content = Vec::new();
            writing.file.rewind()?;
            writing.file.read_to_end(&mut content)?;
            Ok((media_type::detect(&content), writing))
        })
        .await?;
        let Writing { hash, kept, temporary, .. } = writing;
        let content = Content::Temporary(Arc::new(temporary));
        Ok(Received { size: self.size, kept, sha256: hex(&hash.finalize()), media_type, content })
    }
}

/// An aborted upload is asked to continue.
fn broken() -> DocumentsError {
    DocumentsError::Unavailable("an upload continued after it had failed".to_owned())
}

/// A file that was received, looked at once; cheap to clone.
#[derive(Clone, Debug)]
pub struct Received {
    /// The size of the whole file in bytes.
    pub size: u64,
    /// How many bytes of it were kept: all of them, or a byte more than the limit.
    pub kept: u64,
    /// SHA-256 of the stored content, hexadecimal.
    pub sha256: String,
    /// The media type found by content; `None` if it is not an accepted one.
    pub media_type: Option<&'static str>,
    pub(super) content: Content,
}

/// Where the content of a received file is.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Temporary(Arc<Temporary>),
    Memory(Bytes),
}

impl From<Bytes> for Received {
    /// A small file that this program made itself.
    fn from(content: Bytes) -> Self {
        let size = content.len() as u64;
        Self {
            size,
            kept: size,
            sha256: hex(&Sha256::digest(&content)),
            media_type: media_type::detect(&content),
            content: Content::Memory(content),
        }
    }
}
