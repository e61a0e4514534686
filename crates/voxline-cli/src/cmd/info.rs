//! `voxline info`.

use serde_json::{Value, json};
use voxline::{Error, Report, inspect_with};

use crate::args::Info;
use crate::cmd::{about, name, source};
use crate::fail::Fail;
use crate::progress::Bar;
use crate::show;

pub(crate) fn run(args: &Info) -> Result<(), Fail> {
    let options = args.options()?;
    let mut failed = false;
    for path in &args.files {
        let name = name(path);
        let bar = Bar::new(&name);
        let result = inspect_with(source(path), &options, |progress| bar.update(progress));
        drop(bar);
        failed |= result.is_err();
        match (result, args.json) {
            (Ok(report), true) => show::line(&to_json(&name, &report).to_string())?,
            (Ok(report), false) => {
                show::line(show::source_text(&name, &report).trim_end())?;
                show::warnings(&name, &report.warnings);
            }
            (Err(error), json) => {
                // One bad file does not keep the others from being looked at.
                if json {
                    show::line(&error_json(&name, &error).to_string())?;
                }
                show::remark(&format!("error: {}", about(error, &name)));
            }
        }
    }
    if failed { Err(Fail::Reported) } else { Ok(()) }
}

/// The report flat, the file first.
pub(crate) fn to_json(name: &str, report: &Report) -> Value {
    let mut object = json!({ "file": name });
    if let (Some(all), Ok(Value::Object(source))) = (object.as_object_mut(), serde_json::to_value(&report.source)) {
        all.extend(source);
        all.insert("warnings".to_owned(), json!(report.warnings));
    }
    object
}

/// A file that failed, in the place of its report.
pub(crate) fn error_json(name: &str, error: &Error) -> Value {
    json!({ "file": name, "error": kind_json(error) })
}

/// An error as an object.
pub(crate) fn kind_json(error: &Error) -> Value {
    json!({ "code": error.kind().code(), "kind": error.kind().as_str(), "message": error.context() })
}
