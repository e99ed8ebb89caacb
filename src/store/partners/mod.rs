//! Partners with their locations (C5).

mod read;
mod record;

pub mod write;

pub use read::{ORDER, by_ids, count, get_many, locations, locations_of, page};
pub use record::{Location, Partner};
