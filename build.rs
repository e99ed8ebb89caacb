//! Decides about the console in `web/dist`: it is optional, except where `CPOR_REQUIRE_CONSOLE` asks for it.

use std::{env, path::Path};

#[expect(clippy::disallowed_methods, reason = "a build script has no other settings than the environment")]
fn main() -> Result<(), String> {
    println!("cargo::rerun-if-env-changed=CPOR_REQUIRE_CONSOLE");
    // A folder that is missing cannot be watched: Cargo would build again every time. `scripts/console` touches this file.
    println!("cargo::rerun-if-changed=build.rs");
    let page = Path::new("web/dist/index.html");
    if page.exists() {
        println!("cargo::rerun-if-changed=web/dist");
        return Ok(());
    }
    match env::var("CPOR_REQUIRE_CONSOLE").as_deref() {
        Err(_) | Ok("" | "0" | "false") => Ok(()),
        Ok(_) => Err("CPOR_REQUIRE_CONSOLE is set, and web/dist has no console. Run scripts/console first.".to_owned()),
    }
}
