//! The catalog and the directory: products, partners, subscriptions; customers have a folder of their own.

mod enums;
mod mutation;
mod partner;
mod product;
mod query;
mod rows;
mod subscription;

pub use enums::{Activity, IncentiveProgram, SolutionArea, SubscriptionChannel, SubscriptionStatus};
pub(super) use mutation::DirectoryMutation;
pub use partner::{LocationById, Partner, PartnerById, PartnerConnection, PartnerLocation};
pub use product::{Product, ProductById, ProductConnection};
pub(super) use query::DirectoryQuery;
pub(super) use subscription::of_customer;
pub use subscription::{CustomerSubscription, CustomerSubscriptionConnection, SubscriptionById, SubscriptionFilter};
