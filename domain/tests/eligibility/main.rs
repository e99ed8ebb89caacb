//! The rules of eligibility, each by its number, several at once, and what holds for all intents.
#![cfg(test)]

mod business;
mod claims;
mod laws;
mod so_far;
mod whole;
mod workload;
mod world;
