//! The parameters of a GraphQL request, from a JSON body or a query string.

use serde_json::{Map, Value};

use super::error::HttpError;
use crate::graphql::endpoint::Parts;

/// Reads the parameters from a JSON body. Properties beside the four that are known are ignored.
pub(super) fn from_json(body: &[u8]) -> Result<Parts, HttpError> {
    // RFC 8259: a byte order mark may be ignored.
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let Ok(text) = std::str::from_utf8(body) else {
        return Err(HttpError::malformed("The request body is not UTF-8. Encode JSON as UTF-8."));
    };
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => parts(fields),
        Ok(Value::Array(_)) => {
            Err(HttpError::malformed("Batched requests are not supported. Send one operation per request."))
        }
        Ok(_) => Err(HttpError::malformed("The body must be a JSON object.")),
        // The parser's own message may repeat the input.
        Err(error) => Err(HttpError::malformed(format!(
            "The body is not valid JSON: line {}, column {}.",
            error.line(),
            error.column()
        ))),
    }
}

/// Reads the parameters from a query string, where variables and extensions are JSON texts.
pub(super) fn from_query(pairs: Vec<(String, String)>) -> Result<Parts, HttpError> {
    let mut fields = Map::new();
    for (name, text) in pairs {
        let value = match name.as_str() {
            "query" | "operationName" => Value::String(text),
            "variables" | "extensions" if text.is_empty() => Value::Null,
            "variables" | "extensions" => serde_json::from_str(&text)
                .map_err(|_| HttpError::malformed(format!("The parameter {name} is not valid JSON.")))?,
            _ => continue,
        };
        if fields.insert(name.clone(), value).is_some() {
            return Err(HttpError::malformed(format!("The parameter {name} occurs twice.")));
        }
    }
    parts(fields)
}

fn parts(mut fields: Map<String, Value>) -> Result<Parts, HttpError> {
    let extensions = map(&mut fields, "extensions")?;
    let query = match fields.remove("query") {
        Some(Value::String(query)) => query,
        None | Some(Value::Null) if extensions.contains_key("persistedQuery") => {
            return Err(HttpError::no_stored_queries());
        }
        None | Some(Value::Null) => return Err(HttpError::malformed("The parameter query is missing.")),
        Some(_) => return Err(HttpError::malformed("The parameter query must be a string.")),
    };
    let operation_name = match fields.remove("operationName") {
        None | Some(Value::Null) => None,
        // As if it had been left out (GraphQL over HTTP).
        Some(Value::String(name)) if name.is_empty() => None,
        Some(Value::String(name)) => Some(name),
        Some(_) => return Err(HttpError::malformed("The parameter operationName must be a string or null.")),
    };
    let variables = map(&mut fields, "variables")?;
    let tells_cost = extensions.get("cost") == Some(&Value::Bool(true));
    Ok(Parts { query, operation_name, variables, files: Vec::new(), tells_cost })
}

fn map(fields: &mut Map<String, Value>, name: &str) -> Result<Map<String, Value>, HttpError> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(_) => Err(HttpError::malformed(format!("The parameter {name} must be an object or null."))),
    }
}
