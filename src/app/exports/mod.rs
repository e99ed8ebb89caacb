//! Exports: one list as its caller sees it, from one snapshot, some rows at a time (B3).
//!
//! An [`Export`] counts its rows before the first one is read, so that the count is known in advance. It keeps the
//! snapshot's connection until it is dropped: its holder must not wait for a slow client without a limit.

mod cells;
mod format;
mod rows;

use std::time::Duration;

use domain::{caller::Caller, history::hex, kinds::Scope, policy::Policy, time::Timestamp};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{App, AppError};
use crate::store::{
    Snapshot,
    export::{Noun as Stored, Selection},
    history::{Position, decode_place, encode_position, log},
};
use cells::Cell;
pub use format::{Format, csv_cell};

/// How many rows are read and written at once: few at first, then as many as make [`PART`].
const FIRST_ROWS: u64 = 50;
const FEWEST_ROWS: u64 = 10;
const MOST_ROWS: u64 = 500;

/// How many bytes are written at once, about: rows of long texts take the same memory as short ones.
const PART: u64 = 512 * 1024;

/// How long to wait before a snapshot is taken again, in the hope that it is settled.
const AGAIN_AFTER: Duration = Duration::from_millis(20);

/// What can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// Claims, by id.
    Claims,
    /// The history, in the order of the log.
    History,
    /// Incentive evaluations, by claim.
    Evaluations,
    /// Associations, by id.
    Associations,
}

impl Noun {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Claims, Self::History, Self::Evaluations, Self::Associations];

    /// Its name in addresses and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claims => "claims",
            Self::History => "history",
            Self::Evaluations => "evaluations",
            Self::Associations => "associations",
        }
    }

    /// The scopes that it needs: those of what it shows (A5). An entry of the history names its claim and shows its comment.
    #[must_use]
    pub const fn scopes(self) -> &'static [Scope] {
        match self {
            Self::Claims | Self::Evaluations | Self::Associations => &[Scope::ClaimsRead],
            Self::History => &[Scope::HistoryRead, Scope::ClaimsRead],
        }
    }

    const fn stored(self) -> Stored {
        match self {
            Self::Claims => Stored::Claims,
            Self::History => Stored::History,
            Self::Evaluations => Stored::Evaluations,
            Self::Associations => Stored::Associations,
        }
    }
}

/// How the API names what is exported.
#[derive(Clone, Copy, Debug)]
pub struct Naming {
    /// The global id of a claim.
    pub claim: fn(Uuid) -> String,
    /// The global id of an association.
    pub association: fn(Uuid) -> String,
}

/// What the caller requests.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What to export.
    pub noun: Noun,
    /// In which form.
    pub format: Format,
    /// Only what changed after this position in the history.
    pub since: Option<String>,
    /// How the API names things.
    pub naming: Naming,
}

/// What an export consisted of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// How many rows were written, the line of names aside.
    pub rows: u64,
    /// How many bytes.
    pub bytes: u64,
    /// The SHA-256 of those bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// The position in the history after which the caller goes on.
    pub position: String,
}

/// An export that is being written.
#[derive(Debug)]
pub struct Export {
    snapshot: Snapshot,
    selection: Selection,
    asked: Asked,
    view: View,
    rows: u64,
    position: String,
    next: Next,
    /// How many rows are read next.
    limit: u64,
    written: u64,
    bytes: u64,
    hash: Sha256,
}

/// What rows are judged by: the same for all of an export.
#[derive(Clone, Debug)]
struct View {
    now: Timestamp,
    policy: Policy,
}

/// After which row the export goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// At the beginning.
    First,
    /// After the row with this key.
    After(Key),
    /// Nothing is left.
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Id(Uuid),
    Position(Position),
}

impl App {
    /// Begins an export: takes its snapshot and counts its rows.
    ///
    /// On PostgreSQL a snapshot may show changes whose entries are not settled, because an older transaction still runs. It is
    /// taken again for as long as a reader of the history waits for that; then the export uses the latest snapshot. Its position
    /// is a settled one in any case, so that nothing is missed after it.
    ///
    /// # Errors
    /// `FORBIDDEN` without the scopes; malformed input for a `since` that is not a position; the database's.
    pub async fn export(&self, caller: &Caller, asked: Asked) -> Result<Export, AppError> {
        if let Some(scope) = asked.noun.scopes().iter().find(|scope| !caller.has(**scope)) {
            return Err(AppError::Forbidden(format!("This needs the scope {scope}.")));
        }
        let snapshot = self.settled_snapshot().await?;
        let since = match &asked.since {
            Some(text) => Some(self.checkpoint(&snapshot, text).await?),
            None => None,
        };
        let selection = Selection { caller: caller.clone(), since };
        let rows = selection.count(&snapshot, asked.noun.stored()).await?;
        let position = encode_position(selection.position(&snapshot).await?.unwrap_or_default());
        Ok(Export {
            snapshot,
            selection,
            asked,
            view: View { now: self.now(), policy: self.policy().clone() },
            rows,
            position,
            next: Next::First,
            limit: FIRST_ROWS,
            written: 0,
            bytes: 0,
            hash: Sha256::new(),
        })
    }

    async fn settled_snapshot(&self) -> Result<Snapshot, AppError> {
        let timeout = tokio::time::sleep(self.tail().settle_timeout());
        tokio::pin!(timeout);
        loop {
            let snapshot = self.db().snapshot().await?;
            if snapshot.is_settled() || timeout.is_elapsed() {
                return Ok(snapshot);
            }
            drop(snapshot);
            tokio::select! {
                () = &mut timeout => {}
                () = tokio::time::sleep(AGAIN_AFTER) => {}
            }
        }
    }

    async fn checkpoint(&self, snapshot: &Snapshot, text: &str) -> Result<Position, AppError> {
        let found = match decode_place(text) {
            Some(place) => log::position_of(snapshot, place).await?,
            None => None,
        };
        found.ok_or_else(|| {
            AppError::BadInput(
                "since is not a position of this history. Use the position of an export or of an entry of the history."
                    .to_owned(),
            )
        })
    }
}

impl Export {
    /// How many rows it has.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// How many rows were written so far.
    #[must_use]
    pub const fn written(&self) -> u64 {
        self.written
    }

    /// The position in the history after which the caller goes on: `history(after:)` and subscriptions with it have everything
    /// that the export has not.
    #[must_use]
    pub fn position(&self) -> &str {
        &self.position
    }

    /// The next part of the content; nothing at its end.
    ///
    /// # Errors
    /// Database errors; an internal error if the rows are not as many as were counted.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, AppError> {
        let mut out = Vec::new();
        if self.next == Next::First {
            self.asked.format.begin(&mut out, rows::columns(self.asked.noun));
        }
        // The names come together with the first rows: `read` is what goes on from one part to the next.
        while self.next != Next::Done {
            self.read(&mut out).await?;
            if !out.is_empty() {
                break;
            }
        }
        if out.is_empty() {
            return Ok(None);
        }
        self.bytes += out.len() as u64;
        self.hash.update(&out);
        Ok(Some(out))
    }

    /// Reads the next rows and writes them.
    async fn read(&mut self, out: &mut Vec<u8>) -> Result<(), AppError> {
        let (rows, last) = self.page().await?;
        let before = out.len();
        for row in &rows {
            self.asked.format.row(out, rows::columns(self.asked.noun), row);
        }
        let (count, bytes) = (rows.len() as u64, (out.len() - before) as u64);
        self.written += count;
        self.next = if count < self.limit { Next::Done } else { last.map_or(Next::Done, Next::After) };
        self.limit = (PART * count / bytes.max(1)).clamp(FEWEST_ROWS, MOST_ROWS);
        if self.next == Next::Done && self.written != self.rows {
            return Err(AppError::Internal(format!("{} rows were counted and {} exported", self.rows, self.written)));
        }
        Ok(())
    }

    async fn page(&self) -> Result<(Vec<Vec<Cell>>, Option<Key>), AppError> {
        let Self { snapshot, selection, asked: Asked { naming, .. }, view, limit, .. } = self;
        let limit = *limit;
        let caller = &selection.caller;
        let (id, position) = match self.next {
            Next::After(Key::Id(id)) => (Some(id), None),
            Next::After(Key::Position(position)) => (None, Some(position)),
            Next::First | Next::Done => (None, None),
        };
        Ok(match self.asked.noun {
            Noun::Claims => {
                let found = selection.claims_after(snapshot, id, limit).await?;
                let last = found.last().map(|row| Key::Id(row.claim.id));
                (found.iter().map(|row| rows::claim(row, caller, view, naming)).collect(), last)
            }
            Noun::History => {
                let found = selection.history_after(snapshot, position, limit).await?;
                let last = found.last().map(|row| Key::Position(row.entry.position));
                (found.iter().map(|row| rows::entry(row, caller, naming)).collect(), last)
            }
            Noun::Evaluations => {
                let found = selection.evaluations_after(snapshot, id, limit).await?;
                let last = found.last().map(|row| Key::Id(row.evaluation.claim_id));
                (found.iter().map(|row| rows::evaluation(row, naming)).collect(), last)
            }
            Noun::Associations => {
                let found = selection.associations_after(snapshot, id, limit).await?;
                let last = found.last().map(|row| Key::Id(row.id));
                (found.iter().map(|row| rows::association(row, naming)).collect(), last)
            }
        })
    }

    /// What was written, once [`Self::next`] has come to the end.
    #[must_use]
    pub fn manifest(&self) -> Manifest {
        Manifest {
            rows: self.written,
            bytes: self.bytes,
            sha256: hex(&self.hash.clone().finalize()),
            position: self.position.clone(),
        }
    }
}
