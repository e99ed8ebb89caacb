//! What happened, read past the server, and what of it a subscriber must get.

use std::collections::{HashMap, HashSet};

use crate::support::{Backend, database::Database, ids};

/// What a subscriber asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feed {
    History {
        claim: Option<String>,
    },
    /// Changes of status; where the list is not empty, to one of these.
    Statuses {
        claim: Option<String>,
        to: Vec<&'static str>,
    },
    Comments {
        claim: String,
    },
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    Vendor,
    /// The partner with this id.
    Partner(String),
}

/// An entry of the history.
#[derive(Clone, Debug)]
struct Entry {
    claim: String,
    partner: String,
    hash: String,
    from: String,
    to: String,
    at: String,
    comment: String,
    internal: bool,
    /// Its place on the claim.
    seq: usize,
    /// Whether it had not been submitted when this happened.
    before_submission: bool,
}

/// The history of a load, in the order of the log.
pub struct Truth {
    entries: Vec<Entry>,
    /// Everything that was written, as one text.
    words: String,
}

impl Truth {
    /// Reads what happened after the first `before` entries.
    pub async fn read(database: &Database, before: usize) -> Self {
        let hex = |column: &str| match database.backend {
            Backend::Postgres => format!("encode(uuid_send({column}), 'hex')"),
            Backend::Sqlite => format!("lower(hex({column}))"),
        };
        let columns = [
            hex("h.claim_id"),
            hex("c.partner_id"),
            "h.hash".to_owned(),
            "h.from_status".to_owned(),
            "h.to_status".to_owned(),
            "CAST(h.at AS text)".to_owned(),
            hex("h.comment_id"),
            "h.visibility".to_owned(),
            "CAST(h.seq AS text)".to_owned(),
        ];
        let row = columns.map(|column| format!("COALESCE({column}, '')")).join(" || '|' || ");
        let sql =
            format!("SELECT {row} FROM history h JOIN claim c ON c.id = h.claim_id ORDER BY h.epoch, h.xid, h.pos");
        let mut submitted = HashSet::new();
        let rows = database.read(&sql).await;
        let mut entries: Vec<_> = rows.iter().map(|row| entry(row, &mut submitted)).collect();
        in_order_on_each_claim(&entries);
        entries.drain(..before);
        let words = "SELECT body FROM comment UNION ALL SELECT changes FROM history UNION ALL SELECT note FROM history \
            UNION ALL SELECT name FROM proof_document";
        Self { entries, words: database.read(words).await.join("\n") }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Those of these words that were never written.
    pub fn lost<'a>(&self, words: &'a [String]) -> Vec<&'a str> {
        words.iter().map(String::as_str).filter(|word| !self.words.contains(word)).collect()
    }

    /// What comes to a subscriber, each event as it tells it from others.
    pub fn expected(&self, feed: &Feed, reach: &Reach) -> Vec<String> {
        let seen = self.entries.iter().filter(|entry| match reach {
            Reach::Vendor => !entry.before_submission,
            Reach::Partner(id) => entry.partner == *id && !entry.internal,
        });
        seen.filter_map(|entry| feed.face(entry)).collect()
    }
}

impl Feed {
    fn claim(&self) -> Option<&str> {
        match self {
            Self::History { claim } | Self::Statuses { claim, .. } => claim.as_deref(),
            Self::Comments { claim } => Some(claim),
        }
    }

    /// How the entry looks in this feed; nothing where it is not in it.
    fn face(&self, entry: &Entry) -> Option<String> {
        if self.claim().is_some_and(|claim| claim != entry.claim) {
            return None;
        }
        match self {
            Self::History { .. } => Some(format!("{} {}", entry.claim, entry.hash)),
            Self::Statuses { to, .. } => {
                let changed = !entry.to.is_empty() && entry.from != entry.to;
                let wanted = to.is_empty() || to.contains(&entry.to.as_str());
                (changed && wanted).then(|| format!("{} {}>{} {}", entry.claim, entry.from, entry.to, entry.at))
            }
            Self::Comments { .. } => Some(entry.comment.clone()).filter(|comment| !comment.is_empty()),
        }
    }
}

/// The log has the entries of each claim in the order in which they came about, with none left out.
fn in_order_on_each_claim(entries: &[Entry]) {
    let mut last = HashMap::new();
    for entry in entries {
        let seq = last.entry(entry.claim.as_str()).or_insert(0);
        *seq += 1;
        assert_eq!(entry.seq, *seq, "the log of {} is out of order", entry.claim);
    }
}

fn entry(row: &str, submitted: &mut HashSet<String>) -> Entry {
    let mut columns = row.split('|').map(str::to_owned);
    let mut next = || columns.next().unwrap();
    let id = |kind: &str, hex: String| if hex.is_empty() { hex } else { ids::of_uuid(kind, &hex) };
    let claim = id("Claim", next());
    let partner = uuid::Uuid::parse_str(&next()).unwrap().to_string();
    let (hash, from, to, at) = (next(), next(), next(), next());
    let comment = id("Comment", next());
    let internal = next() == "INTERNAL";
    let seq = next().parse().unwrap();
    if to == "SUBMITTED" {
        submitted.insert(claim.clone());
    }
    let before_submission = !submitted.contains(&claim);
    Entry { claim, partner, hash, from, to, at, comment, internal, seq, before_submission }
}
