//! The option reference, from the key table.

use std::fmt::Write as _;

use voxline_core::options::Key;

/// One table a group, in the order of the key table.
pub(super) fn page(keys: &[Key]) -> String {
    let mut page = String::from(
        "# Options\n\n\
         Every option by name. The same names serve `Options::set`, `voxline prepare --set name=value` and, in capitals with\n\
         `VOXLINE_` in front and dots as underscores, environment variables. `none` means without a limit or a value.\n",
    );
    let mut group = "";
    for key in keys {
        let own = key.name.split('.').next().unwrap_or_default();
        if own != group {
            group = own;
            // Writing to a String cannot fail.
            let _ =
                write!(page, "\n## {group}\n\n| name | takes | unit | default | meaning |\n|---|---|---|---|---|\n");
        }
        let takes = key.takes.split('|').map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" ");
        let _ = writeln!(
            page,
            "| `{}` | {takes} | {} | `{}` | {} |",
            key.name,
            key.unit,
            key.default,
            key.help.replace('|', "\\|")
        );
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_has_its_row_and_every_group_one_heading() {
        let page = page(voxline_core::options::KEYS);
        for key in voxline_core::options::KEYS {
            let row = page.lines().find(|line| line.starts_with(&format!("| `{}` |", key.name))).unwrap();
            assert!(row.contains(key.help) && row.contains(&format!("| `{}` |", key.default)), "{row}");
            // Five cells, whatever the words to choose from.
            assert_eq!(row.matches('|').count(), 6, "{row}");
        }
        assert_eq!(page.matches("\n## input\n").count(), 1);
    }
}
