//! A sample of every notice, by which texts and templates are checked, and which `cpor notices render` writes.

use domain::{
    kinds::{ActionReason, LineOutcome, RejectionReason},
    notice::NoticeFacts,
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    Language,
    draft::{Digested, Draft, Names, Reader},
};

/// A kind of notice, and which of its forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    /// The customer may decline.
    Consent,
    /// Approved.
    Approved,
    /// Rejected; it may be disputed unless the partner or the customer wanted it.
    Rejected(RejectionReason),
    /// Rejected again after a dispute, for good.
    RejectedForGood,
    /// The reviewers ask.
    ActionRequired,
    /// The reviewers ask an incumbent.
    IncumbentAsked,
    /// In arbitration.
    Opened,
    /// Won.
    Won,
    /// Lost.
    Lost,
    /// No party any more.
    Left,
    /// A subscription has ended.
    Ended,
    /// The partner has answered.
    Responded,
    /// The partner has answered without a message.
    RespondedSilently,
    /// The partner disputes.
    Disputed,
    /// An endpoint was disabled.
    WebhookDisabled,
    /// A digest.
    Digest,
}

/// Every sample.
pub const SAMPLES: [Sample; 24] = {
    use RejectionReason::{
        ArbitrationLost, CustomerDeclined, InsufficientPoe, MissingCustomerAcknowledgement, MissingProducts,
        NoPartnerResponse, Other, PartnerRequest, PoeUnavailable,
    };
    [
        Sample::Consent,
        Sample::Approved,
        Sample::Rejected(InsufficientPoe),
        Sample::Rejected(MissingCustomerAcknowledgement),
        Sample::Rejected(MissingProducts),
        Sample::Rejected(PoeUnavailable),
        Sample::Rejected(NoPartnerResponse),
        Sample::Rejected(PartnerRequest),
        Sample::Rejected(CustomerDeclined),
        Sample::Rejected(ArbitrationLost),
        Sample::Rejected(Other),
        Sample::RejectedForGood,
        Sample::ActionRequired,
        Sample::IncumbentAsked,
        Sample::Opened,
        Sample::Won,
        Sample::Lost,
        Sample::Left,
        Sample::Ended,
        Sample::Responded,
        Sample::RespondedSilently,
        Sample::Disputed,
        Sample::WebhookDisabled,
        Sample::Digest,
    ]
};

impl Sample {
    /// Its name, for a file.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Consent => "consent-requested".to_owned(),
            Self::Approved => "decided-approved".to_owned(),
            Self::Rejected(reason) => {
                format!("decided-rejected-{}", reason.as_str().to_lowercase().replace('_', "-"))
            }
            Self::RejectedForGood => "decided-rejected-for-good".to_owned(),
            Self::ActionRequired => "action-required".to_owned(),
            Self::IncumbentAsked => "action-required-incumbent".to_owned(),
            Self::Opened => "arbitration-opened".to_owned(),
            Self::Won => "arbitration-settled-won".to_owned(),
            Self::Lost => "arbitration-settled-lost".to_owned(),
            Self::Left => "arbitration-settled-left".to_owned(),
            Self::Ended => "subscription-ended".to_owned(),
            Self::Responded => "responded".to_owned(),
            Self::RespondedSilently => "responded-without-message".to_owned(),
            Self::Disputed => "disputed".to_owned(),
            Self::WebhookDisabled => "webhook-disabled".to_owned(),
            Self::Digest => "digest".to_owned(),
        }
    }

    /// What it is written from; its links begin with `public_url`.
    #[must_use]
    pub fn draft(self, language: Language, public_url: &str) -> Draft {
        let told = self.told();
        let reader = match told {
            NoticeFacts::ConsentRequested { .. } => Reader::Customer,
            NoticeFacts::Responded { .. } | NoticeFacts::Disputed { .. } => Reader::Reviewer,
            _ => Reader::Partner,
        };
        let digested = if self == Self::Digest { vec![digested(Self::Approved), digested(Self::Won)] } else { vec![] };
        let optional = !told.kind().is_mandatory();
        let link = |path: &str| format!("{public_url}/{path}/Sample-of-a-token-which-opens-nothing-at-all");
        Draft {
            language,
            reader,
            names: names(),
            digested,
            decline_link: (self == Self::Consent).then(|| link("consent")),
            unsubscribe_link: optional.then(|| link("unsubscribe")),
            told,
        }
    }

    fn told(self) -> NoticeFacts {
        let sku_id = Uuid::nil();
        match self {
            Self::Consent => NoticeFacts::ConsentRequested { requested_at: at(2, 9), decline_until: at(10, 0) },
            Self::Approved => NoticeFacts::Approved { decline_until: at(10, 0) },
            Self::Rejected(reason) => NoticeFacts::Rejected {
                reason,
                detail: "The work is not shown.\nPage 3 names another product.".to_owned(),
                // D3
                disputable_until: (!matches!(
                    reason,
                    RejectionReason::PartnerRequest | RejectionReason::CustomerDeclined
                ))
                .then(|| at(31, 22)),
            },
            Self::RejectedForGood => NoticeFacts::Rejected {
                reason: RejectionReason::InsufficientPoe,
                detail: "The new proof shows no work either.".to_owned(),
                disputable_until: None,
            },
            Self::ActionRequired | Self::IncumbentAsked => NoticeFacts::ActionRequired {
                reasons: ActionReason::ALL.to_vec(),
                message: "Please describe the work.".to_owned(),
                respond_by: at(10, 0),
                incumbent: self == Self::IncumbentAsked,
            },
            Self::Opened => NoticeFacts::ArbitrationOpened { sku_id },
            Self::Won => NoticeFacts::ArbitrationSettled { sku_id, outcome: Some(LineOutcome::Won) },
            Self::Lost => NoticeFacts::ArbitrationSettled { sku_id, outcome: Some(LineOutcome::Lost) },
            Self::Left => NoticeFacts::ArbitrationSettled { sku_id, outcome: None },
            Self::Ended => NoticeFacts::SubscriptionEnded { subscription_id: Some(Uuid::nil()), sku_id },
            Self::Responded => {
                NoticeFacts::Responded { message: Some("Here it is.".to_owned()), decide_by: Some(at(10, 0)) }
            }
            Self::RespondedSilently => NoticeFacts::Responded { message: None, decide_by: Some(at(10, 0)) },
            Self::Disputed => NoticeFacts::Disputed {
                justification: Some("The work is on page three.".to_owned()),
                answer_by: at(10, 0),
            },
            Self::WebhookDisabled => NoticeFacts::WebhookDisabled { url: "https://partner.example/hooks".to_owned() },
            Self::Digest => NoticeFacts::Digest,
        }
    }
}

fn digested(sample: Sample) -> Digested {
    Digested { told: sample.told(), names: names(), at: at(2, 9) }
}

fn names() -> Names {
    let products = ["Dynamics 365 Sales Enterprise Edition", "Dynamics 365 Customer Service <Professional>"];
    Names {
        claim: "CPOR-7K3M-9Q2D".to_owned(),
        partner: "Alpine Consulting & Söhne".to_owned(),
        customer: "Contoso Ltd".to_owned(),
        products: products.map(str::to_owned).to_vec(),
        product: products[0].to_owned(),
    }
}

/// An hour of a day in March 2026, in UTC.
fn at(day: i64, hour: i64) -> Timestamp {
    let micros = (1_772_323_200 + (day - 1) * 86_400 + hour * 3_600) * 1_000_000;
    Timestamp::from_micros(micros).unwrap_or_else(|_| jiff::Timestamp::UNIX_EPOCH.into())
}
