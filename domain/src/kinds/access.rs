//! Who may do what: roles and scopes.

use super::UnknownWord;

words! {
    /// The roles that a token may have (A1-A3).
    Role {
        /// Partner: global administrator.
        GlobalAdmin = "GLOBAL_ADMIN",
        /// Partner: billing administrator.
        BillingAdmin = "BILLING_ADMIN",
        /// Partner: incentives administrator.
        IncentivesAdmin = "INCENTIVES_ADMIN",
        /// Partner: incentives user.
        IncentivesUser = "INCENTIVES_USER",
        /// Vendor: reviewer.
        Reviewer = "REVIEWER",
        /// Vendor: review lead.
        ReviewLead = "REVIEW_LEAD",
        /// Vendor: auditor, reads only.
        Auditor = "AUDITOR",
        /// Customer: administrator of one tenant.
        CustomerAdmin = "CUSTOMER_ADMIN",
        /// Vendor: the service account that loads the directory.
        DirectorySync = "DIRECTORY_SYNC",
    }
}

words! {
    /// The OAuth 2 scopes (A5).
    Scope {
        /// Read claims and what hangs on them, save history.
        ClaimsRead = "claims:read",
        /// The partner's and the customer's mutations on claims.
        ClaimsWrite = "claims:write",
        /// Write comments.
        CommentsWrite = "comments:write",
        /// The reviewers' mutations.
        ReviewsWrite = "reviews:write",
        /// The root queries of the directory.
        DirectoryRead = "directory:read",
        /// The upserts.
        DirectoryWrite = "directory:write",
        /// History anywhere.
        HistoryRead = "history:read",
        /// Read one's own notices, and set preferences for them (M2, M5).
        NoticesRead = "notices:read",
        /// Revoke tokens (A8).
        TokensRevoke = "tokens:revoke",
        /// Read webhook endpoints and their deliveries (W5).
        WebhooksRead = "webhooks:read",
        /// Manage webhook endpoints (W1).
        WebhooksWrite = "webhooks:write",
    }
}
