//! Where the token goes.

use super::world::{Meet, World};
use super::*;
use crate::http::Request;

/// Which of the requests for the file carried the token, as hosts.
fn carried(world: &World) -> Vec<(String, bool)> {
    let of = |r: &Request| {
        let value = r.headers.get("Authorization");
        assert!(value.is_none_or(|value| value == "Bearer token-canary"));
        (r.url.origin().to_owned(), value.is_some())
    };
    world.fetched().iter().map(of).collect()
}

fn open(
    voice_url: &str,
    redirects: &[&str],
    change: impl Fn(RecordingClientBuilder) -> RecordingClientBuilder,
) -> Vec<(String, bool)> {
    let world = World::new(audio(10));
    world.set(|state| state.voice_url = voice_url.to_owned());
    world.meet(redirects.iter().map(|to| Meet::Say(302, vec![("Location", (*to).to_owned())], Vec::new())));
    let client = change(builder(world.clone(), &world.clock)).build().unwrap();
    let _ = client.open(&id());
    carried(&world)
}

fn expect(found: &[(String, bool)], expected: &[(&str, bool)]) {
    let expected: Vec<(String, bool)> = expected.iter().map(|(host, with)| ((*host).to_owned(), *with)).collect();
    assert_eq!(found, expected);
}

#[test]
fn the_token_goes_to_the_origin_of_the_api_only() {
    expect(&open("https://api.example/v?k=1", &[], |b| b), &[("https://api.example", true)]);
    for (url, origin) in [
        ("files.example/v", "https://files.example"),
        ("https://api.example:8443/v", "https://api.example:8443"),
        ("http://api.example/v", "http://api.example"),
        ("https://api.example.evil/v", "https://api.example.evil"),
        ("https://sub.api.example/v", "https://sub.api.example"),
    ] {
        expect(&open(url, &[], |b| b), &[(origin, false)]);
    }
}

#[test]
fn the_token_goes_to_the_download_host_if_that_is_wanted() {
    let opted_in = |b: RecordingClientBuilder| b.send_token_to_download_host(true);
    expect(&open("files.example/v", &[], opted_in), &[("https://files.example", true)]);
    // Not where it would travel unencrypted, unless that is wanted too.
    expect(&open("http://10.0.0.1/v", &[], opted_in), &[("http://10.0.0.1", false)]);
    let http = |b: RecordingClientBuilder| b.send_token_to_download_host(true).download_scheme(DownloadScheme::Http);
    expect(&open("10.0.0.1/v", &[], http), &[("http://10.0.0.1", true)]);
}

#[test]
fn the_token_crosses_no_redirect_to_another_origin_and_does_not_come_back() {
    let (api, files) = ("https://api.example", "https://files.example");
    let same = &["/w?k=2"][..];
    expect(&open("https://api.example/v", same, |b| b), &[(api, true), (api, true)]);
    let there_and_back = &["https://files.example/w", "https://api.example/x"][..];
    expect(&open("https://api.example/v", there_and_back, |b| b), &[(api, true), (files, false), (api, false)]);
    let opted_in = |b: RecordingClientBuilder| b.send_token_to_download_host(true);
    expect(
        &open("files.example/v", &["https://other.example/"], opted_in),
        &[(files, true), ("https://other.example", false)],
    );
    expect(&open("files.example/v", &["https://api.example/"], |b| b), &[(files, false), (api, false)]);
}

#[test]
fn a_redirect_to_no_encryption_is_not_followed() {
    expect(&open("files.example/v", &["http://files.example/v"], |b| b), &[("https://files.example", false)]);
    let found = open("http://files.example/v", &["http://other.example/v"], |b| b);
    expect(&found, &[("http://files.example", false), ("http://other.example", false)]);
}

#[test]
fn the_query_arrives_to_the_byte() {
    let key = "N0dJNlFVTFU1WHls+KytaWTl/azBt%2BMDEy==";
    let world = World::new(audio(10));
    world.set(|state| state.voice_url = format!("hw.example/api/agent-api/download-voice?key={key}"));
    builder(world.clone(), &world.clock).build().unwrap().open(&id()).unwrap();
    let sent = &world.fetched()[0];
    assert_eq!(sent.url.expose(), format!("https://hw.example/api/agent-api/download-voice?key={key}"));
    assert!(!format!("{sent:?}").contains("download-voice"), "{sent:?}");
}
