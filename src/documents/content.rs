//! Reads content piece by piece, and checks it against its hash on the way (P1).
//!
//! The last piece is sent only after the whole content was found to match its upload: a reader of damaged content never
//! gets all of it. This also holds for a part of the content. Everything is read and hashed, before the part and after
//! it, and of the part too the last piece is held back until then.

use std::{fs::File, io::Read, ops::Range};

use bytes::Bytes;
use domain::history::hex;
use futures_util::{StreamExt, stream::BoxStream};
use object_store::GetResultPayload;
use sha2::{Digest, Sha256};

use super::{DocumentsError, bounded, error::blocking};

/// How much is read at once, and so about how much a reader who does not go on costs.
const PIECE: usize = 32 * 1024;

/// Why content does not go on.
#[derive(Debug)]
pub enum ContentError {
    /// The store's own.
    Store(DocumentsError),
    /// It does not match the upload.
    Damaged,
}

impl From<DocumentsError> for ContentError {
    fn from(error: DocumentsError) -> Self {
        Self::Store(error)
    }
}

/// Content that is being read.
pub struct Content {
    source: Source,
    sha256: String,
    hash: Sha256,
    /// Where the next piece begins.
    at: u64,
    /// The part of the content to send.
    part: Range<u64>,
    /// The piece that waits for the next one, or for the end.
    held: Option<Bytes>,
}

enum Source {
    File(File),
    Stream(BoxStream<'static, object_store::Result<Bytes>>),
    Ended,
}

impl Content {
    pub(super) fn new(payload: GetResultPayload, sha256: &str, part: Range<u64>) -> Self {
        let source = match payload {
            GetResultPayload::File(file, _) => Source::File(file),
            GetResultPayload::Stream(stream) => Source::Stream(stream),
        };
        Self { source, sha256: sha256.to_owned(), hash: Sha256::new(), at: 0, part, held: None }
    }

    /// The next piece of the part; `None` at its end, after the whole content was found to match its upload.
    ///
    /// # Errors
    /// If the store fails, or the content does not match its upload. Reading cannot continue after that.
    pub async fn next(&mut self) -> Result<Option<Bytes>, ContentError> {
        while let Some(piece) = self.piece().await? {
            let piece = self.within(&piece);
            if !piece.is_empty()
                && let Some(before) = self.held.replace(piece)
            {
                return Ok(Some(before));
            }
        }
        if hex(&self.hash.clone().finalize()) != self.sha256 {
            self.held = None;
            return Err(ContentError::Damaged);
        }
        Ok(self.held.take())
    }

    /// Reads the rest and drops it.
    ///
    /// # Errors
    /// As [`Content::next`].
    pub async fn check(mut self) -> Result<(), ContentError> {
        while self.next().await?.is_some() {}
        Ok(())
    }

    /// The next piece of the content, already hashed.
    async fn piece(&mut self) -> Result<Option<Bytes>, ContentError> {
        let (source, mut hash) = (std::mem::replace(&mut self.source, Source::Ended), std::mem::take(&mut self.hash));
        let (source, piece) = match source {
            Source::Ended => (Source::Ended, Bytes::new()),
            Source::File(mut file) => {
                let read = blocking(move || {
                    let mut piece = Vec::with_capacity(PIECE);
                    file.by_ref().take(PIECE as u64).read_to_end(&mut piece)?;
                    hash.update(&piece);
                    Ok((file, piece, hash))
                });
                let (file, piece, hashed) = read.await?;
                hash = hashed;
                (Source::File(file), piece.into())
            }
            Source::Stream(mut stream) => {
                let piece = bounded(async { stream.next().await.transpose() }).await?.unwrap_or_default();
                let hashing = piece.clone();
                hash = blocking(move || {
                    hash.update(&hashing);
                    Ok(hash)
                })
                .await?;
                (Source::Stream(stream), piece)
            }
        };
        self.hash = hash;
        if piece.is_empty() {
            return Ok(None);
        }
        self.source = source;
        Ok(Some(piece))
    }

    /// What of the piece is within the part.
    fn within(&mut self, piece: &Bytes) -> Bytes {
        let (from, to) = (self.at, self.at + piece.len() as u64);
        self.at = to;
        let place = |at: u64| usize::try_from(at.clamp(from, to) - from).unwrap_or(piece.len());
        let (start, end) = (place(self.part.start), place(self.part.end));
        if start >= end { Bytes::new() } else { piece.slice(start..end) }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    fn content(pieces: &[&'static str], sha256_of: &str, part: Range<u64>) -> Content {
        let pieces: Vec<_> = pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes()))).collect();
        let payload = GetResultPayload::Stream(stream::iter(pieces).boxed());
        Content::new(payload, &hex(&Sha256::digest(sha256_of)), part)
    }

    async fn all(mut content: Content) -> (String, bool) {
        let mut out = String::new();
        loop {
            match content.next().await {
                Ok(Some(piece)) => out.push_str(std::str::from_utf8(&piece).unwrap()),
                Ok(None) => return (out, true),
                Err(_) => return (out, false),
            }
        }
    }

    #[tokio::test]
    async fn a_part_is_cut_out_wherever_the_pieces_end() {
        // P1
        for (part, expected) in
            [(0..9, "abcdefghi"), (0..1, "a"), (2..4, "cd"), (3..6, "def"), (4..9, "efghi"), (8..9, "i"), (5..5, "")]
        {
            let read = all(content(&["abc", "def", "ghi"], "abcdefghi", part.clone())).await;
            assert_eq!(read, (expected.to_owned(), true), "{part:?}");
        }
    }

    #[tokio::test]
    async fn damaged_content_never_goes_out_whole() {
        // P1: nor does a part of it, however early it ends.
        for (part, sent) in [(0..9, "abcdef"), (0..3, ""), (0..4, "abc"), (6..9, ""), (1..2, "")] {
            let read = all(content(&["abc", "def", "ghi"], "abcdefgh!", part.clone())).await;
            assert_eq!(read, (sent.to_owned(), false), "{part:?}");
        }
        assert_eq!(all(content(&["abc"], "abcdefghi", 0..9)).await, (String::new(), false), "cut short");
    }
}
