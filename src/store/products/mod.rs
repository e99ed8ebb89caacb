//! The catalog of products (C1).

mod read;
mod record;

pub mod write;

pub use read::{ORDER, ProductFilter, count, get_many, page};
pub use record::Product;
