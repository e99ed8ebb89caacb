//! The vocabularies of the catalogue and the directory.

use async_graphql::Enum;

/// A solution area. A product belongs to exactly one, and so does a claim with all its products.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::SolutionArea")]
pub enum SolutionArea {
    /// Dynamics 365. Claimed by subscription, where the customer bought through volume licensing or web direct.
    BusinessApplications,
    /// Microsoft 365. Claimed by workload (the product); only the activity `USAGE`.
    #[graphql(name = "MICROSOFT_365")]
    Microsoft365,
}

/// What the partner did for the customer. In Business Applications `PRESALES` and/or `USAGE`, or `REVENUE_ASSOCIATION`
/// alone; in Microsoft 365 `USAGE`. Another set is `ACTIVITY_NOT_ALLOWED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::Activity")]
pub enum Activity {
    /// Influenced the purchase; earns presale incentives.
    Presales,
    /// Drives adoption and usage; earns usage incentives.
    Usage,
    /// Influenced the selection as a business influencer; revenue is recorded, no incentive is paid. Asks for the
    /// solution seller and the partner's solution.
    RevenueAssociation,
}

/// An incentive programme. It follows from solution area and activity; the location must be enrolled in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::IncentiveProgram")]
pub enum IncentiveProgram {
    /// OSA Sell: Business Applications, presales.
    OsaSell,
    /// OSU Business Applications: Business Applications, usage.
    OsuBusinessApplications,
    /// OSU Microsoft 365: Microsoft 365, usage.
    #[graphql(name = "OSU_MICROSOFT_365")]
    OsuMicrosoft365,
}

/// How a subscription was sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::SubscriptionChannel")]
pub enum SubscriptionChannel {
    /// Under a volume licensing agreement.
    VolumeLicensing,
    /// On the vendor's web site.
    WebDirect,
    /// Through a cloud solution provider; in Business Applications such a subscription cannot be claimed
    /// (`SUBSCRIPTION_CHANNEL_NOT_ELIGIBLE`).
    Csp,
}

/// Where a subscription is in its life. Only `ACTIVE` and `IN_GRACE` ones can be claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::SubscriptionStatus")]
pub enum SubscriptionStatus {
    /// Not yet activated by the customer (`SUBSCRIPTION_NOT_PROVISIONED`).
    PendingProvisioning,
    /// In use.
    Active,
    /// Past its term and still usable.
    InGrace,
    /// Disabled, its data kept (`SUBSCRIPTION_NOT_ACTIVE`).
    Suspended,
    /// Over (`SUBSCRIPTION_NOT_ACTIVE`).
    Expired,
}
