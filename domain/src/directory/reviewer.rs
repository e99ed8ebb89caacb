//! Reviewers as the directory loads them (R1).

use serde::{Deserialize, Serialize};

use super::{Row, form};
use crate::{
    problem::Problem,
    text::{self, NAME_MAX},
};

/// A reviewer of the vendor (R1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReviewerRow {
    /// The subject of the reviewer's tokens.
    pub subject: String,
    /// The display name.
    pub name: String,
    /// Where notices go; left out, it stays as it is.
    #[serde(default)]
    pub email: Option<String>,
    /// The language of notices; left out, it stays as it is.
    #[serde(default)]
    pub locale: Option<String>,
    /// Whether this is a review lead.
    pub lead: bool,
    /// Whether reviews can be assigned.
    pub active: bool,
}

impl Row for ReviewerRow {
    fn check(self) -> Result<Self, Problem> {
        let email = text::optional("email", self.email.as_deref(), NAME_MAX)?;
        let locale = form::locale(self.locale.as_deref())?;
        Ok(Self {
            subject: text::subject("subject", &self.subject)?,
            name: text::required("name", &self.name, NAME_MAX)?,
            email: email.map(|email| text::email("email", &email)).transpose()?,
            locale,
            lead: self.lead,
            active: self.active,
        })
    }
}
