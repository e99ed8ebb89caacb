//! What a caller may see, as SQL conditions (A3, A4, A6): one function per noun.
//!
//! Every list, count and lookup for a caller goes through here, so "not yours" and "not there" cannot differ.

use domain::{
    caller::{Caller, Side},
    kinds::{CommentVisibility, HistoryAction},
    lifecycle,
};
use entity::{
    arbitration, arbitration_claim, association, claim, claim_line, comment, customer, customer_subscription,
    evaluation, history, partner, proof_document,
};
use sea_orm::{
    ColumnTrait, Condition, ExprTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Alias, Expr, Query, SelectStatement},
};
use uuid::Uuid;

use super::{predicates, rows::Rows, sql::never};

/// Written out and not bound: the indexes of the reviewers' lists leave out drafts, which the database must recognize.
const NO_DRAFT: &str = "\"claim\".\"status\" <> 'EDITING'";

/// The claims that reviewers do not see, and those that nobody sees, with the conditions of their indexes.
const HIDDEN: &str = "(\"claim\".\"deleted_at\" IS NOT NULL OR \"claim\".\"status\" = 'EDITING')";
const DELETED: &str = "\"claim\".\"deleted_at\" IS NOT NULL";

/// A partner sees its own claims, reviewers every one that was ever submitted, a customer those on its tenant from their
/// approval on; nobody a deleted draft.
pub fn claims(caller: &Caller) -> Condition {
    claims_by_company(caller, Expr::val)
}

/// The same for each row of a statement: `company` makes an expression for the caller's company.
pub fn claims_by_company(caller: &Caller, company: impl FnOnce(Uuid) -> Expr) -> Condition {
    let there = Condition::all().add(claim::Column::DeletedAt.is_null());
    match caller.side {
        Side::Partner(id) => there.add(is(claim::Column::PartnerId, company(id))),
        Side::Vendor if caller.reviews() => there.add(Expr::cust(NO_DRAFT)),
        Side::Vendor => there.add(never()),
        Side::Customer(tenant) => {
            there.add(is(claim::Column::TenantId, company(tenant))).add(claim::Column::ApprovedAt.is_not_null())
        }
    }
}

fn is(column: impl ColumnTrait, value: Expr) -> Expr {
    Expr::col(column.as_column_ref()).eq(value)
}

/// The rows whose column names a claim that the caller sees.
fn of_seen_claim(caller: &Caller, column: impl ColumnTrait) -> Condition {
    let seen = claims_seen(caller);
    Condition::all().add(match caller.side {
        // Few claims: found first, and the rows by their claims.
        Side::Partner(_) | Side::Customer(_) => column.in_subquery(seen(claim::Column::Id)),
        // Nearly all claims: the few others are found by an index of their own.
        Side::Vendor if caller.reviews() => none_of(HIDDEN, column),
        Side::Vendor => never(),
    })
}

/// Whether the claim that the column names is none of these. The column must name a claim.
fn none_of(these: &'static str, column: impl ColumnTrait) -> Expr {
    let found = Rows::<claim::Entity>::all()
        .column(claim::Column::Id)
        .filter(same(claim::Column::Id, column))
        .filter(Expr::cust(these));
    Expr::exists(found.into_query()).not()
}

/// `SELECT column FROM claim` for the claims that the caller sees.
fn claims_seen(caller: &Caller) -> impl Fn(claim::Column) -> SelectStatement + use<> {
    let scope = claims(caller);
    move |column| Rows::<claim::Entity>::all().column(column).filter(scope.clone()).into_query()
}

/// The same claims' documents; a customer sees none.
pub fn documents(caller: &Caller) -> Condition {
    not_customers(caller, of_seen_claim(caller, proof_document::Column::ClaimId))
}

/// The documents of every claim that is not deleted, for holders of a signed address (P2).
pub fn documents_by_address() -> Expr {
    none_of(DELETED, proof_document::Column::ClaimId)
}

/// The same claims' comments; internal ones are the vendor's only (K1), and a customer sees none.
pub fn comments(caller: &Caller) -> Condition {
    let seen = of_seen_claim(caller, comment::Column::ClaimId);
    not_customers(caller, shared(caller, seen, comment::Column::Visibility))
}

/// The same claims' history; entries of internal comments are the vendor's only (H1), and a customer sees none.
pub fn history(caller: &Caller) -> Condition {
    history_and(caller, Condition::any())
}

/// The same, and of a partner's deleted drafts those entries for which one of these conditions holds.
fn history_and(caller: &Caller, of_deleted: Condition) -> Condition {
    let seen = match caller.side {
        // By the entry's own partner: so an index gives the entries in their order.
        Side::Partner(id) => Condition::all()
            .add(history::Column::PartnerId.eq(id))
            .add(of_deleted.add(none_of(DELETED, history::Column::ClaimId))),
        Side::Vendor | Side::Customer(_) => of_seen_claim(caller, history::Column::ClaimId),
    };
    not_customers(caller, shared(caller, seen, history::Column::Visibility))
}

/// The comments on a claim that the caller sees, as [`comments`] has them.
pub fn comments_of_visible(caller: &Caller) -> Condition {
    not_customers(caller, shared(caller, Condition::all(), comment::Column::Visibility))
}

/// The history of a claim that the caller sees, as [`history()`] has it.
pub fn history_of_visible(caller: &Caller) -> Condition {
    not_customers(caller, shared(caller, Condition::all(), history::Column::Visibility))
}

/// The documents of a claim that the caller sees, as [`documents`] has them.
pub fn documents_of_visible(caller: &Caller) -> Condition {
    not_customers(caller, Condition::all())
}

/// The entries that subscribers receive (H2): those since the caller began to see the claim. So a late subscriber
/// receives the same entries as others, and reviewers never receive a draft's entries, however late they are delivered.
/// A deleted draft's partner receives its last entry, `DELETED`.
pub fn events(caller: &Caller) -> Condition {
    match caller.side {
        Side::Vendor => history(caller).add(since(HistoryAction::Submitted)),
        Side::Partner(_) => {
            let deletion = history::Column::Action.eq(HistoryAction::Deleted.as_str());
            history_and(caller, Condition::any().add(deletion))
        }
        Side::Customer(_) => history(caller),
    }
}

/// The drafts that the caller's partner has deleted; nobody else is told of them.
pub fn deleted_drafts(caller: &Caller) -> Condition {
    let gone = Condition::all().add(claim::Column::DeletedAt.is_not_null());
    match caller.side {
        Side::Partner(id) => gone.add(claim::Column::PartnerId.eq(id)),
        Side::Vendor | Side::Customer(_) => gone.add(never()),
    }
}

/// The same of changes of status, which come to a customer too: from the approval on, when it begins to see the claim (A3).
pub fn status_changes(caller: &Caller) -> Condition {
    match caller.side {
        Side::Customer(_) => of_seen_claim(caller, history::Column::ClaimId).add(since(HistoryAction::Approved)),
        Side::Partner(_) | Side::Vendor => events(caller),
    }
}

/// The entries that record a change visible to the caller (B3): the history it sees; for a customer, who sees no history, the entries of
/// [`lifecycle::is_shown_to_customer`].
pub fn changes(caller: &Caller) -> Condition {
    let Side::Customer(_) = caller.side else { return history(caller) };
    let hidden = HistoryAction::ALL.iter().filter(|action| !lifecycle::is_shown_to_customer(**action));
    of_seen_claim(caller, history::Column::ClaimId)
        .add(history::Column::Action.is_not_in(hidden.map(|action| action.as_str())))
}

/// The entries of a claim from the first of this action on.
fn since(action: HistoryAction) -> Expr {
    let beginning = Alias::new("beginning");
    let own = |column: history::Column| Expr::col((beginning.clone(), column));
    let begun = Query::select()
        .expr(Expr::val(1))
        .from_as(history::Entity, beginning.clone())
        .and_where(own(history::Column::ClaimId).equals(history::Column::ClaimId.as_column_ref()))
        .and_where(own(history::Column::Action).eq(action.as_str()))
        .and_where(own(history::Column::Seq).lte(Expr::col(history::Column::Seq.as_column_ref())))
        .take();
    Expr::exists(begun)
}

fn not_customers(caller: &Caller, seen: Condition) -> Condition {
    match caller.side {
        Side::Customer(_) => Condition::all().add(never()),
        Side::Partner(_) | Side::Vendor => seen,
    }
}

fn shared(caller: &Caller, seen: Condition, visibility: impl ColumnTrait) -> Condition {
    if caller.reviews() { seen } else { seen.add(visibility.eq(CommentVisibility::Shared.as_str())) }
}

/// A partner sees its own associations, reviewers all, a customer those on its tenant.
pub fn associations(caller: &Caller) -> Condition {
    match caller.side {
        Side::Partner(id) => Condition::all().add(association::Column::PartnerId.eq(id)),
        Side::Vendor if caller.reviews() => Condition::all(),
        Side::Vendor => Condition::all().add(never()),
        Side::Customer(tenant) => {
            of_seen_claim(caller, association::Column::ClaimId).add(association::Column::TenantId.eq(tenant))
        }
    }
}

/// A partner sees the arbitrations that a claim of its own takes or took part in, reviewers all, a customer none (A3).
pub fn arbitrations(caller: &Caller) -> Condition {
    match caller.side {
        Side::Partner(_) => {
            let own = Rows::<arbitration_claim::Entity>::all()
                .column(arbitration_claim::Column::ArbitrationId)
                .filter(of_seen_claim(caller, arbitration_claim::Column::ClaimId));
            Condition::all().add(arbitration::Column::Id.in_subquery(own.into_query()))
        }
        Side::Vendor if caller.reviews() => Condition::all(),
        Side::Vendor | Side::Customer(_) => Condition::all().add(never()),
    }
}

/// The claims in an arbitration: a partner sees its own and never learns of the others (X2), a customer none.
pub fn parties(caller: &Caller) -> Condition {
    not_customers(caller, claims(caller))
}

/// The evaluation of a claim that the caller sees; a customer sees none (A3).
pub fn evaluations_of_visible(caller: &Caller) -> Condition {
    not_customers(caller, Condition::all())
}

/// The evaluations of the same claims that have one now; a customer sees none (A3).
pub fn evaluations(caller: &Caller) -> Condition {
    let evaluated = Rows::<claim::Entity>::all()
        .column(claim::Column::Id)
        .filter(same(claim::Column::Id, evaluation::Column::ClaimId))
        .filter(claims(caller))
        .filter(claim::Column::EvaluationStatus.is_not_null());
    not_customers(caller, Condition::all().add(Expr::exists(evaluated.into_query())))
}

/// A partner sees the customers that it has claims on (A6), the vendor all, a customer itself.
pub fn customers(caller: &Caller) -> Condition {
    let own = customer::Column::TenantId;
    match caller.side {
        Side::Partner(_) => Condition::all().add(own.in_subquery(claims_seen(caller)(claim::Column::TenantId))),
        Side::Vendor => Condition::all(),
        Side::Customer(tenant) => Condition::all().add(own.eq(tenant)),
    }
}

/// A partner sees itself (A4), the vendor all, a customer those with a claim that it sees (A3).
pub fn partners(caller: &Caller) -> Condition {
    let own = partner::Column::Id;
    match caller.side {
        Side::Partner(id) => Condition::all().add(own.eq(id)),
        Side::Vendor => Condition::all(),
        Side::Customer(_) => Condition::all().add(own.in_subquery(claims_seen(caller)(claim::Column::PartnerId))),
    }
}

/// A partner sees the subscriptions to products that it holds a live association for (A6), the vendor all, a customer
/// its own.
pub fn subscriptions(caller: &Caller) -> Condition {
    let tenant_id = customer_subscription::Column::TenantId;
    match caller.side {
        Side::Partner(id) => {
            let held = Rows::<association::Entity>::all()
                .column(association::Column::Id)
                .filter(association::Column::PartnerId.eq(id))
                .filter(predicates::lives())
                .filter(same(association::Column::TenantId, tenant_id))
                .filter(same(association::Column::SkuId, customer_subscription::Column::SkuId));
            Condition::all().add(Expr::exists(held.into_query()))
        }
        Side::Vendor => Condition::all(),
        Side::Customer(tenant) => Condition::all().add(tenant_id.eq(tenant)),
    }
}

/// As [`subscriptions`], and those that the lines of a partner's own claims resolve to (A6).
pub fn subscriptions_by_id(caller: &Caller) -> Condition {
    let listed = subscriptions(caller);
    if caller.partner_id().is_none() {
        return listed;
    }
    let lines = Rows::<claim_line::Entity>::all()
        .column(claim_line::Column::SubscriptionId)
        .filter(claim_line::Column::SubscriptionId.is_not_null())
        .filter(of_seen_claim(caller, claim_line::Column::ClaimId));
    Condition::any().add(listed).add(customer_subscription::Column::SubscriptionId.in_subquery(lines.into_query()))
}

/// Whether the claim that the column names is on this customer. It says nothing of whether the caller sees it.
pub fn on_customer(column: impl ColumnTrait, tenant_id: Uuid) -> Condition {
    let claims = Rows::<claim::Entity>::all().column(claim::Column::Id).filter(claim::Column::TenantId.eq(tenant_id));
    Condition::all().add(column.in_subquery(claims.into_query()))
}

/// Whether two columns of different tables are equal.
pub fn same(one: impl ColumnTrait, other: impl ColumnTrait) -> Expr {
    Expr::col(one.as_column_ref()).equals(other.as_column_ref())
}
