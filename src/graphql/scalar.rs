//! Scalars of the API beside GraphQL's own. Each says what it takes in `is_valid` too, so that a wrong value is refused
//! with the whole document, and never when half of it is done.

use async_graphql::{Context, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use domain::{identifier, time::Timestamp};

use super::{endpoint::Files, error::ApiError};
use crate::app::claims;

/// An instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

/// An RFC 3339 timestamp, such as `2026-11-20T09:30:00Z`. Output is in UTC, with as many fractional digits as needed.
/// Input may have any offset and years 0000 to 9999; digits beyond microseconds are dropped.
#[Scalar(name = "DateTime", specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if text.parse::<Timestamp>().is_ok())
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<Timestamp> for DateTime {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl From<DateTime> for Timestamp {
    fn from(at: DateTime) -> Self {
        at.0
    }
}

/// A UUID. Our own, since the library's is judged only when everything before it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uuid(pub uuid::Uuid);

impl Uuid {
    /// Reads every form that [`identifier::uuid`] knows (L15).
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => identifier::uuid(text).map(Self),
            _ => None,
        }
    }
}

/// A UUID, such as `f2e48cb3-9da0-42cd-8464-4a54ce198ad0`. Output is lowercase; input may have any case.
#[Scalar(name = "UUID", specified_by_url = "https://www.rfc-editor.org/rfc/rfc9562")]
impl ScalarType for Uuid {
    fn parse(value: Value) -> InputValueResult<Self> {
        Self::read(&value).ok_or_else(|| InputValueError::expected_type(value))
    }

    fn is_valid(value: &Value) -> bool {
        Self::read(value).is_some()
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<uuid::Uuid> for Uuid {
    fn from(id: uuid::Uuid) -> Self {
        Self(id)
    }
}

impl From<Uuid> for uuid::Uuid {
    fn from(id: Uuid) -> Self {
        id.0
    }
}

/// What the library writes in place of a file.
const FILE_MARK: &str = "#__graphql_file__:";

/// An uploaded file: its place among the request's files. Our own, since the library's stops the thread at a text that
/// only looks like a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upload(usize);

/// A file in a request by the GraphQL multipart request specification: its variable is `null`, and the form's `map`
/// names the part that contains the file. Only in variables of a mutation.
#[Scalar(name = "Upload", specified_by_url = "https://github.com/jaydenseric/graphql-multipart-request-spec")]
impl ScalarType for Upload {
    fn parse(value: Value) -> InputValueResult<Self> {
        Self::read(&value).ok_or_else(|| InputValueError::custom("send the file as a part of a multipart form"))
    }

    fn is_valid(value: &Value) -> bool {
        Self::read(value).is_some()
    }

    fn to_value(&self) -> Value {
        Value::Null
    }
}

impl Upload {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => text.strip_prefix(FILE_MARK)?.parse().ok().map(Self),
            _ => None,
        }
    }

    /// The file itself.
    ///
    /// # Errors
    /// Malformed input, when the request has no such file.
    pub fn file(self, ctx: &Context<'_>) -> Result<claims::Upload, ApiError> {
        let file = ctx.query_env.uploads.get(self.0);
        let content = ctx.data_opt::<Files>().and_then(|files| files.0.get(self.0));
        let (file, content) = file
            .zip(content)
            .ok_or_else(|| ApiError::BadInput("The request does not contain this file.".to_owned()))?;
        Ok(claims::Upload { name: file.filename.clone(), content: content.clone() })
    }
}
