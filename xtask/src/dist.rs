//! `cargo xtask dist`: the C library as a distribution would install it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::dist_archive;
use crate::metadata::Metadata;
use crate::run::{Result, cargo, root, show_and_run};

/// What the static library needs besides itself on Linux: what `rustc --print native-static-libs` says. A test links it
/// with exactly these.
const STATIC_NEEDS: &str = "-lgcc_s -lutil -lrt -lpthread -lm -ldl -lc";

/// The major version of the ABI, as in `VOXLINE_ABI_VERSION` and the name of the shared library.
const ABI_MAJOR: &str = "0";

/// An optimised build, laid out in `prefix`.
pub(crate) fn install(prefix: &Path) -> Result {
    // Cargo runs us in the root of the workspace, but a relative folder is meant from where the developer stands.
    let here = std::env::current_dir()?;
    show_and_run(cargo().args(["build", "--release", "--locked", "-p", "voxline-c"]))?;
    lay_out("release", &here.join(prefix))?;
    println!("installed in {}", prefix.display());
    println!("try: PKG_CONFIG_PATH={}/lib/pkgconfig pkg-config --cflags --libs voxline", here.join(prefix).display());
    Ok(())
}

/// Lays out what cargo built in the profile's folder.
pub(crate) fn lay_out(profile_folder: &str, prefix: &Path) -> Result {
    if !cfg!(target_os = "linux") {
        return Err("dist knows only Linux so far".into());
    }
    let metadata = Metadata::read()?;
    let built = PathBuf::from(&metadata.target_directory).join(profile_folder);
    let package = metadata.ours().find(|p| p.name == "voxline-c").ok_or("the workspace has no voxline-c")?;
    let version = package.version.as_str();
    let sources = root().join("bindings/c");

    let lib = prefix.join("lib");
    for folder in ["include", "lib/pkgconfig", "lib/cmake/Voxline", "share/doc/voxline"] {
        fs::create_dir_all(prefix.join(folder))?;
    }
    // Headers of an earlier version would hide that something is missing in this one.
    let headers = prefix.join("include/voxline");
    if headers.exists() {
        fs::remove_dir_all(headers)?;
    }
    for folder in ["include", "include/voxline"] {
        copy_headers(&sources.join(folder), &prefix.join(folder))?;
    }
    let shared = format!("libvoxline.so.{version}");
    // A program may have the old one mapped: it keeps it, because the file is another.
    replace(&built.join("libvoxline_c.so"), &lib.join(&shared))?;
    let archive = lib.join("libvoxline.a");
    dist_archive::write(&built.join("libvoxline_c.a"), &lib.join(&shared), &archive, profile_folder != "release")?;
    link(&shared, &lib.join(format!("libvoxline.so.{ABI_MAJOR}")))?;
    link(&format!("libvoxline.so.{ABI_MAJOR}"), &lib.join("libvoxline.so"))?;
    for text in ["LICENSE-APACHE", "LICENSE-MIT", "NOTICE"] {
        fs::copy(root().join(text), prefix.join("share/doc/voxline").join(text))?;
    }
    for (template, place) in [
        ("voxline.pc.in", "lib/pkgconfig/voxline.pc"),
        ("VoxlineConfig.cmake.in", "lib/cmake/Voxline/VoxlineConfig.cmake"),
        ("VoxlineConfigVersion.cmake.in", "lib/cmake/Voxline/VoxlineConfigVersion.cmake"),
    ] {
        let text = fs::read_to_string(sources.join("packaging").join(template))?;
        fs::write(prefix.join(place), filled(&text, version)?)?;
    }
    Ok(())
}

fn copy_headers(from: &Path, to: &Path) -> Result {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let file = entry?.path();
        if let Some(name) = file.file_name().filter(|_| file.extension().is_some_and(|end| end == "h" || end == "hpp"))
        {
            fs::copy(&file, to.join(name))?;
        }
    }
    Ok(())
}

fn filled(template: &str, version: &str) -> Result<String> {
    let needs_cmake = STATIC_NEEDS.replace(' ', ";");
    let text = template
        .replace("@VERSION@", version)
        .replace("@ABI_MAJOR@", ABI_MAJOR)
        // It is built for where it is built.
        .replace("@POINTER_BYTES@", &size_of::<usize>().to_string())
        .replace("@STATIC_NEEDS@", STATIC_NEEDS)
        .replace("@STATIC_NEEDS_CMAKE@", &needs_cmake);
    match text.split('@').nth(1) {
        Some(left) => Err(format!("a template has something else to fill in: @{left}@").into()),
        None => Ok(text),
    }
}

fn replace(from: &Path, to: &Path) -> Result {
    let fresh = to.with_extension("new");
    fs::copy(from, &fresh).map_err(|e| format!("cannot copy {}: {e}", from.display()))?;
    Ok(fs::rename(fresh, to)?)
}

#[cfg(unix)]
fn link(target: &str, place: &Path) -> Result {
    match fs::remove_file(place) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e.into()),
        _ => {}
    }
    Ok(std::os::unix::fs::symlink(target, place)?)
}

#[cfg(not(unix))]
fn link(_: &str, _: &Path) -> Result {
    Err("dist knows only Linux so far".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_and_a_place_that_nobody_knows_is_an_error() {
        assert_eq!(
            filled("v @VERSION@, l @STATIC_NEEDS_CMAKE@", "1.2.3").unwrap().split(';').next(),
            Some("v 1.2.3, l -lgcc_s")
        );
        assert!(filled("@OTHER@", "1.2.3").is_err());
        for template in ["voxline.pc.in", "VoxlineConfig.cmake.in", "VoxlineConfigVersion.cmake.in"] {
            let text = fs::read_to_string(root().join("bindings/c/packaging").join(template)).unwrap();
            assert!(filled(&text, "1.2.3").unwrap().contains("1.2.3") || template == "VoxlineConfig.cmake.in");
        }
    }

    #[test]
    fn the_version_of_the_abi_is_the_same_everywhere() {
        let about = fs::read_to_string(root().join("bindings/c/src/about.rs")).unwrap();
        assert!(about.contains(&format!("VOXLINE_ABI_VERSION: u32 = {ABI_MAJOR};")));
        let script = fs::read_to_string(root().join("bindings/c/build.rs")).unwrap();
        assert!(script.contains(&format!("libvoxline.so.{ABI_MAJOR}\"")));
    }
}
