//! `cargo xtask fuzz`: every target for a while, and a table of what it cost.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Result, command, line_of, root};

/// The least that counts as fuzzed.
const SECONDS: u64 = 600;
/// A case may take this long, and this much memory.
const LIMITS: [&str; 2] = ["-timeout=20", "-rss_limit_mb=3072"];
/// Longer inputs find nothing that these do not.
const MOST_BYTES: usize = 20_000;

/// Runs the targets, two at a time, each for so many seconds and from pieces of `assets/` on; prints a table.
///
/// **Errors**: a target that found something; its input lies in `fuzz/artifacts`.
pub(crate) fn run(args: &[&str]) -> Result {
    let (seconds, only) = parse(args)?;
    let fuzz = root().join("fuzz");
    let targets: Vec<String> =
        targets(&fuzz)?.into_iter().filter(|name| only.is_empty() || only.contains(name)).collect();
    if targets.is_empty() {
        return Err(format!("no such target: {}", only.join(", ")).into());
    }
    build(&fuzz)?;
    let mut rows = Vec::new();
    for pair in targets.chunks(2) {
        let running: Vec<_> = pair.iter().map(|target| start(&fuzz, target, seconds)).collect::<Result<_>>()?;
        for (target, child) in pair.iter().zip(running) {
            let output = child.wait_with_output()?;
            let said = String::from_utf8_lossy(&output.stderr);
            println!("{}", row(target, &said, output.status.success()));
            rows.push((target, output.status.success(), said.into_owned()));
        }
    }
    println!("\n| target | executions | edges covered | {seconds} s each |\n|---|--:|--:|---|");
    for (target, clean, said) in &rows {
        println!("{}", row(target, said, *clean));
    }
    let failed: Vec<&str> = rows.iter().filter(|(_, clean, _)| !clean).map(|(target, ..)| target.as_str()).collect();
    for (target, _, said) in rows.iter().filter(|(_, clean, _)| !clean) {
        let from = said.find("panicked").or(said.find("ERROR")).unwrap_or(0);
        println!("\n{target}: {}", said[from..].lines().take(12).collect::<Vec<_>>().join("\n"));
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("found something: {}", failed.join(", ")).into()) }
}

/// `[--seconds N] [TARGET …]`
fn parse(args: &[&str]) -> Result<(u64, Vec<String>)> {
    let (mut seconds, mut only, mut rest) = (SECONDS, Vec::new(), args.iter());
    while let Some(word) = rest.next() {
        match *word {
            "--seconds" => seconds = rest.next().ok_or("--seconds needs a number")?.parse()?,
            flag if flag.starts_with('-') => return Err(format!("fuzz: no such flag: {flag}").into()),
            target => only.push(target.to_owned()),
        }
    }
    Ok((seconds, only))
}

fn targets(fuzz: &Path) -> Result<Vec<String>> {
    let files = fs::read_dir(fuzz.join("fuzz_targets"))?;
    let mut names: Vec<String> = files
        .filter_map(|file| file.ok()?.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    Ok(names)
}

/// With the address sanitizer and the counters of libFuzzer.
fn build(fuzz: &Path) -> Result {
    let mut build = cargo_fuzz(fuzz);
    build.args(["fuzz", "build"]);
    println!("$ {}", line_of(&build));
    if build.status()?.success() {
        return Ok(());
    }
    Err("the targets were not built: `rustup toolchain install nightly` and `cargo install cargo-fuzz` bring what it needs".into())
}

fn start(fuzz: &Path, target: &str, seconds: u64) -> Result<std::process::Child> {
    let corpus = fuzz.join("corpus").join(target);
    sow(&corpus)?;
    let mut run = cargo_fuzz(fuzz);
    run.args(["fuzz", "run", target, "--"]).arg(format!("-max_total_time={seconds}")).args(LIMITS);
    run.args(["-print_final_stats=1", "-verbosity=1"]).stderr(std::process::Stdio::piped());
    Ok(run.spawn()?)
}

fn cargo_fuzz(fuzz: &Path) -> Command {
    let mut cargo = command("cargo");
    // The toolchain that runs us must not be the one that compiles the targets.
    cargo.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO").arg("+nightly").current_dir(fuzz);
    cargo
}

/// The beginnings of all media, behind a byte or two that many targets take for a choice.
fn sow(corpus: &Path) -> Result {
    fs::create_dir_all(corpus)?;
    let mut media: Vec<PathBuf> = Vec::new();
    for folder in ["assets", "assets/answer", "crates/voxline-decode/tests/regressions"] {
        media.extend(fs::read_dir(root().join(folder))?.filter_map(|file| Some(file.ok()?.path())));
    }
    for (number, file) in media.iter().filter(|file| file.is_file()).enumerate() {
        let bytes = fs::read(file)?;
        let some = bytes.get(..MOST_BYTES).unwrap_or(&bytes);
        for (choice, front) in [&[][..], &[number as u8], &[number as u8, 63]].into_iter().enumerate() {
            fs::write(corpus.join(format!("seed-{number}-{choice}")), [front, some].concat())?;
        }
    }
    Ok(())
}

/// What libFuzzer says of a run, as a row.
fn row(target: &str, said: &str, clean: bool) -> String {
    let figure = |name: &str| {
        let line = said.lines().rev().find(|line| line.contains(name))?;
        line[line.find(name)? + name.len()..].split_whitespace().next().map(str::to_owned)
    };
    let unknown = || "?".to_owned();
    let executions = figure("stat::number_of_executed_units:").unwrap_or_else(unknown);
    let edges = figure(" cov: ").unwrap_or_else(unknown);
    format!("| `{target}` | {executions} | {edges} | {} |", if clean { "clean" } else { "**found something**" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_the_last_lines() {
        let said =
            "#2 INITED cov: 10 ft: 11\n#90 DONE   cov: 345 ft: 900 corp: 3/9b\nstat::number_of_executed_units: 90\n";
        assert_eq!(row("wav", said, true), "| `wav` | 90 | 345 | clean |");
        assert_eq!(row("wav", "", false), "| `wav` | ? | ? | **found something** |");
    }

    #[test]
    fn every_target_is_named_in_the_manifest() {
        let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
        let targets = targets(&root().join("fuzz")).unwrap();
        assert!(targets.len() > 10);
        for target in &targets {
            assert!(manifest.contains(&format!("name = \"{target}\"")), "{target}");
        }
        assert_eq!(manifest.matches("[[bin]]").count(), targets.len());
    }

    #[test]
    fn flags_and_targets() {
        assert_eq!(parse(&[]).unwrap(), (600, vec![]));
        assert_eq!(parse(&["--seconds", "5", "wav"]).unwrap(), (5, vec!["wav".to_owned()]));
        assert!(parse(&["--second", "5"]).is_err() && parse(&["--seconds"]).is_err());
    }
}
