//! What is answered.

use serde_json::json;

use super::Heard;

/// The `position` that asks for an answer with instructions.
pub(super) const INSTRUCTIONS: &str = "instructions";

/// An answer to order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScriptedAnswer {
    /// This text, verbatim: it may look like JSON.
    Text(String),
    /// An object with instructions in a string, shaped like the page's example.
    Instructions,
}

pub(super) fn text(heard: &Heard, instructions: bool, scripted: Option<ScriptedAnswer>) -> String {
    match scripted {
        Some(ScriptedAnswer::Text(text)) => text,
        Some(ScriptedAnswer::Instructions) => instruct(heard),
        None if instructions => instruct(heard),
        None => heard.to_string(),
    }
}

/// **Source**: the members and their nesting are those of the page's example.
fn instruct(heard: &Heard) -> String {
    let hints = json!({
        "success": { "text": heard.to_string() },
        "failure": { "text": "抱歉，我没听清" },
        "notsupport": { "text": "抱歉，我没办法播放" },
    });
    json!({
        "rtext": "好的",
        "outc": 0,
        "actions": [
            { "action": "QUERY", "target": { "id": 100, "type": "AUDIO", "release": 0 }, "hints": hints },
            { "action": "SET", "target": { "id": 300, "origin": "QUERY", "control": "PLAY", "type": "AUDIO" } },
        ],
    })
    .to_string()
}
