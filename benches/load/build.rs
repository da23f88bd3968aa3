//! Says where PostgreSQL's empty cluster is kept: the tests' helper that starts one is used here, too, and Cargo tells
//! that place to tests and benchmarks only.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if let Ok(folder) = std::env::var("OUT_DIR") {
        println!("cargo::rustc-env=CARGO_TARGET_TMPDIR={folder}");
    }
}
