//! Putting received files in place: by a link within a folder, part by part into a bucket.

use std::{
    fs::{self, File},
    io::{self, Read},
    sync::Arc,
};

use object_store::{ObjectStoreExt, PutPayload, path::Path};

use super::{
    Documents, DocumentsError, TIMEOUT, bounded,
    error::blocking,
    incoming::{Content, Received, Temporary},
};
use crate::{ids, private};

/// The size of a part of a file on its way into a bucket: the least that S3 takes.
const PART: u64 = 5 * 1024 * 1024;
/// How many parts are in memory at once.
pub(super) const PARTS_AT_ONCE: usize = 3;

impl Documents {
    /// Puts a received file in place under a new key. The same file may be kept under several.
    ///
    /// # Errors
    /// The store's own.
    pub async fn keep(&self, key: &str, file: &Received) -> Result<(), DocumentsError> {
        let temporary = match &file.content {
            Content::Memory(content) => return self.put(key, content.clone()).await,
            Content::Temporary(temporary) => Arc::clone(temporary),
        };
        let path = Path::from(key);
        let Some(folder) = &self.place.folder else { return self.send(&path, temporary).await };
        let place = folder.path_to_filesystem(&path)?;
        let linking = blocking(move || link(&temporary, &place));
        match tokio::time::timeout(TIMEOUT, linking).await {
            Ok(done) => done,
            Err(_) => Err(DocumentsError::Unavailable(format!("no answer within {} s", TIMEOUT.as_secs()))),
        }
    }

    /// Sends a file into a bucket, never more than a part of it in memory.
    async fn send(&self, path: &Path, temporary: Arc<Temporary>) -> Result<(), DocumentsError> {
        let _permit = self.sending.acquire().await.map_err(|error| DocumentsError::Unavailable(error.to_string()))?;
        let file = blocking({
            let temporary = Arc::clone(&temporary);
            move || File::open(temporary.path())
        });
        let (file, first) = part(file.await?).await?;
        if (first.len() as u64) < PART {
            bounded(self.place.store.put(path, first.into())).await?;
            return Ok(());
        }
        let mut upload = bounded(self.place.store.put_multipart(path)).await?;
        let sent = async {
            let (mut file, mut next) = (file, first);
            while !next.is_empty() {
                bounded(upload.put_part(PutPayload::from(next))).await?;
                (file, next) = part(file).await?;
            }
            bounded(upload.complete()).await
        };
        let Err(error) = sent.await else { return Ok(()) };
        if let Err(left) = bounded(upload.abort()).await {
            tracing::warn!(error = left.for_the_log(), "parts of an upload could not be deleted from the bucket");
        }
        Err(error)
    }
}

/// The next part of a file.
async fn part(file: File) -> Result<(File, Vec<u8>), DocumentsError> {
    blocking(move || {
        let (mut file, mut part) = (file, Vec::new());
        file.by_ref().take(PART).read_to_end(&mut part)?;
        Ok((file, part))
    })
    .await
}

/// Stores a temporary file at its final place: by a hard link, or by a copy if the file system has none. An accepted
/// document survives a loss of power, like its row.
fn link(temporary: &Temporary, place: &std::path::Path) -> io::Result<()> {
    File::open(temporary.path())?.sync_all()?;
    if let Err(error) = fs::hard_link(temporary.path(), place) {
        if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::AlreadyExists) {
            return Err(error);
        }
        copy(temporary, place)?;
    }
    match place.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// A copy becomes visible under its name only when it is whole.
fn copy(temporary: &Temporary, place: &std::path::Path) -> io::Result<()> {
    let beside = temporary.path().with_file_name(ids::new().to_string());
    let copied = private::new_file(&beside).and_then(|mut copy| {
        io::copy(&mut File::open(temporary.path())?, &mut copy)?;
        copy.sync_all()?;
        fs::rename(&beside, place)
    });
    if copied.is_err() {
        drop(fs::remove_file(&beside));
    }
    copied
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn received(documents: &Documents, content: &[u8]) -> Received {
        let mut receiving = documents.receive(1 << 30).await.unwrap();
        for chunk in content.chunks(100_000) {
            receiving.write(chunk).await.unwrap();
        }
        receiving.end().await.unwrap()
    }

    async fn is_whole(documents: &Documents, key: &str, file: &Received) -> bool {
        let Ok(content) = documents.read(key, &file.sha256, 0..file.size).await else { return false };
        content.check().await.is_ok()
    }

    fn folder() -> (Documents, std::path::PathBuf) {
        let folder = std::env::temp_dir().join(format!("cpor-test-{}", ids::new()));
        (Documents::open(&format!("file://{}", folder.display())).unwrap(), folder)
    }

    #[tokio::test]
    async fn files_of_any_size_go_into_a_bucket() {
        // P1
        let documents = Documents::in_memory();
        for size in [0, 1, 70_000, 5 << 20, (11 << 20) + 7] {
            let file = received(&documents, &vec![7; size]).await;
            assert_eq!((file.size, file.kept), (size as u64, size as u64));
            let key = size.to_string();
            documents.keep(&key, &file).await.unwrap();
            assert!(is_whole(&documents, &key, &file).await, "{size}");
        }
        let folder = documents.place.incoming.path().to_owned();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "temporary files are gone");
        drop(documents);
        assert!(!folder.exists());
    }

    #[tokio::test]
    async fn a_file_may_be_kept_under_several_keys() {
        // P1
        let (documents, folder) = folder();
        let file = received(&documents, &vec![7; 300_000]).await;
        for key in ["one", "two"] {
            documents.keep(key, &file).await.unwrap();
        }
        drop(file.clone());
        documents.delete("one").await.unwrap();
        assert!(is_whole(&documents, "two", &file).await && !is_whole(&documents, "one", &file).await);
        assert!(documents.keep("two", &file).await.is_err(), "what is stored is never changed");
        let Content::Temporary(temporary) = &file.content else { panic!("it was received") };
        copy(temporary, &folder.join("three")).unwrap();
        assert!(is_whole(&documents, "three", &file).await);
        drop(file);
        assert_eq!(fs::read_dir(documents.place.incoming.path()).unwrap().count(), 0);
        fs::remove_dir_all(folder).unwrap();
    }
}
