//! The vocabularies of the catalog and the directory.

use async_graphql::Enum;

/// An area of the vendor's catalog. Each product belongs to exactly one, and all products of a claim to the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::SolutionArea")]
pub enum SolutionArea {
    /// Dynamics 365. Claimed by subscription, which the customer must have bought through volume licensing or web
    /// direct.
    BusinessApplications,
    /// Claimed by workload (product), with the activity `USAGE` only.
    #[graphql(name = "MICROSOFT_365")]
    Microsoft365,
}

/// What the partner did for the customer. Business Applications allow `PRESALES`, `USAGE` or both, or
/// `REVENUE_ASSOCIATION` alone; Microsoft 365 allows `USAGE` only. Any other set is refused with
/// `ACTIVITY_NOT_ALLOWED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::Activity")]
pub enum Activity {
    /// The partner influenced the purchase; pays presales incentives.
    Presales,
    /// The partner drives adoption and usage; pays usage incentives.
    Usage,
    /// The partner influenced the selection as a business influencer. Pays no incentive; the revenue is recorded.
    /// Requires the names of the solution seller and of the partner's solution.
    RevenueAssociation,
}

/// An incentive program. It follows from solution area and activity, and the claim's location must be enrolled in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::IncentiveProgram")]
pub enum IncentiveProgram {
    /// For presales in Business Applications.
    OsaSell,
    /// For usage in Business Applications.
    OsuBusinessApplications,
    /// For usage in Microsoft 365.
    #[graphql(name = "OSU_MICROSOFT_365")]
    OsuMicrosoft365,
}

/// How a subscription was sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::SubscriptionChannel")]
pub enum SubscriptionChannel {
    /// Sold under a contract for a number of licenses.
    VolumeLicensing,
    /// Sold on the vendor's website.
    WebDirect,
    /// Sold by a cloud solution provider; in Business Applications such a subscription cannot be claimed
    /// (`SUBSCRIPTION_CHANNEL_NOT_ELIGIBLE`).
    Csp,
}

/// Whether a subscription is usable. Only `ACTIVE` and `IN_GRACE` ones can be claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::SubscriptionStatus")]
pub enum SubscriptionStatus {
    /// Not yet activated by the customer; a claim is refused with `SUBSCRIPTION_NOT_PROVISIONED`.
    PendingProvisioning,
    /// In use.
    Active,
    /// Past its term and still usable.
    InGrace,
    /// Disabled, with its data retained; a claim is refused with `SUBSCRIPTION_NOT_ACTIVE`.
    Suspended,
    /// Ended; a claim is refused with `SUBSCRIPTION_NOT_ACTIVE`.
    Expired,
}
