//! A transcription service in miniature that counts what it is asked.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// What arrived, by req_id.
#[derive(Debug, Default, Clone)]
pub(crate) struct Counts {
    /// Submissions that were taken: each costs money.
    pub(crate) taken: BTreeMap<String, u32>,
    /// Submissions that were refused as too many at once.
    pub(crate) busy: BTreeMap<String, u32>,
    /// Questions for a result.
    pub(crate) polls: BTreeMap<String, u32>,
}

pub(crate) struct Server {
    pub(crate) url: String,
    counts: Arc<Mutex<Counts>>,
    /// One message when a request has arrived, one when its answer has been written.
    pub(crate) events: Receiver<()>,
}

impl Server {
    /// Serves until the test ends.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let counts = Arc::<Mutex<Counts>>::default();
        let (sender, events) = channel();
        let shared = counts.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (counts, events) = (shared.clone(), sender.clone());
                // A client that was killed breaks its connection: that is no fault of the server.
                std::thread::spawn(move || serve(&stream, &counts, &events));
            }
        });
        Self { url, counts, events }
    }

    pub(crate) fn counts(&self) -> Counts {
        self.counts.lock().unwrap().clone()
    }
}

fn serve(stream: &TcpStream, counts: &Mutex<Counts>, events: &Sender<()>) -> Option<()> {
    let (mut reader, mut writer) = (BufReader::new(stream), stream);
    loop {
        let (mut head, mut line) = (String::new(), String::new());
        while line != "\r\n" {
            line.clear();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            head.push_str(&line);
        }
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
        });
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).ok()?;
        let answer = answer(&head, &body, &mut counts.lock().unwrap()).to_string();
        let _ = events.send(());
        write!(writer, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{answer}", answer.len()).ok()?;
        let _ = events.send(());
    }
}

fn answer(head: &str, body: &[u8], counts: &mut Counts) -> Value {
    if let Some((_, rest)) = head.split_once("?requestId=R-") {
        let id = rest.split(' ').next().unwrap().to_owned();
        let polls = counts.polls.entry(id.clone()).or_default();
        *polls += 1;
        return if *polls == 1 {
            json!({"code": "990003", "message": "处理中"})
        } else {
            json!({"code": "10000", "flag": 1, "data": json!({"text": id}).to_string()})
        };
    }
    let sent: Value = serde_json::from_slice(body).unwrap();
    let id = sent["req_id"].as_str().unwrap().to_owned();
    // Every fourth is not taken at first.
    if id.ends_with(['3', '7']) && !counts.busy.contains_key(&id) {
        counts.busy.insert(id, 1);
        return json!({"code": "10302", "msg": "Too many requests"});
    }
    *counts.taken.entry(id.clone()).or_default() += 1;
    json!({"code": "10000", "msg": "ok", "requestId": format!("R-{id}")})
}
