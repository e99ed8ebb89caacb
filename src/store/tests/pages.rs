//! Pages: complete, in order, stable, one statement each.

use domain::{
    claim::Claim,
    deadline::Deadline,
    kinds::{ClaimStatus, DeadlineKind},
};
use uuid::Uuid;

use super::world::{ADATUM, CONTOSO, ECLAIR, World, at, claim, partner_user, reviewer};
use crate::store::{
    StoreError,
    claims::{self, ClaimFilter, ClaimOrder, ClaimOrderField, ClaimRow, Owners, TimeRange, Wanted, Way},
    comments,
    page::{BadCursor, Cursor, Page, PageRequest},
    products,
};

const ORDERS: [ClaimOrderField; 7] = [
    ClaimOrderField::CreatedAt,
    ClaimOrderField::UpdatedAt,
    ClaimOrderField::SubmittedAt,
    ClaimOrderField::DueAt,
    ClaimOrderField::Name,
    ClaimOrderField::Number,
    ClaimOrderField::DecidedAt,
];

/// Eleven claims: times that are equal, and some without a clock.
async fn eleven(world: &World) -> Vec<Claim> {
    let mut claims = Vec::new();
    for id in 1..=11 {
        let mut one = claim(id, ClaimStatus::Submitted);
        let step = i64::try_from(id / 3).unwrap();
        one.created_at = at(-step);
        one.updated_at = at(step);
        one.name = ["Zoo", "apple", "Äpfel", "Ödön", "zebra"][usize::try_from(id % 5).unwrap()].to_owned();
        one.decided_at = (id % 5 != 0).then(|| at(step % 3));
        one.submitted_at = (id % 4 != 0).then(|| at(step % 2));
        one.deadline =
            (id % 3 != 0).then(|| Deadline { kind: DeadlineKind::StartReview, started_at: at(0), due_at: at(step) });
        world.save(&one).await;
        claims.push(one);
    }
    claims
}

/// What the order must give, sorted by plain Rust.
fn expected(claims: &[Claim], order: ClaimOrder) -> Vec<Uuid> {
    let text = |one: &Claim| match order.field {
        ClaimOrderField::Name => domain::text::sort_key(&one.name),
        ClaimOrderField::Number => one.number.clone(),
        _ => String::new(),
    };
    let time = |one: &Claim| match order.field {
        ClaimOrderField::UpdatedAt => Some(one.updated_at),
        ClaimOrderField::SubmittedAt => one.submitted_at,
        ClaimOrderField::DueAt => one.deadline.map(|clock| clock.due_at),
        ClaimOrderField::DecidedAt => one.decided_at,
        // By the text, or by what the history says, which these claims have none of.
        ClaimOrderField::CreatedAt
        | ClaimOrderField::Name
        | ClaimOrderField::Number
        | ClaimOrderField::LastActivityAt => Some(one.created_at),
    };
    let mut sorted: Vec<&Claim> = claims.iter().collect();
    let place = |one: &Claim| match order.field {
        ClaimOrderField::Name | ClaimOrderField::Number => (text(one), None, one.id),
        _ => (String::new(), time(one), one.id),
    };
    sorted.sort_by_key(|one| place(one));
    if order.descending {
        sorted.reverse();
    }
    let (with, without): (Vec<&Claim>, Vec<&Claim>) = sorted.into_iter().partition(|one| time(one).is_some());
    with.into_iter().chain(without).map(|one| one.id).collect()
}

fn ids<T>(page: &Page<T>, id: impl Fn(&T) -> Uuid) -> Vec<Uuid> {
    page.items.iter().map(|(_, one)| id(one)).collect()
}

#[tokio::test]
async fn every_order_is_walked_whole_in_both_directions() {
    let world = World::new().await;
    let claims = eleven(&world).await;
    let filter = ClaimFilter::default();
    for (field, descending) in ORDERS.iter().flat_map(|field| [(*field, false), (*field, true)]) {
        let order = ClaimOrder { field, descending };
        let wanted = expected(&claims, order);
        for backward in [false, true] {
            let mut walked = Vec::new();
            let mut request = PageRequest { backward, ..PageRequest::first(4) };
            loop {
                world.statements();
                let page = claims::page(&world.db, &reviewer(), &filter, order, &request, Wanted::ROW).await.unwrap();
                assert_eq!(world.statements(), 1);
                let part = ids(&page, |one| one.claim().id);
                let (more, edge) = if backward {
                    walked.splice(0..0, part);
                    (page.has_previous, page.items.first())
                } else {
                    walked.extend(part);
                    (page.has_next, page.items.last())
                };
                // The cursor goes out to the client and comes back.
                let cursor = edge.map(|(cursor, _)| Cursor::decode(&cursor.encode(), &order.list()).unwrap());
                if !more {
                    break;
                }
                if backward {
                    request.before = cursor;
                } else {
                    request.after = cursor;
                }
            }
            assert_eq!(walked, wanted, "{order:?}, backward: {backward}");
        }
    }
}

/// A filter by each of the times, for the one in the middle.
fn ranges() -> Vec<ClaimFilter> {
    let range = Some(TimeRange { from: Some(at(1)), before: Some(at(2)) });
    let before = Some(TimeRange { from: None, before: Some(at(0)) });
    let none = ClaimFilter::default;
    vec![
        ClaimFilter { created_at: before, ..none() },
        ClaimFilter { updated_at: range, ..none() },
        ClaimFilter { submitted_at: range, ..none() },
        ClaimFilter { due_at: range, ..none() },
        ClaimFilter { decided_at: range, ..none() },
        ClaimFilter { updated_at: range, submitted_at: range, ..none() },
    ]
}

#[tokio::test]
async fn every_way_reads_the_same_list() {
    // L17: which way is taken depends on how much there is, and only that.
    let world = World::new().await;
    eleven(&world).await;
    let orders =
        ORDERS.iter().flat_map(|field| [false, true].map(|descending| ClaimOrder { field: *field, descending }));
    for (order, filter) in orders.flat_map(|order| ranges().into_iter().map(move |filter| (order, filter))) {
        let mut lists = Vec::new();
        for way in [Way::Any, Way::Filter, Way::Order] {
            let (mut walked, mut request) = (Vec::new(), PageRequest::first(2));
            loop {
                let read = (&filter, order, way);
                let page = claims::page_this_way(&world.db, &reviewer(), read, &request, Wanted::ROW).await.unwrap();
                walked.extend(ids(&page, |one| one.claim().id));
                if !page.has_next {
                    break;
                }
                request.after = page.items.last().map(|(cursor, _)| cursor.clone());
            }
            lists.push(walked);
        }
        assert!(!lists[0].is_empty(), "{filter:?}");
        assert_eq!((&lists[1], &lists[2]), (&lists[0], &lists[0]), "{order:?} {filter:?}");
    }
}

#[tokio::test]
async fn a_page_tells_what_lies_around_it() {
    let world = World::new().await;
    eleven(&world).await;
    let (filter, order) = (ClaimFilter::default(), ClaimOrder::default());
    let page = async |request: &PageRequest| {
        claims::page(&world.db, &reviewer(), &filter, order, request, Wanted::ROW).await.unwrap()
    };
    let first = page(&PageRequest::first(4)).await;
    assert!(first.has_next && !first.has_previous);
    let after = first.items.last().map(|(cursor, _)| cursor.clone());
    let rest = page(&PageRequest { after, ..PageRequest::first(100) }).await;
    assert_eq!((rest.items.len(), rest.has_next, rest.has_previous), (7, false, true));
    let between = PageRequest {
        limit: 100,
        backward: true,
        after: rest.items.first().map(|(cursor, _)| cursor.clone()),
        before: rest.items.last().map(|(cursor, _)| cursor.clone()),
        peeks: true,
        cursors: true,
    };
    let middle = page(&between).await;
    assert_eq!((middle.items.len(), middle.has_next, middle.has_previous), (5, true, false));
}

#[tokio::test]
async fn children_of_many_parents_are_one_statement() {
    let world = World::new().await;
    eleven(&world).await;
    let mut elsewhere = claim(100, ClaimStatus::Submitted);
    elsewhere.tenant_id = ECLAIR;
    world.save(&elsewhere).await;
    let (filter, order) = (ClaimFilter::default(), ClaimOrder { field: ClaimOrderField::UpdatedAt, descending: false });
    let tenants = [ADATUM, ECLAIR, CONTOSO];
    world.statements();
    for backward in [false, true] {
        let request = PageRequest { backward, ..PageRequest::first(2) };
        let pages = claims::pages_of(
            &world.db,
            &reviewer(),
            (Owners::Customers, &tenants),
            &filter,
            order,
            &request,
            Wanted::ROW,
        )
        .await
        .unwrap();
        assert_eq!(world.statements(), 1);
        let wanted = if backward { [10, 11] } else { [1, 2] };
        assert_eq!(ids(&pages[&ADATUM], |one| one.claim().id), wanted.map(Uuid::from_u128));
        assert_eq!((pages[&ADATUM].has_next, pages[&ADATUM].has_previous), (!backward, backward));
        assert_eq!(ids(&pages[&ECLAIR], |one| one.claim().id), [elsewhere.id]);
        assert!(pages[&CONTOSO].items.is_empty() && !pages[&CONTOSO].has_next && !pages[&CONTOSO].has_previous);
    }
    let counts = claims::counts_of(&world.db, &reviewer(), (Owners::Customers, &tenants), &filter).await.unwrap();
    assert_eq!((counts[&ADATUM], counts[&ECLAIR], counts[&CONTOSO]), (11, 1, 0));
    assert_eq!(claims::count(&world.db, &reviewer(), &filter).await.unwrap(), 12);
}

#[tokio::test]
async fn a_cursor_belongs_to_its_list() {
    let world = World::new().await;
    eleven(&world).await;
    let order = ClaimOrder::default();
    let request = PageRequest::first(1);
    let page =
        claims::page(&world.db, &reviewer(), &ClaimFilter::default(), order, &request, Wanted::ROW).await.unwrap();
    let text = page.items[0].0.encode();
    assert!(Cursor::decode(&text, &order.list()).is_ok());
    let turned = ClaimOrder { descending: false, ..order };
    for bad in [text.as_str(), "", "!", "AAAA", &format!("{text}A")] {
        assert_eq!(Cursor::decode(bad, &turned.list()), Err(BadCursor));
        assert_eq!(Cursor::decode(bad, &comments::ORDER), Err(BadCursor));
        assert_eq!(Cursor::decode(bad, &products::ORDER), Err(BadCursor));
    }
}

#[tokio::test]
async fn a_claim_is_read_as_it_was_written() {
    let world = World::new().await;
    let whole = claim(1, ClaimStatus::Submitted);
    world.save(&whole).await;
    let found = claims::by_ids(&world.db, &partner_user(CONTOSO), &[whole.id], Wanted::ROW).await.unwrap();
    let found: Vec<Claim> = found.into_iter().map(ClaimRow::into_claim).collect();
    assert_eq!(found, [Claim { lines: Vec::new(), ..whole.clone() }]);
    let lines = claims::lines(&world.db, &[whole.id]).await.unwrap();
    assert_eq!(lines[&whole.id], whole.lines);
}

#[tokio::test]
async fn an_unreadable_row_is_an_error_that_names_it() {
    use sea_orm::ConnectionTrait;
    let world = World::new().await;
    let one = claim(1, ClaimStatus::Submitted);
    world.save(&one).await;
    // Not what the column's type can hold: written past it.
    world.db.write.execute_unprepared("UPDATE claim SET customer_contact = 'no JSON'").await.unwrap();
    let error = claims::by_ids(&world.db, &reviewer(), &[one.id], Wanted::ROW).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt("claim", id) if id == one.id.to_string()));
}
