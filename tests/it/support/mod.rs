//! What every test stands on: a database of its own, a started server, callers by role, a small world to act in.
//!
//! A test is an `async fn name(world: &World)`, named in the `both!` at the top of its file; it runs on SQLite and on
//! PostgreSQL. Afterwards the world checks the whole database (H3, and no answer of 5xx), so that every test proves that
//! too.

pub mod after;
pub mod busy;
pub mod caller;
pub mod cast;
pub mod claims;
pub mod cluster;
pub mod database;
pub mod directory;
pub mod event_stream;
pub mod files;
pub mod ids;
pub mod postgres;
pub mod process;
pub mod program;
pub mod provider;
pub mod receiver;
pub mod schema;
pub mod server;
pub mod signing;
pub mod smtp;
pub mod socket;
pub mod source;
pub mod wire;
pub mod world;

pub use caller::{Answer, Caller};
pub use claims::Claim;
pub use database::Backend;
pub use server::Settings;
pub use socket::Socket;
pub use world::World;

/// Runs these tests on both databases; with `settings =>` before the names, on a server of those [`Settings`].
macro_rules! both {
    ($settings:expr => $($name:ident),+ $(,)?) => {
        $(mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let world = $crate::support::World::start($crate::support::Backend::Sqlite, $settings).await;
                super::$name(&world).await;
                world.finish().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let world = $crate::support::World::start($crate::support::Backend::Postgres, $settings).await;
                super::$name(&world).await;
                world.finish().await;
            }
        })+
    };
    ($($name:ident),+ $(,)?) => {
        $(mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let settings = $crate::support::Settings::default();
                let world = $crate::support::World::start($crate::support::Backend::Sqlite, settings).await;
                super::$name(&world).await;
                world.finish().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let settings = $crate::support::Settings::default();
                let world = $crate::support::World::start($crate::support::Backend::Postgres, settings).await;
                super::$name(&world).await;
                world.finish().await;
            }
        })+
    };
}
pub(crate) use both;
