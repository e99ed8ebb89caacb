//! Scalars of the API beside GraphQL's own; `UUID` is the library's.

use async_graphql::{Context, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use domain::time::Timestamp;

use super::error::Failure;
use crate::app::claims;

/// An instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

/// An instant by RFC 3339, such as `2026-11-20T09:30:00Z`. Answers are in UTC, with as many digits of the second as needed;
/// inputs may have any offset, years 0000 to 9999, finer than a microsecond is cut off.
#[Scalar(name = "DateTime", specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
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

/// What the library writes in place of a file.
const FILE_MARK: &str = "#__graphql_file__:";

/// An uploaded file: its place among the request's files. Our own, since the library's stops the thread at a text that only
/// looks like a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upload(usize);

/// A file, sent beside the operation by the GraphQL multipart request specification: in the variables it is `null`, and `map`
/// says which part of the form takes its place. Only in variables of a mutation.
#[Scalar(name = "Upload", specified_by_url = "https://github.com/jaydenseric/graphql-multipart-request-spec")]
impl ScalarType for Upload {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text
                .strip_prefix(FILE_MARK)
                .and_then(|place| place.parse().ok())
                .map(Self)
                .ok_or_else(|| InputValueError::custom("send the file as a part of a multipart form")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Null
    }
}

impl Upload {
    /// The file itself.
    ///
    /// # Errors
    /// Malformed input, when the request has no such file.
    pub fn file(self, ctx: &Context<'_>) -> Result<claims::Upload, Failure> {
        let file = ctx.query_env.uploads.get(self.0);
        let file = file.ok_or_else(|| Failure::BadInput("The request has no such file.".to_owned()))?;
        let content = file.content.clone();
        Ok(claims::Upload { name: file.filename.clone(), size: content.len() as u64, content })
    }
}
