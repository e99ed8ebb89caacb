//! Connections with every statement prepared, used round robin: a connection pipelines the statements of several requests.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_postgres::{Client, Error, NoTls, Statement};

/// The columns of a claim in a list. What a deleted draft leaves has no status that is asked for.
const LISTED: &str = "SELECT c.id, c.number, c.status, c.submitted_at, u.name
    FROM claim c JOIN customer u ON u.tenant_id = c.tenant_id";

const CLAIM: &str = "SELECT c.id, c.number, c.status, c.solution_area, c.activities, c.submitted_at, c.version,
        u.name, u.domain, c.mpn_id,
        ARRAY(SELECT p.name FROM claim_line l JOIN product p ON p.sku_id = l.sku_id WHERE l.claim_id = c.id ORDER BY l.position)
    FROM claim c JOIN customer u ON u.tenant_id = c.tenant_id WHERE c.id = $1";

const PRODUCTS: &str = "SELECT x.place, p.name FROM unnest($1::uuid[]) WITH ORDINALITY x (id, place)
    CROSS JOIN LATERAL (SELECT sku_id, position FROM claim_line WHERE claim_id = x.id) l
    JOIN product p ON p.sku_id = l.sku_id ORDER BY x.place, l.position";

const COMMENTS: &str = "SELECT x.place, k.body, k.author, k.created_at FROM unnest($1::uuid[]) WITH ORDINALITY x (id, place)
    CROSS JOIN LATERAL (SELECT id, body, created_at,
        CASE author_kind WHEN 'SYSTEM' THEN 'System' ELSE COALESCE(author_name, author_subject) END AS author
        FROM comment WHERE claim_id = x.id ORDER BY id DESC LIMIT 5) k ORDER BY x.place, k.id";

const HISTORY: &str = "SELECT x.place, k.action, k.at, k.actor FROM unnest($1::uuid[]) WITH ORDINALITY x (id, place)
    CROSS JOIN LATERAL (SELECT seq, action, at,
        CASE actor_kind WHEN 'SYSTEM' THEN 'System' ELSE COALESCE(actor_name, actor_subject) END AS actor
        FROM history WHERE claim_id = x.id ORDER BY seq DESC LIMIT 5) k ORDER BY x.place, k.seq";

/// The head of the claim's history, a comment and an entry, in one statement and so in one transaction.
const COMMENT: &str = "WITH changed AS (
        UPDATE claim_activity SET history_length = history_length + 1, at = $5, shared_at = $5 WHERE claim_id = $1
        RETURNING claim_id AS id, history_length),
    said AS (
        INSERT INTO comment (id, claim_id, author_kind, author_subject, author_name, body, visibility, created_at)
        SELECT $2, id, 'REVIEWER', $3, $3, $4, 'SHARED', $5 FROM changed)
    INSERT INTO history (id, claim_id, seq, action, actor_kind, actor_subject, actor_name, at, changes, comment_id, visibility, hash)
        SELECT $2, id, history_length, 'COMMENTED', 'REVIEWER', $3, $3, $5, '[]', $2, 'SHARED', '' FROM changed";

/// A change of status, its entry, and the notification for subscribers.
const STATUS: &str = "WITH old AS (SELECT id, status FROM claim WHERE id = $1 FOR UPDATE),
    head AS (
        UPDATE claim_activity SET history_length = history_length + 1, at = $4, shared_at = $4, moved_at = $4
        FROM old WHERE claim_id = old.id RETURNING claim_id, history_length),
    changed AS (
        UPDATE claim c SET status = $2, version = c.version + 1, updated_at = $4 FROM old, head
        WHERE c.id = old.id AND head.claim_id = c.id RETURNING c.id, c.status, c.version, head.history_length, old.status AS before),
    entry AS (
        INSERT INTO history (id, claim_id, seq, action, actor_kind, actor_subject, at, from_status, to_status, changes, visibility, hash)
        SELECT $3, id, history_length, 'EDITED', 'REVIEWER', 'limit', $4, before, status, '[]', 'SHARED', '' FROM changed)
    SELECT version, pg_notify('limit_status', id || ' ' || status || ' ' || version)::text FROM changed";

/// A connection and its statements.
pub struct Connection {
    pub client: Client,
    pub claim: Statement,
    pub page: Statement,
    pub queue: Statement,
    pub products: Statement,
    pub comments: Statement,
    pub history: Statement,
    pub comment: Statement,
    pub status: Statement,
}

/// Opens a connection.
pub async fn connect(url: &str) -> Result<Connection, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    let page = format!("{LISTED} WHERE c.partner_id = $1 AND c.status = $2 ORDER BY c.submitted_at DESC, c.id DESC LIMIT 50");
    let queue = format!(
        "{LISTED} WHERE c.status = $1 AND (c.submitted_at, c.id) < ($2, $3) ORDER BY c.submitted_at DESC, c.id DESC LIMIT 50"
    );
    Ok(Connection {
        claim: client.prepare(CLAIM).await?,
        page: client.prepare(&page).await?,
        queue: client.prepare(&queue).await?,
        products: client.prepare(PRODUCTS).await?,
        comments: client.prepare(COMMENTS).await?,
        history: client.prepare(HISTORY).await?,
        comment: client.prepare(COMMENT).await?,
        status: client.prepare(STATUS).await?,
        client,
    })
}

/// Connections, used round robin.
pub struct Pool {
    connections: Vec<Connection>,
    next: AtomicUsize,
}

impl Pool {
    pub fn new(connections: Vec<Connection>) -> Self {
        Self { connections, next: AtomicUsize::new(0) }
    }

    pub fn next(&self) -> &Connection {
        &self.connections[self.next.fetch_add(1, Ordering::Relaxed) % self.connections.len()]
    }
}
