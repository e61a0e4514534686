//! What the file of a recording is called.

use std::path::{Path, PathBuf};

/// Where a record goes: `output` itself, or a name of its own in that folder.
///
/// Different ids have different names, none of them leads out of the folder, is hidden or is that of another one's
/// unfinished file: what could do so is written as `%` and two digits. There is no ending: what the recording is tells
/// its content.
pub(super) fn target(output: &Path, record_id: &str) -> PathBuf {
    if output.is_dir() { output.join(file_name(record_id)) } else { output.to_owned() }
}

fn file_name(record_id: &str) -> String {
    let unfinished = [".part", ".part.json"].into_iter().find(|ending| record_id.ends_with(ending));
    let last_dot = unfinished.map(|ending| record_id.len() - ending.len());
    let mut name = String::with_capacity(record_id.len());
    for (at, c) in record_id.char_indices() {
        let misleading = c == '.' && (at == 0 || Some(at) == last_dot);
        if !misleading && (c.is_alphanumeric() || "-_.".contains(c)) {
            name.push(c);
        } else {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|byte| name.push_str(&format!("%{byte:02X}")));
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_record_id_cannot_leave_the_folder() {
        let folder = std::env::temp_dir();
        for record in ["../../x", "a/b", "..", ".", "c:\\d", ".hidden", "x\0y", "\u{202e}gnp"] {
            let path = target(&folder, record);
            assert_eq!(path.parent(), Some(folder.as_path()), "{record}: {}", path.display());
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(!name.starts_with('.') && !name.contains(['\0', '\u{202e}', '\\', ':']), "{name}");
        }
    }

    #[test]
    fn an_ordinary_id_is_its_own_name() {
        for record in ["50971322-2e84-4701-836c-fd1181306885", "a_b.wav", "录音1"] {
            assert_eq!(file_name(record), record);
        }
        assert_eq!(file_name("a/b"), "a%2Fb");
        assert_eq!(file_name("语?"), "语%3F");
    }

    #[test]
    fn different_ids_never_share_a_file_or_an_unfinished_one() {
        let ids = ["a/b", "a_b", "a?b", "a b", "a%2Fb", "a%b", "a", "a.part", "a.part.json", "a%2Epart", ".a", "_.a"];
        let mut names = HashSet::new();
        for id in ids {
            let name = file_name(id);
            assert!(
                ["", ".part", ".part.json"].into_iter().all(|ending| names.insert(format!("{name}{ending}"))),
                "{id}"
            );
        }
    }
}
