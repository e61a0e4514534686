//! `voxline transcribe ledger export`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use voxline::transcription::{Entry, Ledger, State, Transcript};
use voxline::{Error, Result};

use super::sentences;
use crate::args::ledger::{Export, Form};
use crate::fail::Fail;
use crate::output::Output;
use crate::show;

pub(super) fn run(args: &Export, ledger: &dyn Ledger) -> Result<(), Fail> {
    if let Some(folder) = args.output.as_deref().filter(|folder| !folder.is_dir()) {
        return Err(Fail::usage_text(format!("-o {} is no existing folder", folder.display())));
    }
    // One result at a time: all of them may be more than memory holds.
    for entry in ledger.list(State::Done)? {
        let Some(result) = ledger.result(entry.req_id())? else { continue };
        let transcript = Transcript::from_answer(&result).map_err(|e| e.at(entry.req_id()))?;
        match &args.output {
            None => show::line(&to_json(&entry, &transcript).to_string())?,
            Some(folder) => write(folder, &entry, &transcript, args.form)?,
        }
    }
    Ok(())
}

fn to_json(entry: &Entry, transcript: &Transcript) -> Value {
    let raw: Value = serde_json::from_str(transcript.raw()).unwrap_or_else(|_| json!(transcript.raw()));
    json!({ "req_id": entry.req_id(), "request_id": entry.request_id, "file_link": entry.submission.file_link(),
            "business_data": entry.submission.business_data(), "text": transcript.text(),
            "sentences": sentences(transcript), "raw": raw })
}

fn write(folder: &Path, entry: &Entry, transcript: &Transcript, form: Form) -> Result<()> {
    let (ending, content) = match form {
        Form::Json => ("json", to_json(entry, transcript).to_string()),
        Form::Text => ("txt", transcript.text().to_owned()),
    };
    let path = folder.join(format!("{}.{ending}", file_name(entry.req_id())));
    let mut output = Output::open(&path, false)?;
    writeln!(output, "{content}").map_err(|e| Error::io("write output", path.display(), e))?;
    output.commit()
}

/// An id as a file name: what is no plain character is escaped as in addresses, so that no id leads elsewhere and no
/// two are the same.
fn file_name(id: &str) -> String {
    let mut name = String::new();
    for (place, byte) in id.bytes().enumerate() {
        if byte.is_ascii_alphanumeric() || b"-_".contains(&byte) || (byte == b'.' && place > 0) {
            name.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(name, "%{byte:02X}");
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stay_in_the_folder_and_apart() {
        let ids = ["../../x", "..", "a/b", "a_b", "a%2Fb", "c:\\d", "编号", ".hidden", "a.b"];
        let names: Vec<String> = ids.iter().map(|id| file_name(id)).collect();
        for (id, name) in ids.iter().zip(&names) {
            let path = Path::new("f").join(name);
            assert_eq!(path.parent(), Some(Path::new("f")), "{id}");
            assert!(!name.starts_with('.') && name.is_ascii(), "{id}: {name}");
        }
        let distinct: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), ids.len());
        assert_eq!((names[2].as_str(), names[8].as_str()), ("a%2Fb", "a.b"));
    }
}
