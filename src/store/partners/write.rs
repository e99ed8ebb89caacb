//! Partners as the directory loads them. A location that a row leaves out stays; one never moves to another partner.

use std::collections::HashMap;

use domain::{
    directory::{LocationRow, PartnerRow},
    problem::Problem,
    text,
    time::Timestamp,
};
use entity::{
    column::{Micros, Words},
    partner, partner_location,
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::store::{
    Reads, StoreError, Transaction,
    directory::Loadable,
    search_text, sql,
    transaction::rows::{self, Again},
};

impl Loadable for PartnerRow {
    type Key = Uuid;
    const KEY_FIELD: &'static str = "partnerId";
    // An MPN id belongs to one partner only.
    const DEPENDS_ON_OTHERS: bool = true;

    fn key(&self) -> Uuid {
        self.partner_id
    }

    async fn existing(transaction: &Transaction, rows: &[Self]) -> Result<HashMap<Uuid, Self>, StoreError> {
        let connection = transaction.connection();
        let backend = connection.get_database_backend();
        let keys: Vec<Uuid> = rows.iter().map(|row| row.partner_id).collect();
        let mut locations: HashMap<Uuid, Vec<LocationRow>> = HashMap::new();
        for row in partner_location::Entity::find()
            .filter(sql::any_of(partner_location::Column::PartnerId, keys.iter().copied(), backend))
            .all(connection)
            .await?
        {
            locations.entry(row.partner_id).or_default().push(location(row));
        }
        let found =
            partner::Entity::find().filter(sql::any_of(partner::Column::Id, keys, backend)).all(connection).await?;
        let row = |row: partner::Model| {
            let locations = locations.remove(&row.id).unwrap_or_default();
            let partner::Model { id, name, contact_email, locale, .. } = row;
            (id, Self { partner_id: id, name, locations, contact_email, locale })
        };
        Ok(found.into_iter().map(row).collect())
    }

    /// An MPN id belongs to one partner: neither another one in the database nor another row of the same call has it.
    async fn refused(transaction: &Transaction, rows: &[Self]) -> Result<Vec<Option<Problem>>, StoreError> {
        let connection = transaction.connection();
        let backend = connection.get_database_backend();
        let mpn_ids = rows.iter().flat_map(|row| row.locations.iter().map(|location| location.mpn_id.as_str()));
        let mut owners: HashMap<String, Uuid> = partner_location::Entity::find()
            .select_only()
            .columns([partner_location::Column::MpnId, partner_location::Column::PartnerId])
            .filter(sql::any_of(partner_location::Column::MpnId, mpn_ids, backend))
            .into_tuple::<(String, Uuid)>()
            .all(connection)
            .await?
            .into_iter()
            .collect();
        let refused = |row: &Self| {
            row.locations.iter().enumerate().find_map(|(index, location)| {
                let owner = *owners.entry(location.mpn_id.clone()).or_insert(row.partner_id);
                (owner != row.partner_id).then(|| {
                    Problem::invalid(
                        ["locations".to_owned(), index.to_string(), "mpnId".to_owned()],
                        format!("The MPN id {} is another partner's.", location.mpn_id),
                    )
                    .param("mpnId", &location.mpn_id)
                    .remedy("Check the MPN id; it never moves to another partner.")
                })
            })
        };
        Ok(rows.iter().map(refused).collect())
    }

    fn completed(self, there: Option<&Self>) -> Self {
        Self::completed(self, there)
    }

    fn unchanged(&self, there: &Self) -> bool {
        self.name == there.name
            && self.contact_email == there.contact_email
            && self.locale == there.locale
            && self.locations.iter().all(|location| there.locations.contains(location))
    }

    async fn write(transaction: &Transaction, rows: &[Self], now: Timestamp) -> Result<(), StoreError> {
        let partners = rows.iter().map(|row| partner::ActiveModel {
            id: Set(row.partner_id),
            name: Set(row.name.clone()),
            search_text: Set(search_text([row.name.as_str()])),
            sort_key: Set(text::sort_key(&row.name)),
            created_at: Set(Micros(now)),
            updated_at: Set(Micros(now)),
            contact_email: Set(row.contact_email.clone()),
            locale: Set(row.locale.clone()),
        });
        rows::insert(transaction, partners.collect(), Some(AGAIN)).await?;
        let locations =
            rows.iter().flat_map(|row| row.locations.iter().map(|location| model(row.partner_id, location)));
        rows::insert(transaction, locations.collect(), Some(LOCATION_AGAIN)).await
    }
}

const AGAIN: Again<partner::Column> = Again {
    key: partner::Column::Id,
    columns: &[
        partner::Column::Name,
        partner::Column::SearchText,
        partner::Column::SortKey,
        partner::Column::UpdatedAt,
        partner::Column::ContactEmail,
        partner::Column::Locale,
    ],
};

const LOCATION_AGAIN: Again<partner_location::Column> = Again {
    key: partner_location::Column::MpnId,
    columns: &[
        partner_location::Column::Name,
        partner_location::Column::Country,
        partner_location::Column::EnrolledPrograms,
        partner_location::Column::PartnerType,
    ],
};

fn model(partner_id: Uuid, location: &LocationRow) -> partner_location::ActiveModel {
    partner_location::ActiveModel {
        mpn_id: Set(location.mpn_id.clone()),
        partner_id: Set(partner_id),
        name: Set(location.name.clone()),
        country: Set(location.country.clone()),
        enrolled_programs: Set(Words(location.enrolled_programs.clone())),
        partner_type: Set(location.partner_type.clone()),
    }
}

fn location(row: partner_location::Model) -> LocationRow {
    LocationRow {
        mpn_id: row.mpn_id,
        name: row.name,
        country: row.country,
        enrolled_programs: row.enrolled_programs.0,
        partner_type: row.partner_type,
    }
}
