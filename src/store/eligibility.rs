//! The facts that eligibility judges by (E), in five statements for any number of intents.

use std::collections::{HashMap, HashSet};

use domain::{
    claim::Subject,
    eligibility::{self, Facts, Intent},
    identifier,
    kinds::{ClaimStatus, LineOutcome},
};
use entity::{claim, claim_line, customer, customer_domain, customer_subscription};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait,
    RelationTrait, sea_query::Expr,
};
use uuid::Uuid;

use super::{
    Reads, StoreError, keyset,
    partners::{self, Location},
    predicates,
    products::{self, Product},
    rows::{Plain, Rows},
    scope,
    sql::{any_of, as_case},
    subscriptions::Subscription,
};

/// The facts of each intent, in the order of the intents.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn facts(on: &impl Reads, intents: &[Intent]) -> Result<Vec<Facts>, StoreError> {
    if intents.is_empty() {
        return Ok(Vec::new());
    }
    let mpn_ids: Vec<&str> = distinct(intents.iter().map(|intent| intent.mpn_id.as_str()));
    let skus = distinct(intents.iter().flat_map(named_skus));
    let found = Found {
        domains: domains(on, intents).await?,
        locations: partners::locations(on, &mpn_ids).await?,
        products: products::get_many(on, &skus).await?,
        subscriptions: subscriptions(on, intents).await?,
        claimed: claimed(on, intents).await?,
    };
    Ok(intents.iter().map(|intent| found.facts(intent)).collect())
}

fn distinct<T: Copy + Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// The products of the lines.
fn skus(intent: &Intent) -> impl Iterator<Item = Uuid> {
    intent.lines.iter().filter_map(|line| line.sku_id)
}

/// The ids in the lines' typed texts. Eligibility decides which are accepted; additional facts do no harm.
fn typed(intent: &Intent) -> impl Iterator<Item = Uuid> {
    let texts = intent.lines.iter().filter_map(|line| line.typed.as_deref());
    texts.filter_map(identifier::uuid)
}

/// Every id that may be a product's: a typed one may be a SKU id by mistake (E2).
fn named_skus(intent: &Intent) -> impl Iterator<Item = Uuid> {
    skus(intent).chain(typed(intent))
}

/// A subject on a live claim, with the partner, the claim and the tenant.
struct Claimed {
    partner_id: Uuid,
    claim_id: Uuid,
    subject: Subject,
}

/// What the statements found for all intents together.
struct Found {
    domains: HashMap<Uuid, HashSet<String>>,
    locations: Vec<Location>,
    products: Vec<Product>,
    subscriptions: Vec<Subscription>,
    claimed: Vec<Claimed>,
}

impl Found {
    /// What of it is about this intent.
    fn facts(&self, intent: &Intent) -> Facts {
        let wanted: HashSet<Uuid> = skus(intent).collect();
        let named: HashSet<Uuid> = typed(intent).collect();
        let location = self.locations.iter().find(|known| known.mpn_id == intent.mpn_id);
        let products = self.products.iter();
        Facts {
            domains: self.domains.get(&intent.tenant_id).cloned(),
            location: location.map(|known| eligibility::Location {
                partner_id: known.partner_id,
                enrolled: known.enrolled_programs.clone(),
            }),
            products: products
                .clone()
                .filter(|known| wanted.contains(&known.sku_id))
                .map(|known| (known.sku_id, product_fact(known)))
                .collect(),
            sku_ids: products.map(|known| known.sku_id).filter(|id| named.contains(id)).collect(),
            subscriptions: self
                .subscriptions
                .iter()
                .filter(|known| known.tenant_id == intent.tenant_id)
                .filter(|known| wanted.contains(&known.sku_id) || named.contains(&known.subscription_id))
                .map(subscription_fact)
                .collect(),
            claimed: self
                .claimed
                .iter()
                .filter(|known| known.partner_id == intent.partner_id)
                .filter(|known| Some(known.claim_id) != intent.claim_id)
                .map(|known| (known.subject.clone(), known.claim_id))
                .collect(),
        }
    }
}

fn product_fact(product: &Product) -> eligibility::Product {
    eligibility::Product { sku_id: product.sku_id, name: product.name.clone(), solution_area: product.solution_area }
}

fn subscription_fact(subscription: &Subscription) -> eligibility::Subscription {
    eligibility::Subscription {
        subscription_id: subscription.subscription_id,
        sku_id: subscription.sku_id,
        channel: subscription.channel,
        status: subscription.status,
        ends_at: subscription.ends_at,
    }
}

/// The verified domains of every tenant that is known, the default one among them, in lower case.
async fn domains(on: &impl Reads, intents: &[Intent]) -> Result<HashMap<Uuid, HashSet<String>>, StoreError> {
    let backend = on.connection().get_database_backend();
    let tenants = distinct(intents.iter().map(|intent| intent.tenant_id));
    let same = scope::same(customer_domain::Column::TenantId, customer::Column::TenantId);
    let mut query = Rows::<customer::Entity>::all()
        .column(customer::Column::TenantId)
        .column(customer::Column::Domain)
        .expr(Expr::col(customer_domain::Column::Domain.as_column_ref()))
        .filter(any_of(customer::Column::TenantId, tenants, backend));
    QueryTrait::query(&mut query).join(JoinType::LeftJoin, customer_domain::Entity, same);
    let rows = query.tuples::<(Uuid, String, Option<String>)>(on.connection()).await?;
    let mut domains: HashMap<Uuid, HashSet<String>> = HashMap::new();
    for (tenant, default, another) in rows {
        let of_tenant = domains.entry(tenant).or_default();
        of_tenant.insert(default.to_lowercase());
        of_tenant.extend(another.map(|domain| domain.to_lowercase()));
    }
    Ok(domains)
}

/// The tenants' subscriptions to the lines' products, and those that the lines name.
async fn subscriptions(on: &impl Reads, intents: &[Intent]) -> Result<Vec<Subscription>, StoreError> {
    use customer_subscription::{Column, Entity};
    let backend = on.connection().get_database_backend();
    let tenants = distinct(intents.iter().map(|intent| intent.tenant_id));
    let products = distinct(intents.iter().flat_map(skus));
    let named = distinct(intents.iter().flat_map(typed));
    let query = Rows::<Entity>::all().filter(any_of(Column::TenantId, tenants, backend)).filter(
        Condition::any().add(any_of(Column::SkuId, products, backend)).add(any_of(
            Column::SubscriptionId,
            named,
            backend,
        )),
    );
    keyset::all(on, query, &Plain::<Subscription>::all()).await
}

/// The subjects on the partners' live claims on these tenants (E9, E15): while a claim is being decided, those of its
/// lines that are not lost; once it is approved, those whose own association lives.
async fn claimed(on: &impl Reads, intents: &[Intent]) -> Result<Vec<Claimed>, StoreError> {
    let backend = on.connection().get_database_backend();
    let tenants = distinct(intents.iter().map(|intent| intent.tenant_id));
    let owners = distinct(intents.iter().map(|intent| intent.partner_id));
    let rows = claim_line::Entity::find()
        .join(JoinType::InnerJoin, claim_line::Relation::Claim.def())
        .filter(claim::Column::DeletedAt.is_null())
        .filter(any_of(claim::Column::TenantId, tenants, backend))
        .filter(any_of(claim::Column::PartnerId, owners, backend))
        // PostgreSQL took 12 ms to try every index for each side of the `OR`; none does better than the tenant's.
        .filter(as_case(live()))
        .select_only()
        .column(claim::Column::PartnerId)
        .column(claim::Column::Id)
        .column(claim::Column::SolutionArea)
        .column(claim::Column::TenantId)
        .column(claim_line::Column::SkuId)
        .column(claim_line::Column::SubscriptionId)
        .into_tuple::<(Uuid, Uuid, String, Uuid, Uuid, Option<Uuid>)>()
        .all(on.connection())
        .await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for (partner_id, claim_id, area, tenant_id, sku_id, subscription_id) in rows {
        let area = area.parse().map_err(|_| StoreError::Corrupt("claim", claim_id.to_string()))?;
        let subject = Subject::of(area, tenant_id, sku_id, subscription_id);
        claimed.extend(subject.map(|subject| Claimed { partner_id, claim_id, subject }));
    }
    Ok(claimed)
}

fn live() -> Condition {
    let being_decided = [ClaimStatus::Submitted, ClaimStatus::UnderReview, ClaimStatus::PartnerActionRequired];
    Condition::any()
        .add(
            Condition::all()
                .add(claim::Column::Status.is_in(being_decided.map(ClaimStatus::as_str)))
                .add(claim_line::Column::Outcome.ne(LineOutcome::Lost.as_str())),
        )
        .add(
            Condition::all()
                .add(claim::Column::Status.eq(ClaimStatus::Approved.as_str()))
                .add(predicates::is_associated()),
        )
}
