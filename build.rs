//! Tells cargo that the schema is part of the program: `sqlx::migrate!` embeds the folder, which cargo can't see.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
