//! Arrows point down only, and each third-party crate has its one room.

use super::faults_to_result;
use crate::metadata::{Dependency, Kind, Metadata, Package};
use crate::run::Result;

/// A crate of ours: what of ours it may use always, and in its tests besides.
struct Room {
    name: &'static str,
    below: &'static [&'static str],
    in_tests: &'static [&'static str],
}

const fn room(name: &'static str, below: &'static [&'static str], in_tests: &'static [&'static str]) -> Room {
    Room { name, below, in_tests }
}

const KIT: &[&str] = &["voxline-testkit"];
/// Over real sockets a client is tested against the simulator.
const KIT_AND_SIM: &[&str] = &["voxline-testkit", "voxline-sim"];

const ROOMS: &[Room] = &[
    room("voxline-core", &[], KIT),
    // The Speex codec lies below, as nanomp3 does: a codec knows no container of ours.
    room("voxline-decode", &["voxline-core", "voxline-speex"], KIT),
    room("voxline-dsp", &["voxline-core"], KIT),
    room("voxline-api", &["voxline-core"], KIT_AND_SIM),
    // A codec that can be used alone.
    room("voxline-speex", &[], KIT),
    room("voxline", &["voxline-core", "voxline-decode", "voxline-dsp", "voxline-api", "voxline-speex"], KIT_AND_SIM),
    // Not voxline-api: the simulator judges the client and must not share its ideas.
    room("voxline-sim", &["voxline-core", "voxline-decode", "voxline-dsp", "voxline-speex"], KIT),
    room("voxline-cli", &["voxline", "voxline-sim"], KIT),
    room("voxline-c", &["voxline"], &[]),
    // A binding is a door: what it needs, the facade has. The simulator is there for the tests of its users, and the
    // program comes along whole, as one function.
    room("voxline-python", &["voxline", "voxline-sim", "voxline-cli"], &[]),
    room("voxline-testkit", &["voxline-core"], &[]),
    room("voxline-benches", ANY_OF_OURS, ANY_OF_OURS),
    room("xtask", &["voxline-core"], &[]),
];

const ANY_OF_OURS: &[&str] = &[
    "voxline",
    "voxline-api",
    "voxline-core",
    "voxline-decode",
    "voxline-dsp",
    "voxline-sim",
    "voxline-speex",
    "voxline-testkit",
];

/// Only dev-dependencies may name it, benches apart.
const TESTS_ONLY: &str = "voxline-testkit";

/// A third-party crate (or family, `name` and `name-…`), who may use it, and who in tests besides.
struct Guest {
    name: &'static str,
    rooms: &'static [&'static str],
    in_tests: &'static [&'static str],
}

const fn guest(name: &'static str, rooms: &'static [&'static str], in_tests: &'static [&'static str]) -> Guest {
    Guest { name, rooms, in_tests }
}

const EVERY_TEST: &[&str] = &["*"];

const GUESTS: &[Guest] = &[
    guest("nanomp3", &["voxline-decode"], &[]),
    guest("symphonia", &["voxline-decode"], &[]),
    guest("ropus", &["voxline-decode"], &[]),
    guest("rubato", &["voxline-dsp"], &[]),
    guest("realfft", &["voxline-dsp"], &[]),
    guest("rustls", &["voxline-api"], &[]),
    guest("rusqlite", &["voxline-api"], &[]),
    guest("axum", &["voxline-sim", "voxline-cli"], &[]),
    guest("tokio", &["voxline-sim", "voxline-cli"], &[]),
    guest("hyper", &["voxline-sim"], &[]),
    guest("clap", &["voxline-cli"], &[]),
    guest("indicatif", &["voxline-cli"], &[]),
    guest("pyo3", &["voxline-python"], &[]),
    guest("numpy", &["voxline-python"], &[]),
    guest("hound", &["voxline"], EVERY_TEST),
    guest("proptest", &["voxline-testkit"], EVERY_TEST),
    guest("insta", &[], EVERY_TEST),
    guest("libloading", &[], &["voxline-speex"]),
    guest("cbindgen", &["xtask"], &[]),
    guest("criterion", &["voxline-benches"], &[]),
];

/// Every arrow of the workspace against the tables above.
pub(super) fn check(metadata: &Metadata) -> Result {
    let mut faults = Vec::new();
    let ours: Vec<&str> = metadata.ours().map(|p| p.name.as_str()).collect();
    for package in metadata.ours() {
        for dependency in &package.dependencies {
            let fault = if ours.contains(&dependency.name.as_str()) {
                fault_of_own(package, dependency)
            } else {
                fault_of_guest(package, dependency)
            };
            faults.extend(fault);
        }
    }
    faults_to_result("layering", &faults)
}

fn fault_of_own(package: &Package, dependency: &Dependency) -> Option<String> {
    let Some(room) = ROOMS.iter().find(|r| r.name == package.name) else {
        return Some(format!("{} has no line in the table of rooms (xtask/src/check/layering.rs)", package.name));
    };
    let below = dependency.name.as_str();
    let is_allowed = if below == TESTS_ONLY && dependency.kind != Kind::Dev {
        package.name == "voxline-benches"
    } else {
        room.below.contains(&below) || (dependency.kind == Kind::Dev && room.in_tests.contains(&below))
    };
    (!is_allowed).then(|| {
        let allowed = if room.below.is_empty() { "nothing of ours".to_owned() } else { room.below.join(", ") };
        format!("{} must not depend on {below} ({:?}); allowed: {allowed}", package.name, dependency.kind)
    })
}

fn fault_of_guest(package: &Package, dependency: &Dependency) -> Option<String> {
    let name = dependency.name.as_str();
    let is_of_family =
        |g: &&Guest| name == g.name || name.strip_prefix(g.name).is_some_and(|rest| rest.starts_with('-'));
    let guest = GUESTS.iter().find(is_of_family)?;
    let in_tests = dependency.kind == Kind::Dev
        && (guest.in_tests == EVERY_TEST || guest.in_tests.contains(&package.name.as_str()));
    // Benches measure what lies below us for comparison.
    let is_allowed = in_tests || guest.rooms.contains(&package.name.as_str()) || package.name == "voxline-benches";
    (!is_allowed).then(|| {
        let rooms = if guest.rooms.is_empty() { "tests alone".to_owned() } else { guest.rooms.join(", ") };
        format!("{} must not name {name} ({:?}): that belongs to {rooms}", package.name, dependency.kind)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrow(from: &str, to: &str, kind: Kind) -> (Package, Dependency) {
        let package = Package {
            id: from.to_owned(),
            name: from.to_owned(),
            version: String::new(),
            licence: None,
            rust_version: None,
            is_ours: true,
            folder: String::new(),
            dependencies: Vec::new(),
        };
        (package, Dependency { name: to.to_owned(), kind })
    }

    fn own(from: &str, to: &str, kind: Kind) -> bool {
        let (package, dependency) = arrow(from, to, kind);
        fault_of_own(&package, &dependency).is_none()
    }

    fn foreign(from: &str, to: &str, kind: Kind) -> bool {
        let (package, dependency) = arrow(from, to, kind);
        fault_of_guest(&package, &dependency).is_none()
    }

    #[test]
    fn arrows_point_down_only() {
        assert!(own("voxline", "voxline-decode", Kind::Normal));
        assert!(own("voxline-decode", "voxline-core", Kind::Normal));
        assert!(!own("voxline-core", "voxline-decode", Kind::Normal));
        assert!(!own("voxline-decode", "voxline-dsp", Kind::Normal));
        assert!(!own("voxline-decode", "voxline-dsp", Kind::Dev));
        assert!(!own("voxline-cli", "voxline-decode", Kind::Normal));
        assert!(own("voxline-python", "voxline", Kind::Normal));
        assert!(!own("voxline-python", "voxline-core", Kind::Normal));
        // The wheel brings the program along; the C library does not.
        assert!(own("voxline-python", "voxline-cli", Kind::Normal));
        assert!(!own("voxline-c", "voxline-cli", Kind::Normal));
        assert!(!own("voxline-newcomer", "voxline-core", Kind::Normal));
    }

    #[test]
    fn the_simulator_does_not_see_the_client_but_the_client_is_tested_against_it() {
        assert!(!own("voxline-sim", "voxline-api", Kind::Normal));
        assert!(!own("voxline-sim", "voxline-api", Kind::Dev));
        assert!(own("voxline-api", "voxline-sim", Kind::Dev));
        assert!(!own("voxline-api", "voxline-sim", Kind::Normal));
    }

    #[test]
    fn the_testkit_is_for_tests() {
        assert!(own("voxline-dsp", "voxline-testkit", Kind::Dev));
        assert!(!own("voxline-dsp", "voxline-testkit", Kind::Normal));
        assert!(!own("voxline-dsp", "voxline-testkit", Kind::Build));
        assert!(own("voxline-benches", "voxline-testkit", Kind::Normal));
    }

    #[test]
    fn each_guest_has_its_room() {
        assert!(foreign("voxline-decode", "nanomp3-core", Kind::Normal));
        assert!(!foreign("voxline", "nanomp3-core", Kind::Dev));
        assert!(!foreign("voxline-dsp", "symphonia-core", Kind::Dev));
        assert!(foreign("voxline-dsp", "rubato", Kind::Normal));
        assert!(!foreign("voxline-api", "tokio", Kind::Normal));
        assert!(foreign("voxline-decode", "hound", Kind::Dev));
        assert!(!foreign("voxline-decode", "hound", Kind::Normal));
        assert!(!foreign("voxline-core", "insta", Kind::Normal));
        // Only the family of that name: `clapper` is no `clap`.
        assert!(foreign("voxline-core", "clapper", Kind::Normal));
        assert!(!foreign("voxline-core", "clap-derive", Kind::Normal));
    }
}
