//! Sends a recording to the voice-chat service: start `voxline sim`, then
//! `VOXLINE_CHAT_TOKEN=voxline-demo-token cargo run --example chat -- call.mp3 http://127.0.0.1:PORT`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to its terminal")]

use std::process::ExitCode;

use voxline::chat::{ChatClient, ChatRequest};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, endpoint] = arguments.as_slice() else {
        eprintln!("usage: chat IN BASE_URL");
        return ExitCode::from(2);
    };
    match run(input, endpoint) {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(input: &str, endpoint: &str) -> voxline::Result<String> {
    let token = std::env::var("VOXLINE_CHAT_TOKEN").unwrap_or_default();
    let prepared = voxline::prepare(input, &voxline::profile("chat-16k")?)?;
    let client = ChatClient::builder().base_url(endpoint).access_token(token).build()?;
    let answer = client.send(&ChatRequest::new(voxline::chat::audio(&prepared)?))?;
    Ok(answer.answer().chat_text().to_owned())
}
