//! `cargo xtask fuzz`: every target for a while, and a table of what it cost.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use crate::fuzz_seeds::{seeds, sow};
use crate::run::{Result, command, line_of, root};

/// The least that counts as fuzzed.
const SECONDS: u64 = 600;
/// So many targets at a time.
const JOBS: usize = 2;
/// A case may take this long, on a machine that others use as well, and this much memory; longer inputs find nothing
/// that these do not.
const LIMITS: [&str; 3] = ["-timeout=60", "-rss_limit_mb=3072", "-max_len=20000"];

/// Runs the targets, some at a time, each for so many seconds and from beginnings of real files on; prints a table.
///
/// **Errors**: a target that found something, whose input lies in `fuzz/artifacts`, or did not run to its end. What
/// each said lies in `fuzz/artifacts` as well.
pub(crate) fn run(args: &[&str]) -> Result {
    let Asked { seconds, jobs, only } = parse(args)?;
    let fuzz = root().join("fuzz");
    let all = targets(&fuzz)?;
    if let Some(unknown) = only.iter().find(|name| !all.contains(name)) {
        return Err(format!("no such target: {unknown}; there are {}", all.join(", ")).into());
    }
    build(&fuzz, &only)?;
    let targets = if only.is_empty() { all } else { only };
    let seeds = seeds()?;
    for target in &targets {
        sow(target, &fuzz.join("corpus").join(target), &seeds)?;
    }
    let (waiting, ran) = (Mutex::new(targets.iter()), Mutex::new(Vec::new()));
    let work = || -> std::result::Result<(), String> {
        loop {
            // A statement of its own, so that the others need not wait until this one has run.
            let next = waiting.lock().map_err(|e| e.to_string())?.next();
            let Some(target) = next else { return Ok(()) };
            let ran_one = fuzzed(&fuzz, target, seconds).map_err(|e| format!("{target}: {e}"))?;
            println!("{}", ran_one.row());
            ran.lock().map_err(|e| e.to_string())?.push(ran_one);
        }
    };
    let done: std::result::Result<(), String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a worker panicked".to_owned())?)
    });
    let mut ran = ran.into_inner().unwrap_or_default();
    ran.sort_by(|a: &Ran, b| a.target.cmp(&b.target));
    println!("\n| target | executions | edges covered | seconds | |\n|---|--:|--:|--:|---|");
    for one in &ran {
        println!("{}", one.row());
    }
    for one in ran.iter().filter(|one| one.end != End::Clean) {
        let from = one.said.find("panicked").or(one.said.find("ERROR")).unwrap_or(0);
        println!("\n{}: {}", one.target, one.said[from..].lines().take(12).collect::<Vec<_>>().join("\n"));
    }
    let named =
        |end| ran.iter().filter(|one| one.end == end).map(|one| one.target.as_str()).collect::<Vec<_>>().join(", ");
    let (found, cut) = (named(End::Found), named(End::CutShort));
    match done {
        Err(error) => Err(error.into()),
        Ok(()) if found.is_empty() && cut.is_empty() => Ok(()),
        Ok(()) => Err(format!("found something: [{found}]; did not run to the end: [{cut}]").into()),
    }
}

/// What the arguments ask for.
#[derive(Debug, PartialEq)]
struct Asked {
    seconds: u64,
    jobs: usize,
    only: Vec<String>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Clean,
    Found,
    /// By something else: it was stopped, or never began.
    CutShort,
}

/// A target that ran.
struct Ran {
    target: String,
    end: End,
    said: String,
}

/// `[--seconds N] [--jobs N] [TARGET …]`
fn parse(args: &[&str]) -> Result<Asked> {
    let (mut asked, mut rest) = (Asked { seconds: SECONDS, jobs: JOBS, only: Vec::new() }, args.iter());
    while let Some(word) = rest.next() {
        match *word {
            "--seconds" => asked.seconds = rest.next().ok_or("--seconds needs a number")?.parse()?,
            "--jobs" => asked.jobs = rest.next().ok_or("--jobs needs a number")?.parse::<usize>()?.max(1),
            flag if flag.starts_with('-') => return Err(format!("fuzz: no such flag: {flag}").into()),
            target => asked.only.push(target.to_owned()),
        }
    }
    Ok(asked)
}

/// Their names, sorted.
pub(crate) fn targets(fuzz: &Path) -> Result<Vec<String>> {
    let files = fs::read_dir(fuzz.join("fuzz_targets"))?;
    let mut names: Vec<String> = files
        .filter_map(|file| file.ok()?.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    Ok(names)
}

/// With the address sanitizer and the counters of libFuzzer.
fn build(fuzz: &Path, only: &[String]) -> Result {
    let each = only.iter().map(|target| vec!["fuzz", "build", target]);
    for words in if only.is_empty() { vec![vec!["fuzz", "build"]] } else { each.collect() } {
        let mut build = cargo_fuzz(fuzz);
        build.args(words);
        println!("$ {}", line_of(&build));
        if !build.status()?.success() {
            return Err("the targets were not built: `rustup toolchain install nightly` and `cargo install cargo-fuzz` bring what it needs".into());
        }
    }
    Ok(())
}

/// Runs one to its end. What it says goes to a file, so that it never waits for a reader.
fn fuzzed(fuzz: &Path, target: &str, seconds: u64) -> Result<Ran> {
    fs::create_dir_all(fuzz.join("artifacts"))?;
    let log = fuzz.join("artifacts").join(format!("{target}.log"));
    let mut run = cargo_fuzz(fuzz);
    run.args(["fuzz", "run", target, "--"]).arg(format!("-max_total_time={seconds}")).args(LIMITS);
    run.args(["-print_final_stats=1", "-print_funcs=0", "-verbosity=1"])
        .stdout(Stdio::null())
        .stderr(fs::File::create(&log)?);
    let clean = run.status()?.success();
    let said = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    Ok(Ran { target: target.to_owned(), end: end(&said, clean), said })
}

fn end(said: &str, clean: bool) -> End {
    // What was only slow is written out as well.
    let found = said.lines().any(|line| line.contains("Test unit written to") && !line.contains("/slow-unit-"));
    match () {
        () if found => End::Found,
        () if clean && said.contains("\nDone ") => End::Clean,
        () => End::CutShort,
    }
}

fn cargo_fuzz(fuzz: &Path) -> Command {
    let mut cargo = command("cargo");
    // The toolchain that runs us must not be the one that compiles the targets.
    cargo.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO").arg("+nightly").current_dir(fuzz);
    // Build scripts watch what cargo says of the package that it runs: with it, each change between this verb and
    // cargo-fuzz by hand would build most of the targets anew.
    for (name, _) in std::env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|front| name.to_string_lossy().starts_with(front)) {
            cargo.env_remove(name);
        }
    }
    cargo
}

impl Ran {
    /// What libFuzzer says of a run, as a row.
    fn row(&self) -> String {
        let figure = |name: &str| {
            let line = self.said.lines().rev().find(|line| line.contains(name))?;
            line[line.find(name)? + name.len()..].split_whitespace().next().map(str::to_owned)
        };
        let unknown = || "?".to_owned();
        let executions = figure("stat::number_of_executed_units:").unwrap_or_else(unknown);
        let edges = figure(" cov: ").unwrap_or_else(unknown);
        let seconds = figure(" runs in ").unwrap_or_else(unknown);
        let end = match self.end {
            End::Clean => "clean",
            End::Found => "**found something**",
            End::CutShort => "cut short",
        };
        format!("| `{}` | {executions} | {edges} | {seconds} | {end} |", self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_the_last_lines() {
        let row =
            |said: &str, clean| Ran { target: "wav".to_owned(), end: end(said, clean), said: said.to_owned() }.row();
        let said = "#2 INITED cov: 10 ft: 11\n#90 DONE   cov: 345 ft: 900 corp: 3/9b\nDone 90 runs in 601 second(s)\n\
                    stat::number_of_executed_units: 90\n";
        assert_eq!(row(said, true), "| `wav` | 90 | 345 | 601 | clean |");
        assert_eq!(row("", false), "| `wav` | ? | ? | ? | cut short |");
        assert_eq!(row("", true), "| `wav` | ? | ? | ? | cut short |");
        let slow = said.replace("#90", "Test unit written to a/slow-unit-1\n#90");
        assert_eq!(row(&slow, true), row(said, true));
        let said = "#90 NEW    cov: 345 ft: 900\nTest unit written to ./crash-1\nstat::number_of_executed_units: 91\n";
        assert_eq!(row(said, false), "| `wav` | 91 | 345 | ? | **found something** |");
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
        let asked =
            |seconds, jobs, only: &[&str]| Asked { seconds, jobs, only: only.iter().map(|&o| o.to_owned()).collect() };
        assert_eq!(parse(&[]).unwrap(), asked(600, 2, &[]));
        assert_eq!(parse(&["--seconds", "5", "wav", "--jobs", "3", "mp3"]).unwrap(), asked(5, 3, &["wav", "mp3"]));
        assert!(
            parse(&["--second", "5"]).is_err() && parse(&["--seconds"]).is_err() && parse(&["--jobs", "x"]).is_err()
        );
        assert!(run(&["no-such-target"]).is_err());
    }
}
