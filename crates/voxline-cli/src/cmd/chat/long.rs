//! `voxline chat --long`.

use std::ops::ControlFlow;

use serde_json::{Value, json};
use voxline::chat::{CancelToken, ChatAnswer, ChatClient, ChatData, LongChat, audio_of_part, sendable};
use voxline::{Cut, Error, ErrorKind, Options, Part, Result, split_with};

use super::{answer_json, request};
use crate::args::Chat;
use crate::cmd::info::kind_json;
use crate::cmd::split::ending;
use crate::cmd::{about, name, source};
use crate::fail::Fail;
use crate::show;

/// Sends the parts in order, or the one that was asked for.
pub(super) fn run(
    args: &Chat,
    client: &ChatClient,
    options: &Options,
    data: &[ChatData],
    cancel: &CancelToken,
) -> Result<(), Fail> {
    let options = &sendable(client, options);
    let name = name(&args.input);
    let at = |error| about(error, &name);
    if let Some(number) = args.part {
        let part = find(args, options, number as usize, cancel).map_err(at)?;
        let result = client.send_with(&request(args, data, audio_of_part(&part)?), cancel);
        return told(args, &Row::of(&part), &result);
    }
    let make = |audio| request(args, data, audio);
    let mut long = LongChat::new(client, source(&args.input), options, make).map_err(at)?;
    let mut failed = false;
    while let Some(part) = long.next_part(cancel).map_err(at)? {
        let row = Row { number: part.index + 1, start_s: part.start_s, end_s: part.end_s, cut: part.cut };
        if let Err(fail) = told(args, &row, &part.result) {
            failed = true;
            if !args.go_on {
                show::remark(&format!("--part {} sends this part alone, --go-on those behind it too", row.number));
                return Err(fail);
            }
        }
    }
    show::warnings(&name, &long.finish().map_err(at)?.warnings);
    if failed { Err(Fail::Reported) } else { Ok(()) }
}

/// What is said about a part.
struct Row {
    number: usize,
    start_s: f64,
    end_s: f64,
    cut: Cut,
}

impl Row {
    fn of(part: &Part) -> Self {
        Self { number: part.index + 1, start_s: part.start_s(), end_s: part.end_s(), cut: part.cut }
    }
}

/// One part of the recording; the rest is neither kept nor sent.
fn find(args: &Chat, options: &Options, number: usize, cancel: &CancelToken) -> Result<Part> {
    let found = std::cell::RefCell::new(None);
    let mut count = 0;
    let going = |_| match cancel.is_cancelled() || found.borrow().is_some() {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    };
    let each = |part: Part| {
        count += 1;
        if count == number {
            *found.borrow_mut() = Some(part);
        }
        Ok(())
    };
    let result = split_with(source(&args.input), options, going, each);
    match (found.into_inner(), result) {
        (Some(part), _) => Ok(part),
        (None, Err(error)) => Err(error),
        (None, Ok(_)) => {
            let context = format!("--part {number}: the recording has {count} parts");
            Err(Error::new(ErrorKind::InvalidArgument, "find part", context))
        }
    }
}

/// Prints what came of a part.
fn told(args: &Chat, row: &Row, result: &Result<ChatAnswer>) -> Result<(), Fail> {
    let Row { number, start_s, end_s, cut } = row;
    if args.json {
        let mut object = json!({ "part": number, "start_s": start_s, "end_s": end_s, "cut": cut.as_str() });
        let outcome = match result {
            Ok(answer) => answer_json(answer),
            Err(error) => json!({ "error": kind_json(error) }),
        };
        if let (Some(object), Value::Object(outcome)) = (object.as_object_mut(), outcome) {
            object.extend(outcome);
        }
        show::line(&object.to_string())?;
    } else if let Ok(answer) = result {
        show::line(&format!("{start_s:.1} to {end_s:.1} s: {}", answer.answer().chat_text()))?;
    }
    match result {
        Ok(_) => Ok(()),
        Err(error) => {
            let place = format!("part {number}, {start_s:.1} to {end_s:.1} s, which {}", ending(*cut));
            show::remark(&format!("error: {place}: {error}"));
            Err(Fail::Reported)
        }
    }
}
