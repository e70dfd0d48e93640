//! Tells cargo that the schema is part of the program: `sqlx::migrate!` embeds the folder, which cargo can't see.

#[expect(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
