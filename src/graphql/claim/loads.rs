//! Loaders for many claims at once.

use std::{
    hash::{Hash, Hasher},
    sync::{Arc, OnceLock},
};

use async_graphql::{Context, dataloader::Loader};
use uuid::Uuid;

use super::{Claim, wanted};
use crate::{
    app::DraftState,
    graphql::{
        error::ApiError,
        loader::{Loaded, Reader, With, by_args, load, load_required, loads_by_id},
    },
    store::{
        ById, Visible,
        claims::{self, ClaimFilter, ClaimOrder, ClaimRow, LineRow, LinesWanted, Origin, Owners, Wanted},
        evaluations,
        page::{Page, PageRequest},
    },
};

/// A claim that the caller sees, by its id, with the columns to read.
pub type ClaimById = With<Uuid, Wanted>;

impl Loader<ClaimById> for Reader {
    type Value = ClaimRow;
    type Error = ApiError;

    async fn load(&self, keys: &[ClaimById]) -> Loaded<ClaimById> {
        let read = async |wanted: Arc<Wanted>, ids: Vec<Uuid>| {
            let rows = claims::by_ids(self.db(), &self.caller, &ids, *wanted).await?;
            Ok(rows.into_iter().map(|row| (row.claim().id, row)).collect::<ById<_>>())
        };
        by_args(keys, read).await
    }
}

/// The claim of something that the caller sees.
///
/// # Errors
/// Those of the statement.
pub async fn visible(ctx: &Context<'_>, id: Uuid) -> Result<Claim, ApiError> {
    Ok(load_required(ctx, ClaimById::new(id, wanted::of_claims(ctx)?)).await?.into())
}

/// The claim with this id, if the caller sees it.
///
/// # Errors
/// Those of the statement.
pub async fn visible_or_none(ctx: &Context<'_>, id: Uuid) -> Result<Option<Claim>, ApiError> {
    Ok(load(ctx, ClaimById::new(id, wanted::of_claims(ctx)?)).await?.map(Into::into))
}

loads_by_id! {
    /// What is left of a deleted draft of the caller's partner, by its id.
    LeftOf(Uuid) => ClaimRow,
    |reader, ids| {
        let rows = claims::left_of_deleted(reader.db(), &reader.caller, &ids).await?;
        rows.into_iter().map(|row| (row.claim().id, row)).collect::<Vec<_>>()
    }
}

/// What is left of a draft of whose deletion the caller is told.
///
/// # Errors
/// Those of the statement.
pub async fn left_of_deleted(ctx: &Context<'_>, id: Uuid) -> Result<Claim, ApiError> {
    Ok(Claim::gone(load_required(ctx, LeftOf(id)).await?))
}

impl Loader<With<Visible<Uuid>, LinesWanted>> for Reader {
    type Value = Vec<LineRow>;
    type Error = ApiError;

    async fn load(&self, keys: &[With<Visible<Uuid>, LinesWanted>]) -> Loaded<With<Visible<Uuid>, LinesWanted>> {
        by_args(keys, async |wanted, claims| claims::lines_of(self.db(), &claims, *wanted).await).await
    }
}

loads_by_id! {
    /// Who made and submitted a claim, by the claim's id.
    OriginOf(Visible<Uuid>) => Origin,
    |reader, ids| claims::origins(reader.db(), &ids).await?
}

loads_by_id! {
    /// The incentive evaluation of a claim, by the claim's id.
    EvaluationOf(Visible<Uuid>) => evaluations::Evaluation,
    |reader, ids| evaluations::of_claims(reader.db(), &reader.caller, &ids).await?
}

/// The state of a draft. The key is the claim itself, so that its row is not read again, with the place to remember it.
#[derive(Clone, Debug)]
struct DraftStateOf(Arc<ClaimRow>, KnownDraftState);

impl PartialEq for DraftStateOf {
    fn eq(&self, other: &Self) -> bool {
        self.0.id() == other.0.id()
    }
}

impl Eq for DraftStateOf {}

impl Hash for DraftStateOf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.id().hash(state);
    }
}

impl Loader<DraftStateOf> for Reader {
    type Value = Arc<DraftState>;
    type Error = ApiError;

    async fn load(&self, keys: &[DraftStateOf]) -> Loaded<DraftStateOf> {
        let claims = whole(self, keys).await?;
        let standings = self.app.problems_of(&claims).await?.into_iter().map(Arc::new);
        // Stored here and not by the caller: the claim's lines may need it before the caller continues.
        let remember = |(key, standing): &(DraftStateOf, Arc<DraftState>)| {
            key.1.0.get_or_init(|| Arc::clone(standing));
        };
        Ok(keys.iter().cloned().zip(standings).inspect(remember).collect())
    }
}

/// The complete claims; only those that were read partially are read again.
async fn whole(reader: &Reader, keys: &[DraftStateOf]) -> Result<Vec<domain::claim::Claim>, ApiError> {
    let in_part = keys.iter().filter(|key| !key.0.is_whole()).map(|key| key.0.claim().id);
    let in_part: Vec<Uuid> = in_part.collect();
    let rows = if in_part.is_empty() {
        Vec::new()
    } else {
        claims::by_ids(reader.db(), &reader.caller, &in_part, Wanted::ROW).await?
    };
    let read: ById<ClaimRow> = rows.into_iter().map(|row| (row.claim().id, row)).collect();
    let claim = |key: &DraftStateOf| read.get(&key.0.claim().id).unwrap_or(&key.0).claim().clone();
    Ok(keys.iter().map(claim).collect())
}

/// The state of one claim, computed at most once for the claim and its lines.
#[derive(Clone, Debug, Default)]
pub struct KnownDraftState(Arc<OnceLock<Arc<DraftState>>>);

impl KnownDraftState {
    /// The state of the claim.
    ///
    /// # Errors
    /// Those of the statements.
    pub async fn of(&self, ctx: &Context<'_>, claim: &Arc<ClaimRow>) -> Result<Arc<DraftState>, ApiError> {
        if let Some(known) = self.0.get() {
            return Ok(Arc::clone(known));
        }
        let found = load(ctx, DraftStateOf(Arc::clone(claim), self.clone())).await?.unwrap_or_default();
        Ok(Arc::clone(self.0.get_or_init(|| found)))
    }
}

/// A page of claims.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClaimPage {
    /// Which of them.
    pub filter: ClaimFilter,
    /// In which order.
    pub order: ClaimOrder,
    /// Which page.
    pub request: PageRequest,
    /// The columns to read of each.
    pub wanted: Wanted,
}

/// A page of the claims of each of these.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OwnedPage(pub Owners, pub ClaimPage);

impl Loader<With<Uuid, OwnedPage>> for Reader {
    type Value = Page<ClaimRow>;
    type Error = ApiError;

    async fn load(&self, keys: &[With<Uuid, OwnedPage>]) -> Loaded<With<Uuid, OwnedPage>> {
        let read = async |args: Arc<OwnedPage>, ids: Vec<Uuid>| {
            let OwnedPage(owners, ClaimPage { filter, order, request, wanted }) = &*args;
            claims::pages_of(self.db(), &self.caller, (*owners, &ids), filter, *order, request, *wanted).await
        };
        by_args(keys, read).await
    }
}

/// How many claims each of these has.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClaimCount(pub Owners, pub ClaimFilter);

impl Loader<With<Uuid, ClaimCount>> for Reader {
    type Value = u64;
    type Error = ApiError;

    async fn load(&self, keys: &[With<Uuid, ClaimCount>]) -> Loaded<With<Uuid, ClaimCount>> {
        let read = async |args: Arc<ClaimCount>, ids: Vec<Uuid>| {
            claims::counts_of(self.db(), &self.caller, (args.0, &ids), &args.1).await
        };
        by_args(keys, read).await
    }
}
