//! The limits of a server: size, depth, cost and rate. 0 turns a limit off.

use std::time::Duration;

use jiff::SignedDuration;

/// The limits; each is an option of `cpor serve`. A count that is off is the largest number of its type.
#[derive(Clone, Debug, PartialEq, Eq, clap::Args)]
#[command(next_help_heading = "Limits (0 = off)")]
pub struct Limits {
    /// The largest JSON body, in bytes.
    #[arg(long, env = "CPOR_MAX_BODY_BYTES", default_value = "1048576", value_parser = count, value_name = "BYTES")]
    pub max_body_bytes: usize,
    /// The largest GraphQL document, in bytes.
    #[arg(long, env = "CPOR_MAX_DOCUMENT_BYTES", default_value = "20480", value_parser = count, value_name = "BYTES")]
    pub max_document_bytes: usize,
    /// The maximum number of tokens in a document.
    #[arg(long, env = "CPOR_MAX_TOKENS", default_value = "2000", value_parser = count, value_name = "COUNT")]
    pub max_tokens: usize,
    /// The maximum depth of fields in an operation.
    #[arg(long, env = "CPOR_MAX_DEPTH", default_value = "12", value_parser = count, value_name = "COUNT")]
    pub max_depth: usize,
    /// The maximum number of aliases in an operation.
    #[arg(long, env = "CPOR_MAX_ALIASES", default_value = "30", value_parser = count, value_name = "COUNT")]
    pub max_aliases: usize,
    /// The maximum number of root fields in an operation.
    #[arg(long, env = "CPOR_MAX_ROOT_FIELDS", default_value = "20", value_parser = count, value_name = "COUNT")]
    pub max_root_fields: usize,
    /// The maximum number of directives in an operation.
    #[arg(long, env = "CPOR_MAX_DIRECTIVES", default_value = "50", value_parser = count, value_name = "COUNT")]
    pub max_directives: usize,
    /// The maximum number of selections in an operation, with fragments expanded.
    #[arg(long, env = "CPOR_MAX_SELECTIONS", default_value = "1000", value_parser = count, value_name = "COUNT")]
    pub max_selections: usize,
    /// The maximum cost of an operation: its objects and a tenth of its values, each multiplied by the page sizes of its lists.
    #[arg(long, env = "CPOR_MAX_COST", default_value = "5000", value_parser = count, value_name = "POINTS")]
    pub max_cost: usize,
    /// The timeout of a request.
    #[arg(long, env = "CPOR_REQUEST_TIMEOUT", default_value = "10s", value_parser = duration, value_name = "DURATION")]
    pub request_timeout: Duration,
    /// The maximum number of requests per minute and subject.
    #[arg(long, env = "CPOR_REQUESTS_PER_MINUTE", default_value = "600", value_name = "COUNT")]
    pub requests_per_minute: u32,
    /// The maximum cost of operations per minute and subject.
    #[arg(long, env = "CPOR_COST_PER_MINUTE", default_value = "60000", value_name = "POINTS")]
    pub cost_per_minute: u32,
    /// The maximum number of refused tokens per minute and client address.
    #[arg(long, env = "CPOR_BAD_TOKENS_PER_MINUTE", default_value = "20", value_name = "COUNT")]
    pub bad_tokens_per_minute: u32,
    /// The maximum number of live connections of this process: WebSockets and event streams together.
    #[arg(long, env = "CPOR_MAX_SOCKETS", default_value = "10000", value_parser = count, value_name = "COUNT")]
    pub max_sockets: usize,
    /// The maximum number of live connections per subject.
    #[arg(long, env = "CPOR_MAX_SOCKETS_PER_SUBJECT", default_value = "1000", value_parser = count, value_name = "COUNT")]
    pub max_sockets_per_subject: usize,
    /// The maximum number of simultaneous uploads and downloads of this process.
    #[arg(long, env = "CPOR_MAX_TRANSFERS", default_value = "256", value_parser = count, value_name = "COUNT")]
    pub max_transfers: usize,
    /// The maximum number of simultaneous uploads and downloads per subject.
    #[arg(long, env = "CPOR_MAX_TRANSFERS_PER_SUBJECT", default_value = "16", value_parser = count, value_name = "COUNT")]
    pub max_transfers_per_subject: usize,
    /// The maximum number of simultaneous exports per subject; a process never writes more than 8.
    #[arg(long, env = "CPOR_MAX_EXPORTS_PER_SUBJECT", default_value = "2", value_parser = count, value_name = "COUNT")]
    pub max_exports_per_subject: usize,
    /// The timeout of an export, including the time in which its client reads it.
    #[arg(long, env = "CPOR_EXPORT_TIMEOUT", default_value = "10m", value_parser = duration, value_name = "DURATION")]
    pub export_timeout: Duration,
    /// The maximum number of simultaneous operations per WebSocket.
    #[arg(long, env = "CPOR_MAX_OPERATIONS_PER_SOCKET", default_value = "100", value_parser = count, value_name = "COUNT")]
    pub max_operations_per_socket: usize,
    /// How long a WebSocket may wait before it sends `connection_init`.
    #[arg(long, env = "CPOR_INIT_TIMEOUT", default_value = "10s", value_parser = duration, value_name = "DURATION")]
    pub init_timeout: Duration,
    /// The interval of keep-alive messages: a ping on a WebSocket, a comment in an event stream.
    #[arg(long, env = "CPOR_PING_INTERVAL", default_value = "12s", value_parser = duration, value_name = "DURATION")]
    pub ping_interval: Duration,
    /// How long a client may stop reading before its connection is closed.
    #[arg(long, env = "CPOR_SLOW_READER_TIMEOUT", default_value = "30s", value_parser = duration, value_name = "DURATION")]
    pub slow_reader_timeout: Duration,
    /// How long a read of the history, and a subscription without a position, wait for an older transaction to end, so
    /// that changes committed after it become visible.
    #[arg(long, env = "CPOR_SETTLE_TIMEOUT", default_value = "1s", value_parser = duration, value_name = "DURATION")]
    pub settle_timeout: Duration,
}

/// What a timer takes for a timeout that is off.
const DAY: Duration = Duration::from_hours(24);

const fn or_a_day(limit: Duration) -> Duration {
    if limit.is_zero() { DAY } else { limit }
}

impl Limits {
    /// The timeout of a request as a timer takes it: a day if it is off.
    #[must_use]
    pub const fn request_timer(&self) -> Duration {
        or_a_day(self.request_timeout)
    }

    /// The timeout of an export, likewise.
    #[must_use]
    pub const fn export_timer(&self) -> Duration {
        or_a_day(self.export_timeout)
    }

    /// The timeout of a WebSocket that has not sent `connection_init`, likewise.
    #[must_use]
    pub const fn init_timer(&self) -> Duration {
        or_a_day(self.init_timeout)
    }

    /// The interval of keep-alive messages, likewise.
    #[must_use]
    pub const fn ping_timer(&self) -> Duration {
        or_a_day(self.ping_interval)
    }

    /// The timeout of a client that does not read, likewise.
    #[must_use]
    pub const fn slow_reader_timer(&self) -> Duration {
        or_a_day(self.slow_reader_timeout)
    }

    /// The timeout of waiting for older transactions, likewise.
    #[must_use]
    pub const fn settle_timer(&self) -> Duration {
        or_a_day(self.settle_timeout)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_body_bytes: 1_048_576,
            max_document_bytes: 20_480,
            max_tokens: 2_000,
            max_depth: 12,
            max_aliases: 30,
            max_root_fields: 20,
            max_directives: 50,
            max_selections: 1_000,
            max_cost: 5_000,
            request_timeout: Duration::from_secs(10),
            requests_per_minute: 600,
            cost_per_minute: 60_000,
            bad_tokens_per_minute: 20,
            max_sockets: 10_000,
            max_sockets_per_subject: 1_000,
            max_transfers: 256,
            max_transfers_per_subject: 16,
            max_exports_per_subject: 2,
            export_timeout: Duration::from_mins(10),
            max_operations_per_socket: 100,
            init_timeout: Duration::from_secs(10),
            ping_interval: Duration::from_secs(12),
            slow_reader_timeout: Duration::from_secs(30),
            settle_timeout: Duration::from_secs(1),
        }
    }
}

fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Ok(usize::MAX),
        Ok(count) => Ok(count),
        Err(_) => Err("a whole number, 0 or more (0 = off)".to_owned()),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    text.parse::<SignedDuration>()
        .ok()
        .and_then(|duration| Duration::try_from(duration).ok())
        .ok_or_else(|| "a duration such as 10s or 500ms (0 = off)".to_owned())
}
