use super::*;
use crate::http::Url;
use proptest::prelude::*;

fn framing(fields: &str) -> Result<Framing, &'static str> {
    parse(format!("HTTP/1.1 200 OK\r\n{fields}\r\n").as_bytes())?.framing()
}

#[test]
fn a_request_says_what_it_must_and_no_more() {
    let url = Url::parse("http://h:81/a?key=N0dJ+/==").unwrap();
    let get = of_request(&Request::get(url.clone()).with_header("Range", "bytes=1-"), None).unwrap();
    let agent = concat!("User-Agent: voxline/", env!("CARGO_PKG_VERSION"), "\r\nAccept: */*\r\n");
    let expected = format!("GET /a?key=N0dJ+/== HTTP/1.1\r\nHost: h:81\r\n{agent}Range: bytes=1-\r\n\r\n");
    assert_eq!(String::from_utf8_lossy(&get), expected);
    let post = of_request(&Request::post(url, b"12".to_vec()), Some("Basic x")).unwrap();
    let expected = format!(
        "POST http://h:81/a?key=N0dJ+/== HTTP/1.1\r\nHost: h:81\r\n{agent}Content-Length: 2\r\n\
         Proxy-Authorization: Basic x\r\n\r\n"
    );
    assert_eq!(String::from_utf8_lossy(&post), expected);
}

#[test]
fn a_field_that_would_become_two_is_refused() {
    let get = || Request::get(Url::parse("http://h/").unwrap());
    for (name, value) in [("X", "a\r\nY: b"), ("X", "a\n"), ("X", "\0"), ("X Y", "a"), ("", "a"), ("X:", "a")] {
        let result = of_request(&get().with_header(name, value), None);
        assert!(matches!(result, Err(TransportError::BadRequest(_))), "{name:?} {value:?}");
    }
}

#[test]
fn the_end_of_a_head_is_found_however_it_arrives() {
    for (bytes, end) in [("a\r\n\r\nb", 5), ("a\n\nb", 3), ("a\n\r\nb", 4), ("a\r\nb\r\n\r\n", 8)] {
        assert_eq!(length(bytes.as_bytes(), 0), Some(end), "{bytes:?}");
        for known in 0..end {
            assert_eq!(length(bytes.as_bytes(), known), Some(end), "{bytes:?} {known}");
            assert_eq!(length(&bytes.as_bytes()[..known], 0), None, "{bytes:?} {known}");
        }
    }
}

#[test]
fn a_head_is_read() {
    let head = parse(b"HTTP/1.1 404 Not Found\r\nA:  b c \r\na:\t\xe8\xaf\xad\r\n\r\n").unwrap();
    assert_eq!((head.status, head.stays_open, head.may_follow()), (404, true, true));
    assert_eq!(head.headers.iter().collect::<Vec<_>>(), [("A", "b c"), ("a", "语")]);
    assert!(!parse(b"HTTP/1.0 200\n\n").unwrap().may_follow());
    assert!(!parse(b"HTTP/1.1 200 OK\r\nconnection: x, CLOSE\r\n\r\n").unwrap().may_follow());
    for wrong in [
        "",
        "HTTP/1.1\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 99 OK\r\n\r\n",
        "HTTP/1.1 600 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 +20 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\na: b\r\n folded: c\r\n\r\n",
        "HTTP/1.1 200 OK\r\na : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\na: b\x07\r\n\r\n",
        "HTTP/1.1 200 OK\r\na: b\rc: d\r\n\r\n",
    ] {
        assert!(parse(wrong.as_bytes()).is_err(), "{wrong:?}");
    }
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(MAX_HEAD_LINES + 1));
    assert!(parse(many.as_bytes()).is_err());
}

#[test]
fn the_end_of_a_body_is_known_or_refused() {
    assert_eq!(framing(""), Ok(Framing::Close));
    assert_eq!(framing("Content-Length: 7\r\n"), Ok(Framing::Length(7)));
    assert_eq!(framing("Content-Length: 7\r\nContent-Length: 7, 7\r\n"), Ok(Framing::Length(7)));
    assert_eq!(framing("Transfer-Encoding: Chunked\r\n"), Ok(Framing::Chunked));
    assert_eq!(framing("Transfer-Encoding: chunked\r\nContent-Length: 7\r\n"), Ok(Framing::Chunked));
    for wrong in [
        "Content-Length: 7\r\nContent-Length: 8\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: +1\r\n",
        "Content-Length: 0x7\r\n",
        "Content-Length:\r\n",
        "Content-Length: 7 7\r\n",
        "Content-Length: 99999999999999999\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    ] {
        assert!(framing(wrong).is_err(), "{wrong:?}");
    }
    let head = parse(b"HTTP/1.1 204 None\r\nContent-Length: 7\r\n\r\n").unwrap();
    assert_eq!(head.framing(), Ok(Framing::Length(0)));
    let both = parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 7\r\n\r\n").unwrap();
    assert!(!both.may_follow());
}

proptest! {
    #[test]
    fn whatever_comes_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300), fine in any::<bool>()) {
        let bytes = if fine { [b"HTTP/1.1 200 OK\r\n".as_slice(), &bytes].concat() } else { bytes };
        may_begin(&bytes);
        if let Some(end) = length(&bytes, 0) {
            prop_assert!(end <= bytes.len());
            if let Ok(head) = parse(&bytes[..end]) {
                let _ = (head.framing(), head.may_follow());
            }
        }
    }
}
