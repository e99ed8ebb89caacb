//! What is read: by whom, which list, cut by what, in which order.

use cpor::store::{
    Columns, Db, StoreError,
    arbitrations::{self, ArbitrationFilter},
    associations::{self, AssociationFilter},
    claims::{self, ClaimFilter, ClaimOrder, ClaimOrderField, TimeRange, Wanted},
    comments::{self, CommentFilter},
    customers,
    history::{self, HistoryFilter},
    page::{Cursor, Page, PageRequest},
    partners,
    products::{self, ProductFilter},
    subscriptions::{self, SubscriptionFilter},
};
use domain::{
    calendar::Calendar,
    caller::{Caller, Side},
    kinds::{ActorKind, ArbitrationStatus, HistoryAction, Role, StatisticsGroup, SubscriptionStatus},
    policy::Policy,
    time::Timestamp,
};
use sea_orm::{ConnectionTrait, Database, Statement};
use uuid::Uuid;

use crate::Fallible;

mod filters;

/// Which part of a list is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    First,
    Deep,
    Last,
    Count,
}

impl Place {
    pub const ALL: [Self; 4] = [Self::First, Self::Deep, Self::Last, Self::Count];

    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Deep => "deep",
            Self::Last => "last",
            Self::Count => "count",
        }
    }
}

/// A list as one caller asks for it.
pub struct Case {
    pub name: String,
    caller: Caller,
    list: List,
}

enum List {
    Claims(Box<ClaimFilter>, ClaimOrder),
    Statistics(Box<ClaimFilter>),
    Overall(Box<ClaimFilter>),
    Groups(Box<ClaimFilter>, StatisticsGroup),
    FirstPass(Box<ClaimFilter>),
    History(HistoryFilter),
    Comments(CommentFilter),
    Associations(AssociationFilter),
    Arbitrations(ArbitrationFilter),
    Customers(Option<String>),
    Partners(Option<String>),
    Products(ProductFilter),
    Subscriptions(SubscriptionFilter),
}

/// How far into the list a deep page lies.
const DEEP: u64 = 5000;

const PAGE: u64 = 50;

impl Case {
    /// The request for the part; nothing for a count.
    pub async fn request(&self, db: &Db, place: Place) -> Fallible<Option<PageRequest>> {
        let first = PageRequest::first(PAGE);
        Ok(match place {
            Place::Count => None,
            Place::First => Some(first),
            Place::Last => Some(PageRequest { backward: true, ..first }),
            Place::Deep => {
                let after = self.cursor(db, &PageRequest::first(DEEP)).await?;
                Some(PageRequest { after, ..first })
            }
        })
    }

    pub async fn read(&self, db: &Db, request: Option<&PageRequest>) -> Fallible<()> {
        match request {
            Some(request) => self.cursor(db, request).await.map(drop),
            None => Ok(self.count(db).await.map_err(|error| words(&error))?),
        }
    }

    /// Reads a page; the cursor of its last row.
    async fn cursor(&self, db: &Db, request: &PageRequest) -> Fallible<Option<Cursor>> {
        let who = &self.caller;
        match &self.list {
            List::Claims(filter, order) => last(claims::page(db, who, filter, *order, request, Wanted::ROW).await),
            List::Statistics(_) | List::Overall(_) | List::Groups(..) | List::FirstPass(_) => Ok(None),
            List::History(filter) => last(history::page(db, who, filter, request, None, Columns::ALL).await),
            List::Comments(filter) => last(comments::page(db, who, *filter, request, Columns::ALL).await),
            List::Associations(filter) => last(associations::page(db, who, *filter, request).await),
            List::Arbitrations(filter) => last(arbitrations::page(db, who, *filter, request).await),
            List::Customers(search) => last(customers::page(db, who, search.as_deref(), request).await),
            List::Partners(search) => last(partners::page(db, who, search.as_deref(), request).await),
            List::Products(filter) => last(products::page(db, filter, request).await),
            List::Subscriptions(filter) => last(subscriptions::page(db, who, filter, request).await),
        }
    }

    async fn count(&self, db: &Db) -> Result<(), StoreError> {
        let who = &self.caller;
        match &self.list {
            List::Claims(filter, order) if *order == ClaimOrder::default() => {
                claims::count(db, who, filter).await.map(drop)
            }
            List::Claims(..) => Ok(()),
            List::Statistics(filter) => claims::statistics(db, who, filter, now()).await.map(drop),
            List::Overall(filter) => {
                let policy = Policy::default();
                let calendar = Calendar::new(&policy);
                if claims::overall(db, who, filter, &calendar, now()).await?.is_none() {
                    claims::decided_claims(db, who, filter, &calendar, now()).await?;
                    claims::first_pass(db, who, filter).await?;
                }
                Ok(())
            }
            List::Groups(filter, by) => {
                let policy = Policy::default();
                claims::grouped(db, who, filter, *by, &Calendar::new(&policy), now()).await.map(drop)
            }
            List::FirstPass(filter) => claims::first_pass(db, who, filter).await.map(drop),
            List::History(filter) => history::count(db, who, filter).await.map(drop),
            List::Comments(filter) => comments::count(db, who, *filter).await.map(drop),
            List::Associations(filter) => associations::count(db, who, *filter).await.map(drop),
            List::Arbitrations(filter) => arbitrations::count(db, who, *filter).await.map(drop),
            List::Customers(search) => customers::count(db, who, search.as_deref()).await.map(drop),
            List::Partners(search) => partners::count(db, who, search.as_deref()).await.map(drop),
            List::Products(filter) => products::count(db, filter).await.map(drop),
            List::Subscriptions(filter) => subscriptions::count(db, who, filter).await.map(drop),
        }
    }
}

fn last<T>(page: Result<Page<T>, StoreError>) -> Fallible<Option<Cursor>> {
    Ok(page.map_err(|error| words(&error))?.items.pop().map(|(cursor, _)| cursor))
}

fn words(error: &StoreError) -> String {
    format!("{error:?}")
}

fn now() -> Timestamp {
    micros(1_795_824_000_000_000)
}

fn micros(micros: i64) -> Timestamp {
    // Times of the data and of this file: an error would be one of this program.
    Timestamp::from_micros(micros).unwrap_or_else(|_| std::process::abort())
}

fn caller(side: Side, role: Role) -> Caller {
    Caller {
        subject: "reviewer7".to_owned(),
        name: None,
        roles: vec![role],
        scopes: Vec::new(),
        side,
        stands_in_for: Vec::new(),
    }
}

/// What of the data the cases name.
struct Facts {
    /// The partner with the most claims, and one in the middle.
    partners: Vec<Uuid>,
    tenant: Uuid,
    claim: Uuid,
    sku: Uuid,
    mpn_id: String,
    /// A month in the middle of the claims.
    month: TimeRange,
}

impl Facts {
    /// From the month on.
    fn since(&self) -> TimeRange {
        TimeRange { before: None, ..self.month }
    }

    /// The first day of the month.
    fn day(&self) -> TimeRange {
        TimeRange { before: self.month.from.map(|from| micros(from.micros() + 86_400_000_000)), ..self.month }
    }
}

async fn facts(url: &str) -> Fallible<Facts> {
    let connection = Database::connect(url).await?;
    let ids = async |sql: &str| -> Fallible<Vec<Uuid>> {
        let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await?;
        Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
    };
    let by_size = ids("SELECT partner_id FROM claim GROUP BY 1 ORDER BY count(*) DESC, 1").await?;
    let one = async |sql: &str| -> Fallible<Uuid> { Ok(*ids(sql).await?.first().ok_or("the database is empty")?) };
    let sql = "SELECT submitted_at FROM claim WHERE submitted_at IS NOT NULL ORDER BY 1 \
        LIMIT 1 OFFSET (SELECT count(submitted_at) * 2 / 5 FROM claim)";
    let row = connection.query_one_raw(Statement::from_string(connection.get_database_backend(), sql)).await?;
    let from: i64 = row.ok_or("the database is empty")?.try_get_by_index(0)?;
    let sql = "SELECT mpn_id FROM claim GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1";
    let row = connection.query_one_raw(Statement::from_string(connection.get_database_backend(), sql)).await?;
    let mpn_id = row.ok_or("the database is empty")?.try_get_by_index(0)?;
    Ok(Facts {
        mpn_id,
        partners: by_size.first().into_iter().chain(by_size.get(by_size.len() / 2)).copied().collect(),
        tenant: one(
            "SELECT tenant_id FROM claim WHERE approved_at IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
        )
        .await?,
        claim: one("SELECT claim_id FROM history WHERE seq = 5 ORDER BY claim_id LIMIT 1").await?,
        sku: one("SELECT sku_id FROM claim_line GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1").await?,
        month: TimeRange { from: Some(micros(from)), before: Some(micros(from + 30 * 86_400_000_000)) },
    })
}

/// Every case.
pub async fn all(url: &str) -> Fallible<Vec<Case>> {
    let facts = facts(url).await?;
    let mut callers = vec![
        ("reviewer", caller(Side::Vendor, Role::Reviewer)),
        ("lead", caller(Side::Vendor, Role::ReviewLead)),
        ("auditor", caller(Side::Vendor, Role::Auditor)),
        ("customer", caller(Side::Customer(facts.tenant), Role::CustomerAdmin)),
    ];
    let partners = facts.partners.iter().map(|id| caller(Side::Partner(*id), Role::IncentivesUser));
    callers.extend(["partner(big)", "partner(mid)"].into_iter().zip(partners));
    let mut cases = Vec::new();
    for (who, caller) in callers {
        // The reviewers' roles see the same: one of them goes through all.
        let whole = !matches!(who, "lead" | "auditor");
        for (name, list) in lists(&facts, whole) {
            cases.push(Case { name: format!("{who} {name}"), caller: caller.clone(), list });
        }
    }
    Ok(cases)
}

fn lists(facts: &Facts, whole: bool) -> Vec<(String, List)> {
    let mut lists: Vec<(String, List)> = Vec::new();
    for (name, filter) in filters::claim_filters(facts).into_iter().take(if whole { usize::MAX } else { 1 }) {
        use ClaimOrderField::{CreatedAt, DecidedAt, DueAt, LastActivityAt, Name, Number, SubmittedAt, UpdatedAt};
        for (field, word) in [
            (CreatedAt, "CREATED"),
            (UpdatedAt, "UPDATED"),
            (SubmittedAt, "SUBMITTED"),
            (DueAt, "DUE"),
            (Name, "NAME"),
            (Number, "NUMBER"),
            (DecidedAt, "DECIDED"),
            (LastActivityAt, "ACTIVITY"),
        ] {
            for descending in [true, false] {
                let way = if descending { "DESC" } else { "ASC" };
                let list = List::Claims(Box::new(filter.clone()), ClaimOrder { field, descending });
                lists.push((format!("claims {name} by {word} {way}"), list));
            }
        }
        lists.push((format!("statistics {name}"), List::Statistics(Box::new(filter))));
    }
    let all = || Box::new(ClaimFilter::default());
    lists.push(("first pass".to_owned(), List::FirstPass(all())));
    lists.push(("statistics of days".to_owned(), List::Overall(all())));
    lists.extend(StatisticsGroup::ALL.iter().map(|by| (format!("statistics by {by}"), List::Groups(all(), *by))));
    let (deleted, responded, submitted) = (HistoryAction::Deleted, HistoryAction::Responded, HistoryAction::Submitted);
    let history = |claim_id, actions: &[HistoryAction], at| {
        let actions = (!actions.is_empty()).then(|| actions.to_vec());
        List::History(HistoryFilter { claim_id, actions, at, ..HistoryFilter::default() })
    };
    let by_kind = |kind| List::History(HistoryFilter { actor_kind: Some(kind), ..HistoryFilter::default() });
    let at_customer = HistoryFilter { tenant_id: Some(facts.tenant), ..HistoryFilter::default() };
    let of_partner = HistoryFilter { partner_id: facts.partners.first().copied(), ..HistoryFilter::default() };
    let arbitrations = |status| List::Arbitrations(ArbitrationFilter { status, ..ArbitrationFilter::default() });
    let year =
        TimeRange { before: facts.month.from.map(|from| micros(from.micros() + 300 * 86_400_000_000)), ..facts.month };
    lists.extend([
        ("history".to_owned(), history(None, &[], None)),
        ("history of a claim".to_owned(), history(Some(facts.claim), &[], None)),
        ("history action RESPONDED".to_owned(), history(None, &[responded], None)),
        ("history actions RESPONDED, SUBMITTED".to_owned(), history(None, &[responded, submitted], None)),
        ("history action DELETED (none)".to_owned(), history(None, &[deleted], None)),
        ("history at a month".to_owned(), history(None, &[], Some(facts.month))),
        ("history at 300 days".to_owned(), history(None, &[], Some(year))),
        ("history action RESPONDED at a month".to_owned(), history(None, &[responded], Some(facts.month))),
        ("history of a customer".to_owned(), List::History(at_customer)),
        ("history of a partner".to_owned(), List::History(of_partner)),
        ("history by CUSTOMER".to_owned(), by_kind(ActorKind::Customer)),
        ("history by SYSTEM".to_owned(), by_kind(ActorKind::System)),
        ("comments".to_owned(), List::Comments(CommentFilter::default())),
        (
            "comments of a claim".to_owned(),
            List::Comments(CommentFilter { claim_id: Some(facts.claim), tenant_id: None }),
        ),
        (
            "comments of a customer".to_owned(),
            List::Comments(CommentFilter { claim_id: None, tenant_id: Some(facts.tenant) }),
        ),
        ("associations".to_owned(), List::Associations(AssociationFilter::default())),
        ("associations live".to_owned(), List::Associations(AssociationFilter { live: Some(true), tenant_id: None })),
        ("associations ended".to_owned(), List::Associations(AssociationFilter { live: Some(false), tenant_id: None })),
        ("arbitrations".to_owned(), arbitrations(None)),
        ("arbitrations OPEN".to_owned(), arbitrations(Some(ArbitrationStatus::Open))),
        ("arbitrations AWARDED (none)".to_owned(), arbitrations(Some(ArbitrationStatus::Awarded))),
        (
            "arbitrations of a customer and a product".to_owned(),
            List::Arbitrations(ArbitrationFilter {
                status: None,
                tenant_id: Some(facts.tenant),
                sku_id: Some(facts.sku),
            }),
        ),
        ("partners".to_owned(), List::Partners(None)),
        ("products".to_owned(), List::Products(ProductFilter::default())),
        ("subscriptions".to_owned(), List::Subscriptions(SubscriptionFilter::default())),
        (
            "subscriptions of a product".to_owned(),
            List::Subscriptions(SubscriptionFilter { sku_id: Some(facts.sku), ..SubscriptionFilter::default() }),
        ),
    ]);
    for status in [SubscriptionStatus::Active, SubscriptionStatus::Expired] {
        let filter = SubscriptionFilter { status: Some(vec![status]), ..SubscriptionFilter::default() };
        lists.push((format!("subscriptions {status}"), List::Subscriptions(filter)));
    }
    for word in ["", "customer", "1234", "zqqz", "zq"] {
        lists
            .push((format!("customers search {word:?}"), List::Customers((!word.is_empty()).then(|| word.to_owned()))));
        lists.push((format!("partners search {word:?}"), List::Partners(Some(word.to_owned()))));
    }
    lists
}
