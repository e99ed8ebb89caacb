//! Partners, customers, products, subscriptions.

use entity::{customer, customer_subscription, partner, partner_location, product, reviewer};

use super::{
    cells::{Cells, Record},
    columns::{Read, always, read_for},
};
use crate::store::{
    StoreError,
    records::{Absence, Customer, Location, Partner, Product, Reviewer, Subscription},
};

impl Record for Partner {
    type Entity = partner::Entity;

    const COLUMNS: &'static [Read<partner::Column>] =
        &[always(partner::Column::Id, &["id", "locations"]), read_for(partner::Column::Name, &["name"])];

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self { id: cells.get()?, name: cells.get()? })
    }
}

impl Record for Reviewer {
    type Entity = reviewer::Entity;

    const COLUMNS: &'static [Read<reviewer::Column>] = {
        use reviewer::Column::{AbsentFrom, AbsentUntil, Active, Deputy, Email, Id, Lead, Name, Subject};
        &[
            always(Id, &["id"]),
            always(Subject, &["subject"]),
            always(Name, &["name"]),
            always(Email, &["email"]),
            always(Lead, &["lead"]),
            always(Active, &["active"]),
            always(AbsentFrom, &["absence"]),
            always(AbsentUntil, &[]),
            always(Deputy, &[]),
        ]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: cells.get()?,
            subject: cells.get()?,
            name: cells.get()?,
            email: cells.get()?,
            lead: cells.get()?,
            active: cells.get()?,
            absence: match (cells.maybe_time()?, cells.maybe_time()?, cells.get()?) {
                (Some(from), Some(until), deputy) => Some(Absence { from, until, deputy }),
                _ => None,
            },
        })
    }
}

impl Record for Location {
    type Entity = partner_location::Entity;

    const COLUMNS: &'static [Read<partner_location::Column>] = {
        use partner_location::Column::{Country, EnrolledPrograms, MpnId, Name, PartnerId};
        &[
            always(MpnId, &["id", "mpnId"]),
            always(PartnerId, &["partner"]),
            read_for(Name, &["name"]),
            read_for(Country, &["country"]),
            read_for(EnrolledPrograms, &["enrolledPrograms"]),
        ]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            mpn_id: cells.get()?,
            partner_id: cells.get()?,
            name: cells.get()?,
            country: cells.get()?,
            enrolled_programs: cells.words()?,
        })
    }
}

impl Record for Customer {
    type Entity = customer::Entity;

    const COLUMNS: &'static [Read<customer::Column>] = &[
        always(customer::Column::TenantId, &["id", "tenantId", "subscriptions", "claims"]),
        read_for(customer::Column::Name, &["name"]),
        read_for(customer::Column::Domain, &["domain", "domains"]),
    ];

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self { tenant_id: cells.get()?, name: cells.get()?, domain: cells.get()? })
    }
}

impl Record for Product {
    type Entity = product::Entity;

    const COLUMNS: &'static [Read<product::Column>] = {
        use product::Column::{Name, SkuId, SkuPartNumber, SolutionArea};
        &[
            always(SkuId, &["id", "skuId"]),
            read_for(SkuPartNumber, &["skuPartNumber"]),
            read_for(Name, &["name"]),
            always(SolutionArea, &["solutionArea"]),
        ]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            sku_id: cells.get()?,
            sku_part_number: cells.get()?,
            name: cells.get()?,
            solution_area: cells.word()?,
        })
    }
}

impl Record for Subscription {
    type Entity = customer_subscription::Entity;

    const COLUMNS: &'static [Read<customer_subscription::Column>] = {
        use customer_subscription::Column::{
            Channel, EndsAt, Seats, SkuId, StartsAt, Status, SubscriptionId, TenantId,
        };
        &[
            always(SubscriptionId, &["id", "subscriptionId"]),
            always(TenantId, &["customer"]),
            always(SkuId, &["product"]),
            always(Channel, &["channel"]),
            always(Status, &["status"]),
            read_for(Seats, &["seats"]),
            read_for(StartsAt, &["startsAt"]),
            read_for(EndsAt, &["endsAt"]),
        ]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            subscription_id: cells.get()?,
            tenant_id: cells.get()?,
            sku_id: cells.get()?,
            channel: cells.word()?,
            status: cells.word()?,
            seats: cells.get()?,
            starts_at: cells.time()?,
            ends_at: cells.maybe_time()?,
        })
    }
}
