//! Proof that nothing was altered or removed (H3): every hash chain, and the invariants beside it.

use domain::kinds::ClaimStatus;

use super::{App, AppError, Strays};
use crate::{
    documents::{ContentError, DocumentsError},
    store::{
        StoreError, derived,
        documents::Document,
        verify::{self, ClaimHead, Stored},
    },
};

/// How far a walk has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Claims whose chain is whole, deleted drafts included.
    pub claims: u64,
    /// Entries in those chains.
    pub entries: u64,
    /// Documents whose content matches the upload.
    pub documents: u64,
}

/// What a walk found.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was checked.
    pub verified: Verified,
    /// The first thing that is broken, in words that name its row; `None` if all is well.
    pub broken: Option<String>,
    /// Content without a document, which a server removes once it is an hour old. Not counted where something is broken.
    pub strays: Strays,
}

impl Report {
    fn broken(verified: Verified, what: String) -> Self {
        Self { verified, broken: Some(what), strays: Strays::default() }
    }
}

impl App {
    /// Checks every chain, association and document and stops at the first violation. `progress` is called now and then
    /// with what was checked.
    ///
    /// # Errors
    /// Database errors; a row that cannot be read at all is a violation, not an error.
    pub async fn verify(&self, progress: impl Fn(Verified) + Send) -> Result<Report, AppError> {
        let mut verified = Verified::default();
        match self.walk(&mut verified, progress).await {
            Ok(()) => Ok(Report { verified, broken: None, strays: self.strays().await? }),
            Err(Stop::Broken(what)) => Ok(Report::broken(verified, what)),
            Err(Stop::Store(StoreError::Corrupt(table, key))) => {
                Ok(Report::broken(verified, format!("{table} row {key} holds a value that cannot be read")))
            }
            Err(Stop::Store(error)) => Err(error.into()),
            Err(Stop::App(error)) => Err(error),
        }
    }

    async fn walk(&self, verified: &mut Verified, progress: impl Fn(Verified) + Send) -> Result<(), Stop> {
        let mut after = None;
        loop {
            let claims = verify::claims_after(self.db(), after).await?;
            let Some(last) = claims.last() else { break };
            after = Some(last.id);
            let ids: Vec<_> = claims.iter().map(|claim| claim.id).collect();
            let mut histories = verify::histories(self.db(), &ids).await?;
            for claim in &claims {
                let entries = histories.remove(&claim.id).unwrap_or_default();
                chain(claim, &entries)?;
                verified.claims += 1;
                verified.entries += entries.len() as u64;
            }
            progress(*verified);
        }
        if let Some(id) = verify::history_without_claim(self.db()).await? {
            return Err(Stop::Broken(format!("the history contains claim {id}, which does not exist")));
        }
        if let Some(subject) = verify::subject_held_twice(self.db()).await? {
            return Err(Stop::Broken(format!("{subject} has more than one live association")));
        }
        if let Some(name) = derived::disagreeing(self.db()).await? {
            return Err(Stop::Broken(format!(
                "{name}, which lists and counts read, does not match the rows it is derived from"
            )));
        }
        self.walk_documents(verified, progress).await
    }

    async fn walk_documents(&self, verified: &mut Verified, progress: impl Fn(Verified) + Send) -> Result<(), Stop> {
        let mut after = None;
        loop {
            let documents = verify::documents_after(self.db(), after).await?;
            let Some(last) = documents.last() else { return Ok(()) };
            after = Some(last.id);
            for document in &documents {
                self.check_content(document).await?;
                verified.documents += 1;
            }
            progress(*verified);
        }
    }

    /// Reads a document's content to its end.
    async fn check_content(&self, document: &Document) -> Result<(), Stop> {
        let id = document.id;
        let checked = match self.documents().read(&document.storage_key, &document.sha256, 0..0).await {
            Ok(content) => content.check().await,
            Err(error) => Err(error.into()),
        };
        checked.map_err(|error| match error {
            ContentError::Store(DocumentsError::Gone(_)) => {
                Stop::Broken(format!("the content of document {id} is missing"))
            }
            ContentError::Store(away) => Stop::App(away.into()),
            ContentError::Damaged => Stop::Broken(format!("the content of document {id} does not match its upload")),
        })
    }
}

/// Why the walk ended early.
enum Stop {
    Broken(String),
    Store(StoreError),
    App(AppError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// One claim's chain: places without gaps, each hash over the entry's content and the previous hash, rising positions,
/// and the end that is recorded beside the claim.
fn chain(claim: &ClaimHead, entries: &[Stored]) -> Result<(), Stop> {
    let mut previous: Option<&Stored> = None;
    for (stored, seq) in entries.iter().zip(1..) {
        let named =
            format!("entry {} (place {} of claim {}, {})", stored.entry.id, stored.entry.seq, claim.id, claim.number);
        if stored.entry.seq != seq {
            return Err(Stop::Broken(format!("{named} is at place {seq}: an entry was removed")));
        }
        if !stored.as_written || stored.entry.hash(previous.map(|before| before.hash.as_str())) != stored.hash {
            return Err(Stop::Broken(format!("{named} does not match its hash: it was altered")));
        }
        if previous.is_some_and(|before| before.position >= stored.position) {
            return Err(Stop::Broken(format!("{named} has a lower position than the entry before it")));
        }
        previous = Some(stored);
    }
    let length = claim.history_length.unwrap_or(0);
    let ends = entries.len() == usize::try_from(length).unwrap_or(usize::MAX)
        && previous.map(|last| last.hash.as_str()) == claim.history_hash.as_deref();
    if !ends || claim.history_length.is_none() {
        return Err(Stop::Broken(format!(
            "the history of claim {} ({}) does not end where its recorded head says: entries were removed or added",
            claim.id, claim.number
        )));
    }
    let told = entries.iter().rev().find_map(|stored| stored.entry.event.to).unwrap_or(ClaimStatus::Editing);
    if told.as_str() != claim.status {
        return Err(Stop::Broken(format!(
            "claim {} ({}) is {}, but its history ends with {told}: its row was altered",
            claim.id, claim.number, claim.status
        )));
    }
    if claim.version < 1 || claim.version > length {
        return Err(Stop::Broken(format!(
            "claim {} ({}) has version {}, which its {} entries cannot produce",
            claim.id, claim.number, claim.version, length
        )));
    }
    Ok(())
}
