//! A database with two claims, whose history the tests write themselves.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    time::Duration,
};

use domain::{
    caller::Caller,
    kinds::{
        Activity, ActorKind, ClaimStatus, CommentVisibility, HistoryAction, IncentiveProgram, Role, Scope, SolutionArea,
    },
    time::Timestamp,
};
use entity::{
    claim,
    column::{Json, Micros, Word, Words},
    customer, history, partner, partner_location,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use tokio::{sync::oneshot, task::JoinHandle};
use uuid::Uuid;

use crate::{
    events::Tail,
    ids,
    store::{
        Db,
        history::{Position, log},
    },
};

pub const ALPINE: Uuid = Uuid::from_u128(0xa1);
pub const BOREAL: Uuid = Uuid::from_u128(0xb1);
const CONTOSO: Uuid = Uuid::from_u128(0xc1);

/// Those who wait for what is held back on purpose shall not wait long.
const IMPATIENT: Duration = Duration::from_millis(200);

/// Waits for what must come.
pub async fn in_time<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), what).await.expect("in time")
}

/// An administrator of a partner.
pub fn partner(id: Uuid) -> Arc<Caller> {
    let scopes = vec![Scope::ClaimsRead, Scope::HistoryRead];
    Caller::new("ann".to_owned(), None, &[Role::GlobalAdmin], scopes, Some(id), None).unwrap().into()
}

pub fn reviewer() -> Arc<Caller> {
    Caller::new("rita".to_owned(), None, &[Role::Reviewer], vec![Scope::HistoryRead], None, None).unwrap().into()
}

/// The stage of a test.
pub struct Bench {
    pub db: Db,
    pub tail: Tail,
    /// Past the store.
    pub raw: DatabaseConnection,
    /// A claim of Alpine, under review.
    pub first: Uuid,
    /// One of Boreal.
    pub second: Uuid,
    entries: AtomicI32,
    folder: PathBuf,
}

impl Drop for Bench {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// A tail that runs; dropped, it goes on.
pub struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    pub async fn stop(self) {
        self.stop.send(()).unwrap();
        in_time(self.task).await.unwrap();
    }

    pub async fn abort(self) {
        self.task.abort();
        assert!(in_time(self.task).await.is_err());
    }
}

impl Bench {
    pub async fn sqlite() -> Self {
        let folder = std::env::temp_dir().join(format!("cpor-events-{}", ids::random()));
        let url = format!("sqlite://{}/cpor.db", folder.display());
        Self::on(&url, folder).await
    }

    pub async fn postgres(url: &str) -> Self {
        Self::on(url, PathBuf::new()).await
    }

    async fn on(url: &str, folder: PathBuf) -> Self {
        let db = Db::connect(url).await.unwrap();
        db.migrate_up().await.unwrap();
        let raw = Database::connect(ConnectOptions::new(url)).await.unwrap();
        company(&raw, ALPINE, "Alpine", "100").await;
        company(&raw, BOREAL, "Boreal", "200").await;
        let customer = customer::ActiveModel {
            tenant_id: Set(CONTOSO),
            name: Set("Contoso".to_owned()),
            domain: Set("contoso.example".to_owned()),
            search_text: Set("contoso".to_owned()),
            sort_key: Set(String::new()),
            created_at: Set(epoch()),
            updated_at: Set(epoch()),
            ..Default::default()
        };
        customer.insert(&raw).await.unwrap();
        let first = submitted(&raw, ALPINE, "100").await;
        let second = submitted(&raw, BOREAL, "200").await;
        Self {
            tail: Tail::new(db.clone()).with_settle_timeout(IMPATIENT),
            db,
            raw,
            first,
            second,
            entries: AtomicI32::new(0),
            folder,
        }
    }

    /// Runs the tail in a task.
    pub fn run(&self) -> Running {
        let (stop, stopped) = oneshot::channel::<()>();
        let tail = self.tail.clone();
        let task = tokio::spawn(async move {
            tail.run(async {
                if stopped.await.is_err() {
                    // Nobody is left to stop it: it runs as long as the test does.
                    std::future::pending::<()>().await;
                }
            })
            .await;
        });
        Running { stop, task }
    }

    /// Waits until the tail says that it runs, or that it does not.
    pub async fn until_it_runs(&self, runs: bool) {
        in_time(async {
            while self.tail.runs() != runs {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// Adds an entry to the history of a claim; its id.
    pub async fn write(&self, on: &impl ConnectionTrait, claim_id: Uuid) -> Uuid {
        let id = ids::new();
        let entry = history::ActiveModel {
            id: Set(id),
            claim_id: Set(claim_id),
            seq: Set(self.entries.fetch_add(1, Ordering::SeqCst) + 1),
            // Reviewers follow a claim from its submission on.
            action: Set(Word(HistoryAction::Submitted)),
            actor_kind: Set(Word(ActorKind::Partner)),
            actor_subject: Set("ann".to_owned()),
            at: Set(epoch()),
            changes: Set(Json(Vec::new())),
            visibility: Set(Word(CommentVisibility::Shared)),
            hash: Set("0".repeat(64)),
            ..Default::default()
        };
        entry.insert(on).await.unwrap();
        id
    }

    /// Where the entry stands.
    pub async fn position(&self, id: Uuid) -> Option<Position> {
        log::position_of(&self.db, crate::store::history::Place::Entry(id)).await.unwrap()
    }

    /// Waits until the tail has come to this entry.
    pub async fn passed(&self, id: Uuid) {
        let position = self.position(id).await.unwrap();
        self.tail.wake();
        in_time(async {
            while self.tail.reached().await < position {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
}

/// 1970 began.
fn epoch() -> Micros {
    Micros(Timestamp::from_micros(0).unwrap())
}

async fn company(raw: &DatabaseConnection, id: Uuid, name: &str, mpn_id: &str) {
    let company = partner::ActiveModel {
        id: Set(id),
        name: Set(name.to_owned()),
        search_text: Set(name.to_lowercase()),
        sort_key: Set(String::new()),
        created_at: Set(epoch()),
        updated_at: Set(epoch()),
        ..Default::default()
    };
    company.insert(raw).await.unwrap();
    let location = partner_location::ActiveModel {
        mpn_id: Set(mpn_id.to_owned()),
        partner_id: Set(id),
        name: Set(name.to_owned()),
        country: Set("DE".to_owned()),
        enrolled_programs: Set(Words(vec![IncentiveProgram::OsaSell])),
        ..Default::default()
    };
    location.insert(raw).await.unwrap();
}

async fn submitted(raw: &DatabaseConnection, partner_id: Uuid, mpn_id: &str) -> Uuid {
    let id = ids::new();
    let row = claim::ActiveModel {
        id: Set(id),
        number: Set(ids::claim_number()),
        name: Set("Sales".to_owned()),
        version: Set(1),
        status: Set(Word(ClaimStatus::UnderReview)),
        partner_id: Set(partner_id),
        mpn_id: Set(mpn_id.to_owned()),
        tenant_id: Set(CONTOSO),
        domain: Set("contoso.example".to_owned()),
        solution_area: Set(Word(SolutionArea::Microsoft365)),
        activities: Set(Words(vec![Activity::Usage])),
        action_answered: Set(false),
        rejection_new_proof: Set(false),
        created_at: Set(epoch()),
        updated_at: Set(epoch()),
        history_length: Set(0),
        search_text: Set("sales".to_owned()),
        ..Default::default()
    };
    row.insert(raw).await.unwrap();
    id
}
