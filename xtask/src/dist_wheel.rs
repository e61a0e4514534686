//! `cargo xtask dist --wheel`: the wheel as it would be published, and the proof that it runs on any Linux of its tag.

use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::metadata::Metadata;
use crate::run::{Result, command, output_of, root, show_and_run};
use crate::{python_suite, setup};

/// All that a wheel for any Linux may load: libraries of the compiler and of glibc.
const MAY_NEED: &[&str] = &["libc.so.6", "libm.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"];

/// More than this is too much for a wheel that lambdas and notebooks install.
const MOST_BYTES: u64 = 4_000_000;

/// What goes along for lawyers: `license-files` of pyproject.toml.
const LICENCES: &[&str] = &["LICENSE-APACHE", "LICENSE-MIT", "NOTICE", "THIRD-PARTY.md"];

/// No tables for unwinding through C: what it calls never panics, and nothing of ours is called by it.
const C_FLAGS: &str = "-fno-asynchronous-unwind-tables -fno-unwind-tables";

/// What the linker adds for a smaller archive: functions and data in the order in which they pack best, the ends of
/// strings once.
const LINK: &[&str] = &["--", "-C", "link-arg=-Wl,--bp-compression-sort=both,-O2"];

/// The first 1.x whose rustc links with LLVM's linker, on x86-64 with glibc alone; others know nothing of [`LINK`].
const LINKS_WITH_LLD: u32 = 90;

/// Cases that the languages share.
const TABLE: &str = "crates/voxline/tests/cases/table.tsv";

/// Builds the wheel into `out`, by default `wheels` in the target folder, and checks it.
pub(crate) fn build(out: Option<&Path>) -> Result {
    let target = PathBuf::from(Metadata::read()?.target_directory);
    // Cargo runs us in the root of the workspace, but a relative folder is meant from where the developer stands.
    let out = out.map_or(Ok(target.join("wheels")), |out| std::env::current_dir().map(|here| here.join(out)))?;
    let wheel = make(&target, &out)?;
    check(&target, &wheel)?;
    println!("\n{}", wheel.display());
    Ok(())
}

/// Builds with the profile `wheel`. The tag is the lowest that the symbols allow.
pub(crate) fn make(target: &Path, out: &Path) -> Result<PathBuf> {
    let python = setup::python(target, "venv-wheel", &root().join("python/tests/requirements.txt"))?;
    // Of its own, so that the one that is there afterwards is the one that was built.
    let fresh = target.join("wheels-release");
    let _ = std::fs::remove_dir_all(&fresh);
    let mut maturin = python_suite::of(&python, "maturin");
    maturin
        .args(["build", "--profile", "wheel", "--locked", "--strip", "--interpreter"])
        .arg(&python)
        .arg("--out")
        .arg(&fresh);
    if links_with_lld(&output_of(command("rustc").arg("-vV"))?) {
        maturin.args(LINK);
    }
    let given = std::env::var("CFLAGS").unwrap_or_default();
    maturin.env("CFLAGS", format!("{given} {C_FLAGS}"));
    show_and_run(maturin.current_dir(root().join("python")).env("CARGO_TARGET_DIR", target))?;
    let built = python_suite::newest(&fresh)?;
    std::fs::create_dir_all(out)?;
    let wheel = out.join(built.file_name().ok_or("a wheel without a name")?);
    repack(&built, &wheel)?;
    Ok(wheel)
}

/// From what `rustc -vV` says.
fn links_with_lld(said: &str) -> bool {
    let of = |key: &str| said.lines().find_map(|line| line.strip_prefix(key));
    let minor = of("release: 1.").and_then(|rest| rest.split('.').next()?.parse::<u32>().ok());
    of("host: ") == Some("x86_64-unknown-linux-gnu") && minor.is_some_and(|minor| minor >= LINKS_WITH_LLD)
}

/// Writes the same archive smaller: any unpacker reads it, only the search for the shortest form took longer.
fn repack(from: &Path, to: &Path) -> Result {
    /// Beyond 9 it is zopfli, with so many rounds more.
    const LEVEL: i64 = 9 + 5;
    let mut archive = ZipArchive::new(std::fs::File::open(from)?)?;
    let mut packed = ZipWriter::new(std::fs::File::create(to)?);
    for index in 0..archive.len() {
        let mut file = archive.by_index(index)?;
        let mut options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(LEVEL))
            .last_modified_time(file.last_modified().unwrap_or_default());
        if let Some(mode) = file.unix_mode() {
            options = options.unix_permissions(mode);
        }
        packed.start_file(file.name()?.into_owned(), options)?;
        std::io::copy(&mut file, &mut packed)?;
    }
    packed.finish()?;
    Ok(())
}

/// What it needs, how large it is, what auditwheel makes of it, and whether it works.
fn check(target: &Path, wheel: &Path) -> Result {
    let python = setup::python(target, "venv-wheel", &root().join("python/tests/requirements.txt"))?;
    let bytes = std::fs::metadata(wheel)?.len();
    if bytes > MOST_BYTES {
        return Err(format!("the wheel has {bytes} bytes, more than {MOST_BYTES}").into());
    }
    let folder = target.join("wheel-content");
    let _ = std::fs::remove_dir_all(&folder);
    show_and_run(command(&python).args(["-m", "zipfile", "-e"]).arg(wheel).arg(&folder))?;
    let name = wheel.file_name().unwrap_or_default().to_string_lossy();
    let licences = folder.join(about(&name)).join("licenses");
    if let Some(missing) = LICENCES.iter().find(|file| !licences.join(file).is_file()) {
        return Err(format!("{name} lacks {missing}").into());
    }
    let library = folder.join("voxline/_voxline.abi3.so");
    let dynamic = output_of(command("readelf").args(["--wide", "--dynamic"]).arg(&library))?;
    let versions = output_of(command("readelf").args(["--wide", "--version-info"]).arg(&library))?;
    let (needed, newest) = (needed(&dynamic)?, newest_glibc(&versions)?);
    let tag = tagged(&name).ok_or_else(|| format!("{name} has no tag of a glibc"))?;
    if newest > tag {
        return Err(format!("{name} needs glibc {}.{}", newest.0, newest.1).into());
    }
    println!("\n{bytes} bytes; needs {} and glibc {}.{} or later", needed.join(", "), newest.0, newest.1);
    show_and_run(python_suite::of(&python, "auditwheel").arg("show").arg(wheel))?;
    try_out(target, wheel)
}

/// Installs it as users do, where nothing of the build is, and runs what needs no services.
fn try_out(target: &Path, wheel: &Path) -> Result {
    let requirements = root().join("python/tests/requirements-others.txt");
    let python = setup::python(target, "venv-wheel-release", &requirements)?;
    python_suite::install(&python, wheel)?;
    show_and_run(python_suite::of(&python, "voxline").arg("--version"))?;
    let cases = output_of(command(&python).args(["-B", "python/tests/cases.py", TABLE, "assets"]))?;
    let table = std::fs::read_to_string(root().join(TABLE))?;
    if let Some(odd) = odd_case(&table, &cases) {
        return Err(format!("not what the table says: {odd}").into());
    }
    println!("\n{} results of the shared table", cases.lines().count());
    let tests = ["-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not types and not processes"];
    show_and_run(command(&python).args(tests).current_dir(root().join("python")))
}

/// The first case of the table whose outputs have other lengths.
fn odd_case<'t>(table: &'t str, results: &str) -> Option<&'t str> {
    table.lines().filter(|line| !line.starts_with('#')).find(|line| {
        let words: Vec<&str> = line.split('\t').collect();
        let [name, .., outcome] = words[..] else { return true };
        let start = format!("{name}\tbytes\t");
        let outputs = results.lines().find_map(|result| result.strip_prefix(start.as_str())).unwrap_or_default();
        let lengths: Vec<&str> = outputs.split(' ').filter_map(|output| Some(output.split_once(':')?.0)).collect();
        // Otherwise it is the kind of an error.
        outcome.starts_with(|first: char| first.is_ascii_digit()) && lengths.join(" ") != outcome
    })
}

/// The folder in a wheel that tells of it: `voxline-0.1.0.dist-info`.
fn about(name: &str) -> String {
    let words: Vec<&str> = name.split('-').take(2).collect();
    format!("{}.dist-info", words.join("-"))
}

/// The libraries that the loader is told to look for.
///
/// **Errors**: one that not every Linux has.
fn needed(dynamic: &str) -> Result<Vec<&str>> {
    let shared = dynamic.lines().filter(|line| line.contains("(NEEDED)"));
    let names: Vec<&str> = shared.filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0)).collect();
    match names.iter().find(|name| !MAY_NEED.contains(name)) {
        Some(odd) => Err(format!("the wheel needs {odd}").into()),
        None if names.is_empty() => Err("readelf names no library at all".into()),
        None => Ok(names),
    }
}

/// The newest version of glibc whose symbols are used.
fn newest_glibc(versions: &str) -> Result<(u32, u32)> {
    let words = versions.split_whitespace().filter_map(|word| word.strip_prefix("GLIBC_"));
    words.filter_map(version).max().ok_or_else(|| "readelf names no version of glibc".into())
}

/// `2.34`, or `2_34` with something behind it.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split(['.', '_']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// The glibc that the name of a wheel promises to run with.
fn tagged(name: &str) -> Option<(u32, u32)> {
    name.split(['-', '.']).find_map(|part| part.strip_prefix("manylinux_")).and_then(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_linker_is_known_by_the_compiler() {
        let said = |minor, host| format!("rustc 1.{minor}.0 (x)\nbinary: rustc\nhost: {host}\nrelease: 1.{minor}.0\n");
        assert!(links_with_lld(&said(90, "x86_64-unknown-linux-gnu")));
        assert!(!links_with_lld(&said(89, "x86_64-unknown-linux-gnu")));
        assert!(!links_with_lld(&said(95, "aarch64-unknown-linux-gnu")) && !links_with_lld(""));
    }

    #[test]
    fn what_not_every_linux_has_is_refused() {
        let line = |name: &str| format!(" 0x0000000000000001 (NEEDED)             Shared library: [{name}]\n");
        let usual = line("libgcc_s.so.1") + &line("libm.so.6") + &line("libc.so.6");
        assert_eq!(needed(&usual).unwrap(), ["libgcc_s.so.1", "libm.so.6", "libc.so.6"]);
        assert!(needed(&(usual + &line("libssl.so.3"))).unwrap_err().to_string().contains("libssl.so.3"));
        assert!(needed(" 0x000000000000000e (SONAME)             Library soname: [libc.so.6]\n").is_err());
    }

    #[test]
    fn packed_anew_an_archive_holds_the_same_and_is_smaller() {
        let folder = std::env::temp_dir().join(format!("voxline-repack-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (from, to) = (folder.join("from.whl"), folder.join("to.whl"));
        let content: Vec<u8> = (0..60_000u32).flat_map(|n| [((n * n) >> 7) as u8, (n >> 9) as u8]).collect();
        let mut archive = ZipWriter::new(std::fs::File::create(&from).unwrap());
        for (name, mode) in [("voxline/a.so", 0o755), ("voxline.dist-info/RECORD", 0o644)] {
            let options = SimpleFileOptions::default().unix_permissions(mode).compression_level(Some(6));
            archive.start_file(name, options).unwrap();
            std::io::copy(&mut &content[..], &mut archive).unwrap();
        }
        archive.finish().unwrap();
        repack(&from, &to).unwrap();
        let size = |path: &Path| std::fs::metadata(path).unwrap().len();
        assert!(size(&to) < size(&from), "{} and {}", size(&to), size(&from));
        let mut packed = ZipArchive::new(std::fs::File::open(&to).unwrap()).unwrap();
        let names: Vec<_> = packed.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names, ["voxline/a.so", "voxline.dist-info/RECORD"]);
        let mut file = packed.by_index(0).unwrap();
        let mut read = Vec::new();
        std::io::copy(&mut file, &mut read).unwrap();
        assert!(read == content && file.unix_mode().unwrap() & 0o777 == 0o755);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn every_case_has_the_lengths_of_the_table() {
        let table = "# name\tinput\toptions\toutcome\na\tx\t\t12 8\nb\tx\t\tIo\nc\tx\t\t4\n";
        let results = "a\tbytes\t12:0a 8:0b\na\tpush\t1:00\nc\tbytes\t4:0c\n";
        assert_eq!(odd_case(table, results), None);
        assert_eq!(odd_case(table, &results.replace("8:", "9:")), Some("a\tx\t\t12 8"));
        assert_eq!(odd_case(table, &results.replace("c\tbytes", "c\tpush")), Some("c\tx\t\t4"));
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        let said = "  0x0010:   Name: GLIBC_2.9  Flags: none  Version: 4\n  0x0020:   Name: GLIBC_2.17  Flags: none\n\
                    0x0030:   Name: GCC_4.2.0  Flags: none\n 004:   1 (*global*)   2 (GLIBC_2.2.5)\n";
        assert_eq!(newest_glibc(said).unwrap(), (2, 17));
        assert!(newest_glibc("Name: GCC_4.2.0").is_err());
        assert_eq!(tagged("voxline-0.1.0-cp311-abi3-manylinux_2_34_x86_64.whl"), Some((2, 34)));
        assert_eq!(tagged("voxline-0.1.0-cp311-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"), Some((2, 17)));
        assert_eq!(tagged("voxline-0.1.0-cp311-abi3-linux_x86_64.whl"), None);
        assert_eq!(about("voxline-0.1.0-cp311-abi3-linux_x86_64.whl"), "voxline-0.1.0.dist-info");
    }
}
