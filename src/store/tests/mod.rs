//! The reads, on a small world of rows. The same is tried on both databases from outside by `tests/it`.

mod change;
mod contest;
mod facts;
mod log;
mod pages;
mod projection;
mod reach;
mod world;
