//! The caller: subject, roles, scopes, and the side that they belong to (A).

use uuid::Uuid;

use crate::kinds::{ActorKind, Role, Scope};

/// The side that a token's roles put its bearer on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// A person of this partner company (A1).
    Partner(Uuid),
    /// A person of the vendor (A2).
    Vendor,
    /// An administrator of this customer tenant (A3).
    Customer(Uuid),
}

/// An authenticated caller with known roles of one side (A5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The token's subject.
    pub subject: String,
    /// The token's display name.
    pub name: Option<String>,
    /// The known roles, at least one.
    pub roles: Vec<Role>,
    /// The known scopes.
    pub scopes: Vec<Scope>,
    /// The side that all the roles share.
    pub side: Side,
    /// The subjects of absent reviewers whose deputy the caller is now (R4). This does not come from the token.
    pub stands_in_for: Vec<String>,
}

/// Why a valid token gives its bearer no standing (A5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoStanding {
    /// No role that is known.
    NoRole,
    /// Roles of two sides at once.
    TwoSides,
    /// A partner's role without a partner.
    NoPartner,
    /// A customer's role without a tenant.
    NoTenant,
}

impl NoStanding {
    /// One sentence for the bearer.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::NoRole => "The token has no role that this server knows.",
            Self::TwoSides => "The token has roles of more than one side.",
            Self::NoPartner => "The token has a partner's role but no partner_id.",
            Self::NoTenant => "The token has a customer's role but no tenant_id.",
        }
    }
}

/// One of the three sides, without its company.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Camp {
    Partner,
    Vendor,
    Customer,
}

const fn camp(role: Role) -> Camp {
    match role {
        Role::GlobalAdmin | Role::BillingAdmin | Role::IncentivesAdmin | Role::IncentivesUser => Camp::Partner,
        Role::Reviewer | Role::ReviewLead | Role::Auditor | Role::DirectorySync => Camp::Vendor,
        Role::CustomerAdmin => Camp::Customer,
    }
}

impl Caller {
    /// Builds the caller from a token's claims, or returns why they are not sufficient (A5).
    ///
    /// # Errors
    /// [`NoStanding`], see its values.
    pub fn new(
        subject: String,
        name: Option<String>,
        roles: &[Role],
        scopes: Vec<Scope>,
        partner_id: Option<Uuid>,
        tenant_id: Option<Uuid>,
    ) -> Result<Self, NoStanding> {
        let first = camp(*roles.first().ok_or(NoStanding::NoRole)?);
        if roles.iter().any(|role| camp(*role) != first) {
            return Err(NoStanding::TwoSides);
        }
        let side = match first {
            Camp::Partner => Side::Partner(partner_id.ok_or(NoStanding::NoPartner)?),
            Camp::Vendor => Side::Vendor,
            Camp::Customer => Side::Customer(tenant_id.ok_or(NoStanding::NoTenant)?),
        };
        Ok(Self { subject, name, roles: roles.to_vec(), scopes, side, stands_in_for: Vec::new() })
    }

    /// Whether the caller has the role.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether the caller has one of the roles.
    #[must_use]
    pub fn is_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.is(*role))
    }

    /// Whether the token has the scope.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// Whether the caller is, or stands in for, the reviewer with this subject (R4).
    #[must_use]
    pub fn acts_as(&self, subject: &str) -> bool {
        self.subject == subject || self.stands_in_for.iter().any(|absent| absent == subject)
    }

    /// The partner that the caller belongs to.
    #[must_use]
    pub const fn partner_id(&self) -> Option<Uuid> {
        match self.side {
            Side::Partner(id) => Some(id),
            Side::Vendor | Side::Customer(_) => None,
        }
    }

    /// Whether the caller may see claims as a reviewer does (A2).
    #[must_use]
    pub fn reviews(&self) -> bool {
        self.is_any(&[Role::Reviewer, Role::ReviewLead, Role::Auditor])
    }

    /// The caller as history names it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        let kind = match self.side {
            Side::Partner(_) => ActorKind::Partner,
            Side::Vendor => ActorKind::Reviewer,
            Side::Customer(_) => ActorKind::Customer,
        };
        Actor { kind, subject: self.subject.clone(), name: self.name.clone() }
    }
}

/// Who did something, as it is kept in history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The side.
    pub kind: ActorKind,
    /// The token's subject.
    pub subject: String,
    /// The display name, if the token has one.
    pub name: Option<String>,
}

impl Actor {
    /// The server itself.
    #[must_use]
    pub fn system() -> Self {
        Self { kind: ActorKind::System, subject: "system".to_owned(), name: None }
    }

    /// The name that a reader of the partner's or customer's side is shown: a reviewer stays unnamed (A4, H1).
    #[must_use]
    pub fn shown_to(&self, vendor: bool) -> String {
        match self.kind {
            ActorKind::System => "System".to_owned(),
            ActorKind::Reviewer if !vendor => "Reviewer".to_owned(),
            _ => self.name.clone().unwrap_or_else(|| self.subject.clone()),
        }
    }
}

/// The scopes that a role can use: what a development token gets by default (A5).
#[must_use]
pub fn usable_scopes(role: Role) -> &'static [Scope] {
    use Scope::{
        ClaimsRead, ClaimsWrite, CommentsWrite, DirectoryRead, DirectoryWrite, HistoryRead, NoticesRead, ReviewsWrite,
        TokensRevoke, WebhooksRead, WebhooksWrite,
    };
    match role {
        Role::GlobalAdmin => &[
            ClaimsRead,
            ClaimsWrite,
            CommentsWrite,
            DirectoryRead,
            HistoryRead,
            NoticesRead,
            TokensRevoke,
            WebhooksRead,
            WebhooksWrite,
        ],
        Role::BillingAdmin | Role::IncentivesAdmin => &[
            ClaimsRead,
            ClaimsWrite,
            CommentsWrite,
            DirectoryRead,
            HistoryRead,
            NoticesRead,
            WebhooksRead,
            WebhooksWrite,
        ],
        Role::IncentivesUser => &[ClaimsRead, ClaimsWrite, CommentsWrite, DirectoryRead, HistoryRead, NoticesRead],
        Role::ReviewLead => &[
            ClaimsRead,
            CommentsWrite,
            ReviewsWrite,
            DirectoryRead,
            HistoryRead,
            NoticesRead,
            TokensRevoke,
            WebhooksRead,
            WebhooksWrite,
        ],
        Role::Reviewer => &[ClaimsRead, CommentsWrite, ReviewsWrite, DirectoryRead, HistoryRead, NoticesRead],
        Role::Auditor => &[ClaimsRead, DirectoryRead, HistoryRead],
        Role::CustomerAdmin => &[ClaimsRead, ClaimsWrite, DirectoryRead, HistoryRead, NoticesRead],
        Role::DirectorySync => &[DirectoryRead, DirectoryWrite],
    }
}
