//! `voxline options`.

use serde_json::json;
use voxline::PROFILES;
use voxline::options::KEYS;

use crate::args::ListOptions;
use crate::fail::Fail;
use crate::show;

pub(crate) fn run(args: &ListOptions) -> Result<(), Fail> {
    if args.json {
        let options: Vec<_> = KEYS
            .iter()
            .map(|key| {
                json!({ "name": key.name, "takes": key.takes, "unit": key.unit, "default": key.default,
                        "env": key.env_name(), "help": key.help })
            })
            .collect();
        let profiles: Vec<_> = PROFILES
            .iter()
            .map(|profile| {
                let set: serde_json::Map<_, _> = profile.set.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect();
                json!({ "name": profile.name, "help": profile.help, "set": set })
            })
            .collect();
        return Ok(show::line(&json!({ "options": options, "profiles": profiles }).to_string())?);
    }
    let mut text = String::from("Options (set with --set NAME=VALUE or the variable in brackets)\n");
    for key in KEYS {
        let unit = if key.unit.is_empty() { String::new() } else { format!(" {}", key.unit) };
        text += &format!("\n{} = {}{unit}   [{}]\n", key.name, key.default, key.env_name());
        text += &format!("    {} Takes {}.\n", key.help, key.takes);
    }
    text += "\nProfiles (chosen with --profile NAME)\n";
    for profile in PROFILES {
        let set: Vec<_> = profile.set.iter().map(|(key, value)| format!("{key}={value}")).collect();
        text += &format!("\n{}\n    {}\n    {}\n", profile.name, profile.help, set.join(" "));
    }
    Ok(show::line(text.trim_end())?)
}
