//! The partner and its locations.

use async_graphql::{Context, ID, Object, parser::types::Field};
use domain::caller::Side;
use uuid::Uuid;

use super::IncentiveProgram;
use crate::{
    graphql::{
        at_hand::{AtHand, Write, plain},
        claim::{self, ClaimConnection, ClaimFilter, ClaimOrder},
        eager::Eager,
        error::ApiError,
        global_id::{self, Kind},
        guard,
        loader::{Reader, load, loads_by_id},
        page::{self, PageArgs, Total, connection},
    },
    store::{claims::Owners, partners},
};

/// A partner that the caller sees.
#[derive(Clone, Debug)]
pub struct Partner(pub partners::Partner);

impl From<partners::Partner> for Partner {
    fn from(partner: partners::Partner) -> Self {
        Self(partner)
    }
}

connection!(PartnerConnection, PartnerEdge, Partner, "partners", "a partner");

/// A company that makes claims.
#[Object]
impl Partner {
    /// The opaque, permanent id of the object, for `node` and for inputs.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::Partner, self.0.id)
    }

    /// The company's name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its locations, each with an MPN id. Partners see their own, the vendor sees all; empty for others.
    async fn locations(&self, ctx: &Context<'_>) -> Result<Vec<PartnerLocation>, ApiError> {
        let visible = match Reader::of(ctx)?.caller.side {
            Side::Partner(own) => own == self.0.id,
            Side::Vendor => true,
            Side::Customer(_) => false,
        };
        if !visible {
            return Ok(Vec::new());
        }
        let locations = load(ctx, LocationsOf(self.0.id)).await?.unwrap_or_default();
        Ok(locations.into_iter().map(Into::into).collect())
    }

    /// The partner's claims that the caller sees, newest first by default. Needs the scope `claims:read`, except in a
    /// mutation's payload.
    #[graphql(guard = "guard::CLAIMS")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the API")]
    async fn claims(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items from the start, 1 to 100; 20 if `last` is absent too. Cannot be combined with `last`."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only claims after this cursor, which must come from the same order.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end, 1 to 100. Cannot be combined with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only claims before this cursor, which must come from the same order.")] before: Option<
            String,
        >,
        #[graphql(desc = "Restricts the claims; by default all.")] filter: Option<ClaimFilter>,
        #[graphql(desc = "The sort order; by default newest first.")] order_by: Option<ClaimOrder>,
    ) -> Result<Eager<ClaimConnection>, ApiError> {
        let page = PageArgs { first, after, last, before };
        claim::of_owner(ctx, (Owners::Partners, self.0.id), page, filter, order_by).await.map(Eager)
    }
}

/// A location that the caller sees.
#[derive(Clone, Debug)]
pub struct PartnerLocation(pub partners::Location);

impl From<partners::Location> for PartnerLocation {
    fn from(location: partners::Location) -> Self {
        Self(location)
    }
}

/// A location of a partner. Each claim is made for one.
#[Object]
impl PartnerLocation {
    /// The opaque, permanent id of the object, for `node` and for inputs.
    pub async fn id(&self) -> ID {
        global_id::encode_location(&self.0.mpn_id)
    }

    /// The location's MPN id, unique among all partners.
    async fn mpn_id(&self) -> &str {
        &self.0.mpn_id
    }

    /// The location's name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// A two-letter country code, or a country's name.
    async fn country(&self) -> &str {
        &self.0.country
    }

    /// The incentive programs that the location is enrolled in. A claim needs those of its activities; otherwise
    /// `LOCATION_NOT_ENROLLED`. Empty for customers.
    async fn enrolled_programs(&self, ctx: &Context<'_>) -> Result<Vec<IncentiveProgram>, ApiError> {
        // A3
        if Reader::of(ctx)?.is_customer() {
            return Ok(Vec::new());
        }
        Ok(self.0.enrolled_programs.iter().map(|program| (*program).into()).collect())
    }
}

impl AtHand for Partner {
    fn field(field: &Field) -> Option<Write<Self>> {
        match field.name.node.as_str() {
            "id" => plain(|partner: &Self, _, out| out.id(Kind::Partner, partner.0.id)),
            "name" => plain(|partner: &Self, _, out| out.text(&partner.0.name)),
            _ => None,
        }
    }
}

impl AtHand for PartnerLocation {
    fn field(field: &Field) -> Option<Write<Self>> {
        match field.name.node.as_str() {
            "mpnId" => plain(|location: &Self, _, out| out.text(&location.0.mpn_id)),
            "name" => plain(|location: &Self, _, out| out.text(&location.0.name)),
            "country" => plain(|location: &Self, _, out| out.text(&location.0.country)),
            _ => None,
        }
    }
}

loads_by_id! {
    /// The partner of something that is visible, by its id.
    PartnerById(Uuid) => partners::Partner,
    |reader, ids| partners::get_many(reader.db(), &ids).await?.into_iter().map(|partner| (partner.id, partner))
}

loads_by_id! {
    /// The locations of a partner, by the partner's id.
    LocationsOf(Uuid) => Vec<partners::Location>,
    |reader, ids| partners::locations_of(reader.db(), &ids).await?
}

loads_by_id! {
    /// The location of something that is visible, by its MPN id.
    LocationById(String) => partners::Location,
    |reader, ids| {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        partners::locations(reader.db(), &ids).await?.into_iter().map(|location| (location.mpn_id.clone(), location))
    }
}

/// A page of the partners that the caller sees.
pub(super) async fn page(
    ctx: &Context<'_>,
    page: PageArgs,
    search: Option<String>,
) -> Result<PartnerConnection, ApiError> {
    let request = page.of(ctx, &partners::ORDER)?;
    let counted = search.clone();
    let page = page::asked(ctx, move |reader| async move {
        partners::page(reader.db(), &reader.caller, search.as_deref(), &request).await
    });
    let total = Total::asked(move |reader| {
        let search = counted.clone();
        async move { partners::count(reader.db(), &reader.caller, search.as_deref()).await }
    });
    Ok(PartnerConnection::new(page.await?, total))
}
