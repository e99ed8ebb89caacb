//! A database in a folder of its own, and the rows of the tests: two partners, two customers, two products.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use domain::{
    caller::{Caller, Side},
    claim::{Claim, Line},
    kinds::{
        Activity, ClaimStatus, IncentiveProgram, LineOutcome, Role, SolutionArea, SubscriptionChannel,
        SubscriptionStatus,
    },
    time::Timestamp,
};
use entity::{
    column::{Micros, Word, Words},
    customer, customer_domain, customer_subscription, partner, partner_location, product,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    EntityTrait, IntoActiveModel,
};
use uuid::Uuid;

use crate::store::{Db, claim_to_row, line_to_row, search_text};

pub const CONTOSO: Uuid = Uuid::from_u128(0xa1);
pub const FABRIKAM: Uuid = Uuid::from_u128(0xa2);
pub const ADATUM: Uuid = Uuid::from_u128(0xc1);
pub const ECLAIR: Uuid = Uuid::from_u128(0xc2);
pub const SALES: Uuid = Uuid::from_u128(0xd1);
pub const TEAMS: Uuid = Uuid::from_u128(0xd2);

/// The database of one test.
pub struct World {
    pub db: Db,
    statements: Arc<AtomicUsize>,
    folder: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl World {
    pub async fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("cpor-store-{}", crate::ids::random()));
        let url = format!("sqlite://{}/cpor.db", folder.display());
        let statements = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&statements);
        let db = Db::connect(&url).await.unwrap().on_statement(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        db.migrate_up().await.unwrap();
        let world = Self { db, statements, folder };
        world.partner(CONTOSO, "Contoso", "100").await;
        world.partner(FABRIKAM, "Fabrikam", "200").await;
        world.customer(ADATUM, "A. Datum 100%", &["adatum.example", "datum.example"]).await;
        world.customer(ECLAIR, "ÉCLAIR_GROUP", &["eclair.example"]).await;
        world.product(SALES, "Sales", SolutionArea::BusinessApplications).await;
        world.product(TEAMS, "Teams", SolutionArea::Microsoft365).await;
        world
    }

    /// How many statements ran since this was asked last.
    pub fn statements(&self) -> usize {
        self.statements.swap(0, Ordering::Relaxed)
    }

    pub async fn insert<E: EntityTrait>(&self, row: E::Model)
    where
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        E::insert(row.into_active_model()).exec_without_returning(&self.db.write).await.unwrap();
    }

    async fn partner(&self, id: Uuid, name: &str, mpn_id: &str) {
        let row = partner::Model {
            id,
            name: name.to_owned(),
            search_text: search_text([name]),
            sort_key: domain::text::sort_key(name),
            created_at: Micros(at(0)),
            updated_at: Micros(at(0)),
            contact_email: None,
            locale: None,
        };
        self.insert::<partner::Entity>(row).await;
        self.insert::<partner_location::Entity>(partner_location::Model {
            mpn_id: mpn_id.to_owned(),
            partner_id: id,
            name: name.to_owned(),
            country: "DE".to_owned(),
            enrolled_programs: Words(vec![IncentiveProgram::OsaSell, IncentiveProgram::OsuMicrosoft365]),
            partner_type: Some("FRP FastTrack".to_owned()),
        })
        .await;
    }

    async fn customer(&self, tenant_id: Uuid, name: &str, domains: &[&str]) {
        self.insert::<customer::Entity>(customer::Model {
            tenant_id,
            name: name.to_owned(),
            domain: domains[0].to_owned(),
            search_text: search_text([name].iter().chain(domains).copied()),
            sort_key: domain::text::sort_key(name),
            created_at: Micros(at(0)),
            updated_at: Micros(at(0)),
            contact_email: None,
            locale: None,
        })
        .await;
        for domain in domains {
            let row = customer_domain::Model { tenant_id, domain: (*domain).to_owned() };
            self.insert::<customer_domain::Entity>(row).await;
        }
    }

    async fn product(&self, sku_id: Uuid, name: &str, area: SolutionArea) {
        self.insert::<product::Entity>(product::Model {
            sku_id,
            sku_part_number: name.to_uppercase(),
            name: name.to_owned(),
            search_text: search_text([name]),
            sort_key: domain::text::sort_key(name),
            solution_area: Word(area),
        })
        .await;
    }

    pub async fn subscription(&self, id: u128, tenant_id: Uuid, sku_id: Uuid) -> Uuid {
        let subscription_id = Uuid::from_u128(id);
        self.insert::<customer_subscription::Entity>(customer_subscription::Model {
            subscription_id,
            tenant_id,
            sku_id,
            channel: Word(SubscriptionChannel::WebDirect),
            status: Word(SubscriptionStatus::Active),
            seats: 5,
            starts_at: Micros(at(0)),
            ends_at: None,
        })
        .await;
        subscription_id
    }

    /// Saves a claim with its lines.
    pub async fn save(&self, claim: &Claim) {
        let mut row = claim_to_row(claim);
        row.history_length = Set(0);
        row.history_hash = NotSet;
        row.insert(&self.db.write).await.unwrap();
        for (position, line) in (0..).zip(&claim.lines) {
            line_to_row(claim, position, line).insert(&self.db.write).await.unwrap();
        }
    }
}

pub fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).unwrap()
}

/// A Microsoft 365 claim of Contoso on A. Datum, with this id, in this status.
pub fn claim(id: u128, status: ClaimStatus) -> Claim {
    let line = Line {
        id: Uuid::from_u128(0x1_0000 + id),
        sku_id: TEAMS,
        typed: None,
        subscription_id: None,
        outcome: LineOutcome::Pending,
        associated: false,
    };
    Claim {
        id: Uuid::from_u128(id),
        number: format!("CPOR-0000-{id:04X}"),
        name: format!("Claim {id}"),
        external_reference: None,
        version: 1,
        status,
        partner_id: CONTOSO,
        mpn_id: "100".to_owned(),
        tenant_id: ADATUM,
        domain: "adatum.example".to_owned(),
        solution_area: SolutionArea::Microsoft365,
        activities: vec![Activity::Usage],
        lines: vec![line],
        customer_contact: None,
        technical_contact: None,
        partner_contact: None,
        solution_seller: None,
        partner_solution: None,
        documents: 0,
        reviewer: None,
        deadline: None,
        decision_due_at: None,
        action_request: None,
        rejection: None,
        consent: None,
        dispute: None,
        evaluation: None,
        contested_since: None,
        missed_at: None,
        created_at: at(1000),
        updated_at: at(1000),
        submitted_at: (status != ClaimStatus::Editing).then(|| at(2000)),
        decided_at: None,
        approved_at: (status == ClaimStatus::Approved).then(|| at(3000)),
    }
}

fn caller(side: Side, role: Role) -> Caller {
    Caller {
        subject: "somebody".to_owned(),
        name: None,
        roles: vec![role],
        scopes: Vec::new(),
        side,
        stands_in_for: Vec::new(),
    }
}

pub fn partner_user(id: Uuid) -> Caller {
    caller(Side::Partner(id), Role::IncentivesUser)
}

pub fn reviewer() -> Caller {
    caller(Side::Vendor, Role::Reviewer)
}

pub fn directory_sync() -> Caller {
    caller(Side::Vendor, Role::DirectorySync)
}

pub fn customer_admin(tenant: Uuid) -> Caller {
    caller(Side::Customer(tenant), Role::CustomerAdmin)
}
