//! A token and a signature are set, every error is provoked, and everything that can be shown is searched for them.

use std::error::Error as StdError;
use std::fs;
use std::io::Read;

use serde_json::json;
use voxline_api::CancelToken;
use voxline_api::recording::{DownloadOptions, DownloadScheme, RecordingClient, RecordingId};
use voxline_testkit::canary::{Ear, find, shown};

use super::server::{Reply, Server, http, located};
use super::sockets::{Folder, audio, options};

const TOKEN: &str = "tOkEnCaNaRy\"+/%-0123456789";
const KEY: &str = "kEyCaNaRy+/%2B0123456789==";
/// What is left of either in every spelling.
const CANARIES: [&str; 3] = ["CaNaRy", "0123456789", "key="];

/// Every misbehaviour of a server, with both secrets echoed wherever they can be. The API (`as_api`) gives away no bare
/// signature: before there is an address, nobody can know that it is one.
fn misbehaviours(as_api: bool) -> Vec<Vec<u8>> {
    let mut all = vec![Vec::new(), b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_vec()];
    let token = [TOKEN.to_owned(), "tOkEnCaNaRy%22%2B%2F%25-0123456789".to_owned()];
    let key =
        [KEY.to_owned(), "kEyCaNaRy%2B%2F%252B0123456789%3D%3D".to_owned(), "kEyCaNaRy+/+0123456789==".to_owned()];
    for (token, key) in token.iter().flat_map(|token| key.iter().map(move |key| (token, key))) {
        let bare = if as_api { format!("h/v?key={key}") } else { key.clone() };
        let bodies = [
            format!("<html>{token} may not see h.example/v?key={key} nor http://h/?key={key}</html>"),
            format!("RIFF{token}"),
            format!("{{\"x\": {token}"),
            json!({"code": 5005, "message": format!("{token} {bare} h/v?key={key}"), "data": []}).to_string(),
            json!({"code": 4711, "message": token, "data": {"voice_url": key}}).to_string(),
            json!({"code": 200, "data": {"voice_url": format!("u:{token}@h/v?key={key}")}}).to_string(),
            json!({"code": 200, "data": {"voice_url": format!("ftp://h/v?key={key}")}}).to_string(),
            json!({"data": {"voice_url": format!("h/v?key={key}")}}).to_string(),
        ];
        for body in bodies {
            for status in ["200 OK", "206 Part", "401 No", "403 No", "404 Not Found", "429 Busy", "500 Oops"] {
                let headers =
                    [format!("ETag: \"{token}\""), format!("Last-Modified: {key}"), format!("Content-Type: x/{token}")];
                let headers = [&*headers[0], &*headers[1], &*headers[2], "Connection: close"];
                all.push(http(status, &headers, body.as_bytes()));
            }
        }
        for target in [format!("/v?key={key}"), format!("ftp://{token}/{key}"), format!("https://{token}@h/?key={key}")]
        {
            all.push(http("302 Found", &[&format!("Location: {target}"), "Connection: close"], b""));
        }
    }
    all
}

fn client(server: &Server) -> RecordingClient {
    let builder = RecordingClient::builder().base_url(server.url()).token(TOKEN).download_scheme(DownloadScheme::Http);
    let http = options(|o| (o.max_attempts, o.read_timeout_ms) = (2, 200));
    builder.http(http).build().unwrap()
}

#[test]
fn neither_token_nor_signature_is_in_any_error_log_debug_output_or_file_beside() {
    let ear = Ear::listen(&[], true).unwrap();
    let folder = Folder::new("canary");
    let ids = [RecordingId::new("u", "t", "r"), RecordingId::new("u", "t", "s")];
    let (mut all, mut failures) = (String::new(), 0);
    for (given, answer) in misbehaviours(true).into_iter().zip(misbehaviours(false)) {
        // Once as the answer of the API, once as that of the download host.
        let api = Server::start(move |_, _| Reply::RawAndClose(given.clone()));
        let files = Server::start(move |_, received| {
            if received.target.ends_with("/download-full-voice") {
                return Reply::Raw(located(&format!("/v?key={KEY}")));
            }
            Reply::RawAndClose(answer.clone())
        });
        for server in [&api, &files] {
            let client = client(server);
            all.push_str(&format!("{client:?}{client:#?}"));
            let mut note = |error: &(dyn StdError + 'static)| {
                failures += 1;
                all.push_str(&shown(error));
            };
            match client.locate(&ids[0]) {
                Ok(url) => all.push_str(&format!("{url}{url:?}{url:#?}")),
                Err(error) => note(&error),
            }
            let mut note = |error: &(dyn StdError + 'static)| {
                failures += 1;
                all.push_str(&shown(error));
            };
            match client.open(&ids[0]) {
                Ok(mut stream) => {
                    let result = stream.read_to_end(&mut Vec::new());
                    result.err().iter().for_each(|error| note(error));
                    all.push_str(&format!("{stream:?}"));
                }
                Err(error) => note(&error),
            }
            let path = folder.0.join("call.wav");
            let done = client.download(&ids[0], &path, &DownloadOptions::default(), |_| {}, &CancelToken::new());
            all.push_str(&format!("{done:?}"));
            all.push_str(&fs::read_to_string(folder.0.join("call.wav.part.json")).unwrap_or_default());
        }
        let client = client(&api);
        all.push_str(&format!("{:?}{:?}", client.locate_many(&ids), client.check_token(&CancelToken::new())));
    }
    all.push_str(&interrupted(&folder));
    assert!(failures > 500, "only {failures} errors were provoked");
    all.push_str(&ear.text());
    assert_eq!(find(&all, &CANARIES), None);
    // The search would be worth nothing if nothing had been shown.
    for part in ["[secret]", "/download-full-voice", "status=403", "call.wav", "total_bytes", "answer began", "expired"]
    {
        assert!(all.contains(part), "{part} was not shown");
    }
    assert_eq!(ear.speakers(), [""; 0], "said something through the log crate");
}

/// A download that leaves its note behind, from a server that puts the secrets into what is noted.
fn interrupted(folder: &Folder) -> String {
    let server = Server::start(|number, received| {
        if received.target.ends_with("/download-full-voice") {
            return Reply::Raw(located(&format!("/v?key={KEY}")));
        }
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\nETag: \"{TOKEN}\"\r\nLast-Modified: {KEY}\r\n\r\n");
        let head = if number < 2 { head.into_bytes() } else { http("400 Bad", &[], b"") };
        Reply::RawAndClose([head, audio(5000)].concat())
    });
    let path = folder.0.join("left.wav");
    let error = client(&server).download(
        &RecordingId::new("u", "t", "r"),
        path,
        &DownloadOptions::default(),
        |_| {},
        &CancelToken::new(),
    );
    let note = fs::read_to_string(folder.0.join("left.wav.part.json")).unwrap();
    assert!(note.contains("9999"), "{note}");
    note + &shown(&error.unwrap_err())
}
