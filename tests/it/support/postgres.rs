//! The test process's own PostgreSQL: started once, when the first test needs it, and gone with the process.

use std::sync::OnceLock;

use super::cluster::Cluster;

static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();

/// The address of a database of the cluster, which this starts if it does not run yet.
pub fn address(database: &str) -> String {
    match CLUSTER.get_or_init(|| Cluster::start(&[])) {
        Ok(cluster) => cluster.address(database),
        // Never a skipped test: what was not run was not shown to work.
        Err(reason) => {
            panic!("no PostgreSQL for the tests; run scripts/test, which installs what is missing.\n{reason}")
        }
    }
}
