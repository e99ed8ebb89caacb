//! Statistics (S1, S2) of all claims that a caller sees, and of groups of them. The same for the API and for
//! `cpor report`.

use std::collections::HashMap;

use domain::{
    calendar::Calendar,
    caller::{Caller, Side},
    catalogue,
    kinds::{ClaimStatus, RejectionReason, Role, SolutionArea, StatisticsGroup},
    statistics::{ClaimCounts, Period},
    text,
    time::Timestamp,
};
use uuid::Uuid;

use super::{App, AppError};
use crate::store::{
    claims::{self, ClaimFilter, GroupKey, Grouped},
    partners, products,
    projection::write::{self as projection, Step},
    reviewers,
};

/// Which statistics are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// What a group has in common; nothing where no groups are wanted.
    pub group_by: Option<StatisticsGroup>,
    /// Whether the first-pass rate of all claims is wanted, which has to be counted by itself.
    pub first_pass: bool,
}

/// The statistics of all claims that were asked for, and of each group of them.
#[derive(Clone, Debug)]
pub struct Statistics {
    /// Of all claims.
    pub all: ClaimCounts,
    /// Of each group: periods by time, words in the order of the vocabulary, all others by their label.
    pub groups: Vec<Group>,
}

/// A group of claims, and how many they are.
#[derive(Clone, Debug)]
pub struct Group {
    /// What the claims have in common.
    pub key: Key,
    /// The same for people.
    pub label: String,
    /// When the period begins.
    pub from: Option<Timestamp>,
    /// How many there are.
    pub counts: ClaimCounts,
}

/// What the claims of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A word: a period, a reviewer's subject, a reason, a solution area.
    Word(String),
    /// A partner.
    Partner(Uuid),
    /// A product.
    Product(Uuid),
}

/// How the vendor's queue stands.
#[derive(Clone, Debug)]
pub struct Queue {
    /// All submitted claims.
    pub claims: ClaimCounts,
    /// Since when the claim has waited for its review that has waited longest.
    pub waiting_since: Option<Timestamp>,
}

/// A caller who sees every claim that was ever submitted, as an auditor does: the operator.
#[must_use]
pub fn whole_vendor() -> Caller {
    Caller {
        subject: "operator".to_owned(),
        name: None,
        roles: vec![Role::Auditor],
        scopes: Vec::new(),
        side: Side::Vendor,
        stands_in_for: Vec::new(),
    }
}

impl App {
    /// How the vendor's queue stands now, read from counters and indexes.
    ///
    /// # Errors
    /// The database's.
    pub async fn queue(&self) -> Result<Queue, AppError> {
        let counted = claims::statistics(self.db(), &whole_vendor(), &ClaimFilter::default(), self.now()).await?;
        let claims = counts_of(&counted);
        Ok(Queue { claims, waiting_since: claims::first_submitted(self.db(), Some(ClaimStatus::Submitted)).await? })
    }

    /// The statistics of the claims that the caller sees and the filter leaves.
    ///
    /// # Errors
    /// The database's.
    pub async fn statistics(
        &self,
        caller: &Caller,
        filter: &ClaimFilter,
        asked: Asked,
    ) -> Result<Statistics, AppError> {
        let (db, now, calendar) = (self.db(), self.now(), Calendar::new(self.policy()));
        let all = match claims::overall(db, caller, filter, &calendar, now).await? {
            Some(all) => all,
            None => self.counted(caller, filter, asked).await?,
        };
        let groups = match asked.group_by {
            Some(by) => self.named(by, claims::grouped(db, caller, filter, by, &calendar, now).await?).await?,
            None => Vec::new(),
        };
        Ok(Statistics { all, groups })
    }

    /// The counts of all claims, counted one by one.
    async fn counted(&self, caller: &Caller, filter: &ClaimFilter, asked: Asked) -> Result<ClaimCounts, AppError> {
        let (db, now, calendar) = (self.db(), self.now(), Calendar::new(self.policy()));
        let mut all = counts_of(&claims::statistics(db, caller, filter, now).await?);
        for decided in claims::decided_claims(db, caller, filter, &calendar, now).await? {
            let days = calendar.business_days_between(decided.submitted_at, decided.decided_at);
            all.add_decided(days.into(), decided.claims);
        }
        if asked.first_pass {
            all.first_pass = claims::first_pass(db, caller, filter).await?;
        }
        Ok(all)
    }

    /// The same if enough happened since, or in any case.
    ///
    /// # Errors
    /// The database's.
    pub async fn project_if_behind(&self, in_any_case: bool) -> Result<(), AppError> {
        if in_any_case || projection::is_behind(self.db()).await? { self.project().await } else { Ok(()) }
    }

    /// Folds into the projection what happened since, until nothing is left.
    ///
    /// # Errors
    /// The database's.
    pub async fn project(&self) -> Result<(), AppError> {
        let calendar = Calendar::new(self.policy());
        while projection::step(self.db(), &calendar).await? == Step::Done {}
        Ok(())
    }

    /// The groups with their labels, in the order in which they are shown.
    async fn named(&self, by: StatisticsGroup, found: Vec<Grouped>) -> Result<Vec<Group>, AppError> {
        let names = self.names_of(by, &found).await?;
        let mut groups: Vec<Group> = found.into_iter().map(|group| self.group(by, group, &names)).collect();
        match by {
            // By key already.
            StatisticsGroup::Month | StatisticsGroup::Week => {}
            StatisticsGroup::RejectionReason => in_order_of(&mut groups, RejectionReason::ALL, RejectionReason::as_str),
            StatisticsGroup::SolutionArea => in_order_of(&mut groups, SolutionArea::ALL, SolutionArea::as_str),
            _ => groups.sort_by_cached_key(|group| text::sort_key(&group.label)),
        }
        Ok(groups)
    }

    /// The names of partners, products and reviewers, by their keys.
    async fn names_of(&self, by: StatisticsGroup, found: &[Grouped]) -> Result<HashMap<GroupKey, String>, AppError> {
        let ids = found.iter().filter_map(|group| if let GroupKey::Id(id) = group.key { Some(id) } else { None });
        let ids: Vec<Uuid> = ids.collect();
        let named = |id: Uuid, name: String| (GroupKey::Id(id), name);
        Ok(match by {
            StatisticsGroup::Partner => {
                partners::get_many(self.db(), &ids).await?.into_iter().map(|one| named(one.id, one.name)).collect()
            }
            StatisticsGroup::Product => {
                products::get_many(self.db(), &ids).await?.into_iter().map(|one| named(one.sku_id, one.name)).collect()
            }
            StatisticsGroup::Reviewer => {
                let subjects = found.iter().filter_map(|group| match &group.key {
                    GroupKey::Word(subject) => Some(subject.as_str()),
                    _ => None,
                });
                let known = reviewers::by_subjects(self.db(), &subjects.collect::<Vec<_>>()).await?;
                known.into_iter().map(|one| (GroupKey::Word(one.subject), one.name)).collect()
            }
            _ => HashMap::new(),
        })
    }

    fn group(&self, by: StatisticsGroup, group: Grouped, names: &HashMap<GroupKey, String>) -> Group {
        let Grouped { key, counts } = group;
        let name = names.get(&key).cloned();
        let (key, label, from) = match key {
            GroupKey::Period(first) => {
                let period = if by == StatisticsGroup::Week { Period::Week } else { Period::Month };
                let from = Calendar::new(self.policy()).start_of(first);
                (Key::Word(period.key(first)), period.label(first), Some(from))
            }
            GroupKey::Id(id) => {
                let key = if by == StatisticsGroup::Partner { Key::Partner(id) } else { Key::Product(id) };
                (key, name.unwrap_or_default(), None)
            }
            GroupKey::Word(word) => {
                let label = label(by, &word, name);
                (Key::Word(word), label, None)
            }
        };
        Group { key, label, from, counts }
    }
}

/// The counts behind the store's statistics.
fn counts_of(counted: &claims::Statistics) -> ClaimCounts {
    let mut counts = ClaimCounts::with_overdue(counted.overdue);
    for (status, claims) in &counted.by_status {
        counts.add(*status, *claims);
    }
    counts
}

/// What people are shown for a word.
fn label(by: StatisticsGroup, word: &str, name: Option<String>) -> String {
    match by {
        StatisticsGroup::Reviewer => name.unwrap_or_else(|| word.to_owned()),
        StatisticsGroup::SolutionArea => {
            word.parse().map_or_else(|_| word.to_owned(), |area| catalogue::area_name(area).to_owned())
        }
        _ if word == RejectionReason::InsufficientPoe.as_str() => "Insufficient proof of execution".to_owned(),
        _ if word == RejectionReason::PoeUnavailable.as_str() => "Proof of execution unavailable".to_owned(),
        _ => {
            let text = word.to_lowercase().replace('_', " ");
            let mut letters = text.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        }
    }
}

fn in_order_of<W: Copy>(groups: &mut [Group], all: &[W], word: fn(W) -> &'static str) {
    let place = |group: &Group| all.iter().position(|one| group.key == Key::Word(word(*one).to_owned()));
    groups.sort_by_key(place);
}
