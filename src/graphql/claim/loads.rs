//! What is loaded for many claims at once.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::{Arc, OnceLock},
};

use async_graphql::Context;
use domain::claim::{Claim, Line};
use uuid::Uuid;

use crate::{
    app::Standing,
    graphql::{
        error::Failure,
        loader::{Load, Reader, With, by_args, load, loads_by_id},
    },
    store::{
        claims::{self, ClaimFilter, ClaimOrder},
        evaluations,
        page::{Page, PageRequest},
        records,
    },
};

loads_by_id! {
    /// A claim that the caller sees, by its id.
    ClaimById(Uuid) => Arc<Claim>,
    |reader, ids| claims::by_ids(reader.db(), &reader.caller, &ids).await?
        .into_iter()
        .map(|claim| (claim.id, Arc::new(claim)))
}

loads_by_id! {
    /// A claim's lines, in order.
    LinesOf(Uuid) => Vec<Line>,
    |reader, ids| claims::lines(reader.db(), &ids).await?
}

loads_by_id! {
    /// The incentive evaluation of a claim, by the claim's id.
    EvaluationOf(Uuid) => records::Evaluation,
    |reader, ids| evaluations::of_claims(reader.db(), &reader.caller, &ids).await?
}

/// How a draft stands. The key is the claim itself, so that its row is not read again, with the place to remember it.
#[derive(Clone, Debug)]
struct StandingOf(Arc<Claim>, KnownStanding);

impl PartialEq for StandingOf {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for StandingOf {}

impl Hash for StandingOf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.id.hash(state);
    }
}

impl Load for StandingOf {
    type Value = Arc<Standing>;

    async fn load(reader: Reader, keys: Vec<Self>) -> Result<HashMap<Self, Arc<Standing>>, Failure> {
        let claims: Vec<Claim> = keys.iter().map(|key| Claim::clone(&key.0)).collect();
        let standings = reader.app.problems_of(&claims).await?.into_iter().map(Arc::new);
        // Remembered here and not by who asked: the claim's lines may come to ask before that one goes on.
        let remember = |(key, standing): &(Self, Arc<Standing>)| {
            key.1.0.get_or_init(|| Arc::clone(standing));
        };
        Ok(keys.into_iter().zip(standings).inspect(remember).collect())
    }
}

/// How one claim stands, found out at most once for the claim and its lines.
#[derive(Clone, Debug, Default)]
pub struct KnownStanding(Arc<OnceLock<Arc<Standing>>>);

impl KnownStanding {
    /// How the claim stands.
    ///
    /// # Errors
    /// Those of the statements.
    pub async fn of(&self, ctx: &Context<'_>, claim: &Arc<Claim>) -> Result<Arc<Standing>, Failure> {
        if let Some(known) = self.0.get() {
            return Ok(Arc::clone(known));
        }
        let found = load(ctx, StandingOf(Arc::clone(claim), self.clone())).await?.unwrap_or_default();
        Ok(Arc::clone(self.0.get_or_init(|| found)))
    }
}

/// A page of a customer's claims.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClaimPage {
    /// Which of them.
    pub filter: ClaimFilter,
    /// In which order.
    pub order: ClaimOrder,
    /// Which page.
    pub request: PageRequest,
}

impl Load for With<ClaimPage> {
    type Value = Page<Arc<Claim>>;

    async fn load(reader: Reader, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, Failure> {
        let reader = &reader;
        let read = async |args: Arc<ClaimPage>, tenants: Vec<Uuid>| {
            claims::pages_of_customers(reader.db(), &reader.caller, &tenants, &args.filter, args.order, &args.request)
                .await
        };
        let pages = by_args(keys, read).await?;
        Ok(pages.into_iter().map(|(key, page)| (key, shared(page))).collect())
    }
}

/// How many claims a customer has.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClaimCount(pub ClaimFilter);

impl Load for With<ClaimCount> {
    type Value = u64;

    async fn load(reader: Reader, keys: Vec<Self>) -> Result<HashMap<Self, u64>, Failure> {
        let reader = &reader;
        let read = async |args: Arc<ClaimCount>, tenants: Vec<Uuid>| {
            claims::counts_of_customers(reader.db(), &reader.caller, &tenants, &args.0).await
        };
        by_args(keys, read).await
    }
}

/// The same page of claims that can be handed around.
pub(in crate::graphql) fn shared(page: Page<Claim>) -> Page<Arc<Claim>> {
    Page {
        items: page.items.into_iter().map(|(cursor, claim)| (cursor, Arc::new(claim))).collect(),
        has_next: page.has_next,
        has_previous: page.has_previous,
    }
}
