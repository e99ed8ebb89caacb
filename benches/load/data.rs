//! What requests ask about, read out of the generated data. Orders by a hash pick at random, and the same each time.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, QueryResult, Statement};
use uuid::Uuid;

use crate::Fallible;

/// How deep in the queue W3 reads.
const DEEP: usize = 5_000;

/// A claim and its partner.
#[derive(Clone, Copy, Debug)]
pub struct Owned {
    pub claim: Uuid,
    pub partner: Uuid,
    pub version: i32,
}

/// What a partner could mean to claim: what one of its claims is about.
#[derive(Clone, Debug)]
pub struct Intended {
    pub claim: Uuid,
    pub partner: Uuid,
    pub tenant: Uuid,
    pub domain: String,
    pub solution_area: String,
    pub activities: String,
    pub mpn_id: String,
    /// Products, in Business Applications with the subscription.
    pub lines: Vec<(Uuid, Option<String>)>,
}

/// Everything that requests ask about.
#[derive(Debug)]
pub struct Data {
    /// Claims that were submitted.
    pub claims: Vec<Owned>,
    /// Partners and statuses with a full page of claims.
    pub pages: Vec<(Uuid, String)>,
    /// Places deep in the reviewers' queue: the time and the claim before.
    pub queue: Vec<(i64, Uuid)>,
    /// Claims in review.
    pub reviewed: Vec<Owned>,
    /// What can be asked about eligibility.
    pub intended: Vec<Intended>,
}

/// A database to read from and, past the server, to change.
pub struct Sql(DatabaseConnection);

impl Sql {
    pub async fn connect(url: &str) -> Fallible<Self> {
        Ok(Self(Database::connect(url).await?))
    }

    pub async fn run(&self, sql: &str) -> Fallible<()> {
        self.0.execute_unprepared(sql).await?;
        Ok(())
    }

    pub async fn rows(&self, sql: &str) -> Fallible<Vec<QueryResult>> {
        Ok(self.0.query_all_raw(Statement::from_string(self.0.get_database_backend(), sql.to_owned())).await?)
    }

    async fn owned(&self, rest: &str) -> Fallible<Vec<Owned>> {
        let rows = self.rows(&format!("SELECT id, partner_id, version FROM claim WHERE {rest}")).await?;
        let owned = |row: &QueryResult| {
            Ok(Owned {
                claim: row.try_get_by_index(0)?,
                partner: row.try_get_by_index(1)?,
                version: row.try_get_by_index(2)?,
            })
        };
        rows.iter().map(owned).collect()
    }

    async fn intended(&self) -> Fallible<Vec<Intended>> {
        let rows = self
            .rows(
                "SELECT c.id, c.partner_id, c.tenant_id, c.domain, c.solution_area, c.activities, c.mpn_id, l.sku_id, l.subscription_typed
                 FROM (SELECT * FROM claim WHERE status = 'SUBMITTED' ORDER BY history_hash LIMIT 500) c
                 JOIN claim_line l ON l.claim_id = c.id ORDER BY c.history_hash, l.position",
            )
            .await?;
        let mut all: Vec<Intended> = Vec::new();
        for row in &rows {
            let (claim, line) = (row.try_get_by_index(0)?, (row.try_get_by_index(7)?, row.try_get_by_index(8)?));
            match all.last_mut().filter(|last| last.claim == claim) {
                Some(last) => last.lines.push(line),
                None => all.push(Intended {
                    claim,
                    partner: row.try_get_by_index(1)?,
                    tenant: row.try_get_by_index(2)?,
                    domain: row.try_get_by_index(3)?,
                    solution_area: row.try_get_by_index(4)?,
                    activities: row.try_get_by_index(5)?,
                    mpn_id: row.try_get_by_index(6)?,
                    lines: vec![line],
                }),
            }
        }
        Ok(all)
    }

    /// Reads everything.
    pub async fn data(&self) -> Fallible<Data> {
        let claims = self.owned("submitted_at IS NOT NULL ORDER BY history_hash LIMIT 1000").await?;
        let full = "SELECT partner_id, status FROM claim WHERE status IN ('SUBMITTED', 'APPROVED') GROUP BY 1, 2 \
            HAVING count(*) >= 50 ORDER BY 1, 2 LIMIT 500";
        let pages = self.rows(full).await?;
        let pages = pages
            .iter()
            .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
            .collect::<Fallible<_>>()?;
        let waiting =
            "SELECT submitted_at, id FROM claim WHERE status = 'SUBMITTED' ORDER BY submitted_at DESC, id DESC";
        let waiting = self.rows(waiting).await?;
        let deep = DEEP.min(waiting.len() * 3 / 5);
        let places = waiting[deep..].iter().take(waiting.len().saturating_sub(deep + 50)).step_by(5).take(200);
        let queue =
            places.map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect::<Fallible<_>>()?;
        let quiet = "status = 'UNDER_REVIEW' AND contested_since IS NULL AND dispute_status IS NULL ORDER BY history_hash LIMIT 1000";
        let data = Data { claims, pages, queue, reviewed: self.owned(quiet).await?, intended: self.intended().await? };
        if data.pages.is_empty() || data.queue.is_empty() || data.reviewed.is_empty() {
            return Err("there are too few claims: generate at least 4,000".into());
        }
        Ok(data)
    }
}
