//! What `cargo metadata` says about the workspace and everything below it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::run::{Result, cargo, output_of};

/// When a dependency is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Always.
    Normal,
    /// For tests, examples and benches.
    Dev,
    /// For the build script.
    Build,
}

/// One dependency as a manifest names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    /// The package's name.
    pub(crate) name: String,
    /// When it is there.
    pub(crate) kind: Kind,
}

/// One package.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    /// Cargo's identifier.
    pub(crate) id: String,
    /// The package's name.
    pub(crate) name: String,
    /// The version.
    pub(crate) version: String,
    /// The licence expression, if there is one.
    pub(crate) licence: Option<String>,
    /// The oldest compiler it promises to build with.
    pub(crate) rust_version: Option<String>,
    /// Whether it is one of ours.
    pub(crate) is_ours: bool,
    /// The folder, for ours.
    pub(crate) folder: String,
    /// Its dependencies as the manifest names them.
    pub(crate) dependencies: Vec<Dependency>,
}

/// The workspace and everything below it.
#[derive(Debug)]
pub(crate) struct Metadata {
    /// Every package, ours and others', for every platform.
    pub(crate) packages: Vec<Package>,
    /// Where cargo puts what it builds.
    pub(crate) target_directory: String,
    normal_edges: BTreeMap<String, Vec<String>>,
}

impl Metadata {
    /// Asks cargo; the lock file must be up to date.
    pub(crate) fn read() -> Result<Self> {
        let text = output_of(cargo().args(["metadata", "--format-version", "1", "--locked", "--all-features"]))?;
        Ok(Self::parse(&serde_json::from_str(&text)?))
    }

    fn parse(root: &Value) -> Self {
        let members: BTreeSet<&str> = list(&root["workspace_members"]).filter_map(Value::as_str).collect();
        let packages = list(&root["packages"]).map(|p| package(p, &members)).collect();
        let normal_edges = list(&root["resolve"]["nodes"])
            .map(|node| {
                let normal = |dep: &&Value| list(&dep["dep_kinds"]).any(|k| k["kind"].is_null());
                (text(&node["id"]), list(&node["deps"]).filter(normal).map(|d| text(&d["pkg"])).collect())
            })
            .collect();
        Self { packages, target_directory: text(&root["target_directory"]), normal_edges }
    }

    /// Our own packages.
    pub(crate) fn ours(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|p| p.is_ours)
    }

    /// The packages that end up in what is built from the packages `names`, themselves apart.
    pub(crate) fn shipped_with(&self, names: &[&str]) -> Vec<&Package> {
        let is_named = |p: &&Package| names.contains(&p.name.as_str());
        let mut todo: Vec<&str> = self.packages.iter().filter(is_named).map(|p| p.id.as_str()).collect();
        let mut seen: BTreeSet<&str> = todo.iter().copied().collect();
        while let Some(id) = todo.pop() {
            for below in self.normal_edges.get(id).into_iter().flatten() {
                if seen.insert(below) {
                    todo.push(below);
                }
            }
        }
        self.packages.iter().filter(|p| !is_named(p) && seen.contains(p.id.as_str())).collect()
    }
}

fn package(package: &Value, members: &BTreeSet<&str>) -> Package {
    let manifest = text(&package["manifest_path"]);
    let dependencies = list(&package["dependencies"])
        .map(|d| Dependency {
            name: text(&d["name"]),
            kind: match d["kind"].as_str() {
                Some("dev") => Kind::Dev,
                Some("build") => Kind::Build,
                _ => Kind::Normal,
            },
        })
        .collect();
    let id = text(&package["id"]);
    Package {
        is_ours: members.contains(id.as_str()),
        id,
        name: text(&package["name"]),
        version: text(&package["version"]),
        licence: package["license"].as_str().map(str::to_owned),
        rust_version: package["rust_version"].as_str().map(str::to_owned),
        folder: manifest.trim_end_matches("Cargo.toml").to_owned(),
        dependencies,
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_shipped_follows_normal_edges_only() {
        let package = |id: &str| json!({"id": id, "name": id, "version": "1.0.0", "manifest_path": "/x/Cargo.toml"});
        let edge = |to: &str, kind: Value| json!({"pkg": to, "dep_kinds": [{"kind": kind}]});
        let metadata = Metadata::parse(&json!({
            "workspace_members": ["app"],
            "packages": [package("app"), package("lib"), package("deep"), package("oracle"), package("codegen")],
            "resolve": {"nodes": [
                {"id": "app", "deps": [edge("lib", Value::Null), edge("oracle", json!("dev"))]},
                {"id": "lib", "deps": [edge("deep", Value::Null), edge("codegen", json!("build"))]},
                {"id": "deep", "deps": [edge("lib", Value::Null)]},
            ]},
        }));
        let shipped: Vec<_> = metadata.shipped_with(&["app"]).iter().map(|p| p.name.as_str()).collect();
        assert_eq!(shipped, ["lib", "deep"]);
        assert_eq!(metadata.ours().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["app"]);
    }
}
