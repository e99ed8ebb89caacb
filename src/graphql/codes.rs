//! The codes of errors: every value that `extensions.code` has, over any transport. `docs/errors.md` describes them for clients,
//! all of them (`tests/it/docs.rs`).
//!
//! They are part of the API and never change. Refusals by the rules are data and have codes of their own, see
//! [`domain::problem::ProblemCode`].

/// The request is not well formed.
pub const BAD_REQUEST: &str = "BAD_REQUEST";
/// A value that the client sent is not what the API asks for.
pub const BAD_USER_INPUT: &str = "BAD_USER_INPUT";
/// A stored query was asked for by its hash.
pub const PERSISTED_QUERY_NOT_SUPPORTED: &str = "PERSISTED_QUERY_NOT_SUPPORTED";
/// The request has no valid token.
pub const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
/// The token may not do this.
pub const FORBIDDEN: &str = "FORBIDDEN";
/// Nothing is at this address, or nothing for this caller.
pub const NOT_FOUND: &str = "NOT_FOUND";
/// The signed address of a document does not open it (P2).
pub const DOCUMENT_ADDRESS_NOT_VALID: &str = "DOCUMENT_ADDRESS_NOT_VALID";
/// The address does not have this method.
pub const METHOD_NOT_ALLOWED: &str = "METHOD_NOT_ALLOWED";
/// The client takes none of the media types that there are.
pub const NOT_ACCEPTABLE: &str = "NOT_ACCEPTABLE";
/// A subscription was sent where only one response is possible.
pub const SUBSCRIPTION_NEEDS_A_STREAM: &str = "SUBSCRIPTION_NEEDS_A_STREAM";
/// The body is of a media type or encoding that is not read here.
pub const UNSUPPORTED_MEDIA_TYPE: &str = "UNSUPPORTED_MEDIA_TYPE";
/// The body is larger than the limit.
pub const PAYLOAD_TOO_LARGE: &str = "PAYLOAD_TOO_LARGE";
/// The body arrived too slowly.
pub const REQUEST_TIMEOUT: &str = "REQUEST_TIMEOUT";
/// The range begins after the end of the document.
pub const RANGE_NOT_SATISFIABLE: &str = "RANGE_NOT_SATISFIABLE";
/// A quota of a minute is used up.
pub const RATE_LIMITED: &str = "RATE_LIMITED";
/// The WebSocket has reached its limit of live operations.
pub const TOO_MANY_OPERATIONS: &str = "TOO_MANY_OPERATIONS";
/// The subject has reached its limit of simultaneous transfers or exports.
pub const TOO_MANY_TRANSFERS: &str = "TOO_MANY_TRANSFERS";
/// The response does not fit into a message of the WebSocket.
pub const ANSWER_TOO_LARGE: &str = "ANSWER_TOO_LARGE";
/// The text is longer, has more tokens or is nested deeper than the limit.
pub const DOCUMENT_TOO_LARGE: &str = "DOCUMENT_TOO_LARGE";
/// The text is not a GraphQL document.
pub const GRAPHQL_PARSE_FAILED: &str = "GRAPHQL_PARSE_FAILED";
/// The document does not fit the schema.
pub const GRAPHQL_VALIDATION_FAILED: &str = "GRAPHQL_VALIDATION_FAILED";
/// The operation to execute is ambiguous.
pub const OPERATION_RESOLUTION_FAILURE: &str = "OPERATION_RESOLUTION_FAILURE";
/// The operation is deeper, wider or costlier than the limit.
pub const QUERY_TOO_COMPLEX: &str = "QUERY_TOO_COMPLEX";
/// The operation timed out; it may or may not have been executed.
pub const EXECUTION_TIMEOUT: &str = "EXECUTION_TIMEOUT";
/// The server cannot respond now; trying again later may help.
pub const SERVICE_UNAVAILABLE: &str = "SERVICE_UNAVAILABLE";
/// An internal error; its cause is in the log under `extensions.errorId`.
pub const INTERNAL_SERVER_ERROR: &str = "INTERNAL_SERVER_ERROR";
