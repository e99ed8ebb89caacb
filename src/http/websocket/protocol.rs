//! The messages of `graphql-transport-ws`, and the codes with which its sockets are closed.

use std::borrow::Cow;

use axum::extract::ws::{CloseFrame, Utf8Bytes};
use serde_json::{Map, Value};

use crate::graphql::endpoint::Parts;

/// The name of the protocol.
pub(super) const SUBPROTOCOL: &str = "graphql-transport-ws";

/// The longest id of an operation, in bytes.
const LONGEST_ID: usize = 128;
/// The longest reason that fits into a close frame, in bytes.
const LONGEST_REASON: usize = 123;

/// A message of a client.
#[derive(Debug)]
pub(super) enum Incoming {
    /// The start of a connection, with the client's payload.
    Init(Map<String, Value>),
    /// It wants to hear something, with this payload.
    Ping(Option<Value>),
    /// It was heard.
    Pong,
    /// It starts an operation.
    Subscribe {
        /// The id that it gives the operation.
        id: String,
        /// The operation.
        parts: Parts,
    },
    /// It does not want more of an operation.
    Complete {
        /// The operation's id.
        id: String,
    },
}

impl Incoming {
    /// Reads a message.
    ///
    /// # Errors
    /// 4400 with the error, which never repeats the input.
    pub(super) fn read(text: &str) -> Result<Self, Farewell> {
        let Ok(Value::Object(mut fields)) = serde_json::from_str(text) else {
            return Err(Farewell::invalid("it is not a JSON object"));
        };
        let Some(Value::String(kind)) = fields.remove("type") else {
            return Err(Farewell::invalid("the field type must be a string"));
        };
        match kind.as_str() {
            "connection_init" => Ok(Self::Init(object(&mut fields, "payload")?.unwrap_or_default())),
            "ping" => Ok(Self::Ping(object(&mut fields, "payload")?.map(Value::Object))),
            "pong" => object(&mut fields, "payload").map(|_| Self::Pong),
            "subscribe" => Ok(Self::Subscribe { id: id(&mut fields)?, parts: parts(&mut fields)? }),
            "complete" => Ok(Self::Complete { id: id(&mut fields)? }),
            _ => Err(Farewell::invalid("its type is not one that a client may send")),
        }
    }
}

fn id(fields: &mut Map<String, Value>) -> Result<String, Farewell> {
    match fields.remove("id") {
        Some(Value::String(id)) if id.len() > LONGEST_ID => {
            Err(Farewell::invalid("the field id is longer than 128 bytes"))
        }
        Some(Value::String(id)) if !id.is_empty() => Ok(id),
        _ => Err(Farewell::invalid("the field id must be a string that is not empty")),
    }
}

/// The operation in the payload. Fields beside those that are known are ignored, as over HTTP.
fn parts(fields: &mut Map<String, Value>) -> Result<Parts, Farewell> {
    let Some(mut payload) = object(fields, "payload")? else {
        return Err(Farewell::invalid("the field payload must be an object"));
    };
    let Some(Value::String(query)) = payload.remove("query") else {
        return Err(Farewell::invalid("the field payload.query must be a string"));
    };
    let operation_name = match payload.remove("operationName") {
        None | Some(Value::Null) => None,
        // As if it had been left out (GraphQL over HTTP).
        Some(Value::String(name)) if name.is_empty() => None,
        Some(Value::String(name)) => Some(name),
        Some(_) => return Err(Farewell::invalid("the field payload.operationName must be a string or null")),
    };
    let variables = object(&mut payload, "variables")?.unwrap_or_default();
    let extensions = object(&mut payload, "extensions")?.unwrap_or_default();
    let tells_cost = extensions.get("cost") == Some(&Value::Bool(true));
    Ok(Parts { query, operation_name, variables, files: Vec::new(), tells_cost })
}

fn object(fields: &mut Map<String, Value>, name: &str) -> Result<Option<Map<String, Value>>, Farewell> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(Farewell::invalid(&format!("the field {name} must be an object or null"))),
    }
}

/// The type of a message of the server about an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A response; more may follow.
    Next,
    /// The operation is refused; nothing more comes.
    Error,
    /// Nothing more comes.
    Complete,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Error => "error",
            Self::Complete => "complete",
        }
    }
}

/// A message about an operation; the payload is JSON already, and empty for [`Kind::Complete`].
pub(super) fn about(id: &str, kind: Kind, payload: &[u8]) -> Vec<u8> {
    // Serializing a string cannot fail.
    let id = serde_json::to_vec(id).unwrap_or_default();
    let payload_key: &[u8] = if payload.is_empty() { b"" } else { b",\"payload\":" };
    [b"{\"id\":", id.as_slice(), b",\"type\":\"", kind.name().as_bytes(), b"\"", payload_key, payload, b"}"].concat()
}

/// The answer to `connection_init`.
pub(super) const ACKNOWLEDGED: &str = r#"{"type":"connection_ack"}"#;

/// The answer to a ping, with its payload.
pub(super) fn pong(payload: Option<Value>) -> String {
    payload
        .map_or_else(|| r#"{"type":"pong"}"#.to_owned(), |payload| format!(r#"{{"type":"pong","payload":{payload}}}"#))
}

/// Why the server closes a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Farewell {
    /// The code: of WebSocket below 4000, of the protocol above.
    pub(super) code: u16,
    /// The reason, for people.
    pub(super) reason: Cow<'static, str>,
}

impl Farewell {
    const fn new(code: u16, reason: &'static str) -> Self {
        Self { code, reason: Cow::Borrowed(reason) }
    }

    /// The server stops.
    pub(super) const GOING_AWAY: Self = Self::new(1001, "The server is stopping: connect again");
    /// Invalid WebSocket data.
    pub(super) const PROTOCOL_ERROR: Self = Self::new(1002, "Protocol error");
    /// A text that is not UTF-8.
    pub(super) const NOT_UTF8: Self = Self::new(1007, "The text is not UTF-8");
    /// A message above the limit.
    pub(super) const TOO_BIG: Self = Self::new(1009, "The message is larger than 128 KiB");
    /// The client does not read what is sent to it.
    pub(super) const TOO_SLOW: Self =
        Self::new(1013, "The client reads too slowly: connect again and resume after the last position received");
    /// The subject has too many live connections.
    pub(super) const TOO_MANY: Self =
        Self::new(1013, "Too many live connections for this subject: close one and reconnect");
    /// An operation before the acknowledgement.
    pub(super) const UNAUTHORIZED: Self = Self::new(4401, "Unauthorized");
    /// No good token, or no longer.
    pub(super) const FORBIDDEN: Self = Self::new(4403, "Forbidden");
    /// Another protocol than this one.
    pub(super) const SUBPROTOCOL: Self = Self::new(4406, "Subprotocol not acceptable");
    /// No `connection_init` in time.
    pub(super) const INIT_TIMEOUT: Self = Self::new(4408, "Connection initialisation timeout");
    /// A second `connection_init`.
    pub(super) const SECOND_INIT: Self = Self::new(4429, "Too many initialisation requests");

    /// A message that is invalid in the protocol.
    pub(super) fn invalid(what: &str) -> Self {
        Self { code: 4400, reason: format!("Invalid message: {what}").into() }
    }

    /// A good token that gives its bearer nothing (A5).
    pub(super) fn no_standing(why: &str) -> Self {
        Self { code: 4403, reason: format!("Forbidden: {why}").into() }
    }

    /// An operation with the id of one that lives.
    pub(super) fn duplicate(id: &str) -> Self {
        // A long id is cut, so that the rest of the sentence is there.
        let id = &id[..id.floor_char_boundary(LONGEST_REASON - "Subscriber for  already exists".len())];
        Self { code: 4409, reason: format!("Subscriber for {id} already exists").into() }
    }

    /// The close frame.
    pub(super) fn frame(&self) -> CloseFrame {
        let reason = &self.reason[..self.reason.floor_char_boundary(LONGEST_REASON)];
        CloseFrame { code: self.code, reason: Utf8Bytes::from(reason) }
    }
}
