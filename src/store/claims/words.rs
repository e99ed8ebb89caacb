//! The words of a search for claims (L14): each may be part of a text, or a complete id in the claim.

use domain::{claim::Subject, directory, identifier};
use entity::{claim::Column, claim_line, partner_location};
use sea_orm::{
    ColumnTrait, Condition, ExprTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, SelectStatement},
};
use uuid::Uuid;

use crate::store::{rows::Rows, scope::same, sql::search_words};

/// A word of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// As texts have it: folded.
    pub(super) text: String,
    /// The MPN id that it may be.
    mpn_id: Option<String>,
    /// The tenant or subscription id that it is.
    id: Option<Uuid>,
}

/// The words of a search. Nothing when no claim could have them all.
pub(super) fn words(search: &str) -> Option<Vec<Word>> {
    let folded = search_words(search)?;
    // An MPN id counts with its case, which folding takes away.
    let typed: Vec<(String, &str)> =
        search.split_whitespace().map(|typed| (domain::text::fold(typed), typed)).collect();
    let word = |text: String| {
        let typed = typed.iter().find(|(folded, _)| *folded == text).map_or(text.as_str(), |(_, typed)| *typed);
        let (mpn_id, id) = (directory::mpn_id("", typed).ok(), identifier::uuid(typed));
        Word { text, mpn_id, id }
    };
    Some(folded.into_iter().map(word).collect())
}

impl Word {
    /// Whether the claim of the statement names the id, found among few claims. A partner looks in drafts, too, where a
    /// subscription may not be resolved yet.
    pub(super) fn is_named(&self) -> Option<Condition> {
        if self.mpn_id.is_none() && self.id.is_none() {
            return None;
        }
        let of_id = |id: Uuid| {
            let lines = Rows::<claim_line::Entity>::all()
                .column(claim_line::Column::Id)
                .filter(same(claim_line::Column::ClaimId, Column::Id))
                .filter(
                    Condition::any()
                        .add(claim_line::Column::SubscriptionId.eq(id))
                        .add(claim_line::Column::SubscriptionTyped.eq(id.to_string())),
                );
            Condition::any().add(Column::TenantId.eq(id)).add(Expr::exists(lines.into_query()))
        };
        let of_mpn_id = self.mpn_id.as_deref().map(|id| Column::MpnId.eq(id));
        Some(Condition::any().add_option(of_mpn_id).add_option(self.id.map(of_id)))
    }

    /// The conditions by each of which an index finds the claims that name the id: the partner of the MPN id, the tenant,
    /// the subject of a line (X0), which every line of a submitted claim has.
    pub(super) fn ways(&self) -> Vec<Condition> {
        let mut ways = Vec::new();
        if let Some(mpn_id) = &self.mpn_id {
            let partner = Rows::<partner_location::Entity>::all()
                .column(partner_location::Column::PartnerId)
                .filter(partner_location::Column::MpnId.eq(mpn_id.as_str()));
            ways.push(
                Condition::all()
                    .add(Column::PartnerId.in_subquery(partner.into_query()))
                    .add(Column::MpnId.eq(mpn_id.as_str())),
            );
        }
        if let Some(id) = self.id {
            ways.push(Condition::all().add(Column::TenantId.eq(id)));
            let lines = claims_with_subject(&Subject::Subscription(id));
            ways.push(Condition::all().add(Expr::col(Column::Id.as_column_ref()).in_subquery(lines)));
        }
        ways
    }
}

fn claims_with_subject(subject: &Subject) -> SelectStatement {
    Rows::<claim_line::Entity>::all()
        .column(claim_line::Column::ClaimId)
        .filter(claim_line::Column::Subject.eq(subject.to_string()))
        .into_query()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_may_be_an_id_in_every_spelling() {
        // L14, L15
        let id = "f2e48cb3-9da0-42cd-8464-4a54ce198ad0";
        for typed in [id.to_owned(), id.to_uppercase(), id.replace('-', "\u{2011}"), format!("\u{feff}{id}")] {
            let found = words(&format!("Contoso {typed} MPN-7x")).unwrap();
            let ids: Vec<_> = found.iter().map(|word| word.id).collect();
            assert_eq!(ids, [None, identifier::uuid(id), None], "{typed}");
            let mpn_ids: Vec<_> = found.iter().map(|word| word.mpn_id.as_deref()).collect();
            assert_eq!((mpn_ids[0], mpn_ids[2]), (Some("Contoso"), Some("MPN-7x")));
        }
        assert_eq!(words("Győr ...").unwrap().iter().map(Word::ways).map(|ways| ways.len()).sum::<usize>(), 0);
    }
}
