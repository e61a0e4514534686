//! Gives the shared library its name for the loader: `libvoxline.so` and the major version of the ABI.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        // The number is `VOXLINE_ABI_VERSION`; a test of the installed library compares them.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libvoxline.so.0");
    }
}
