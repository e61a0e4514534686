//! What stands in front of a file, behind it and between its bytes.

use voxline::ErrorKind::{MalformedInput, UnsupportedFormat};
use voxline::WarningCode::{BadSize, JunkSkipped, Truncated};

use crate::case::{Case, case};
use crate::recipe::*;

pub(crate) fn cases() -> Vec<Case> {
    let samples = speech(3, 2_500);
    let whole = wav(&samples);
    let all = [(0, 0, 2_500)];
    let behind = |head: &[u8]| [head, &whole].concat();
    let crlf: Vec<u8> =
        whole.iter().flat_map(|&byte| if byte == b'\n' { vec![b'\r', b'\n'] } else { vec![byte] }).collect();
    let text = String::from_utf8_lossy(&whole).into_owned().into_bytes();
    vec![
        case("junk-in-front", "1 000 bytes of junk in front", behind(&junk(4, 1_000)))
            .gives(2_500, &[JunkSkipped])
            .keeps(&whole, &all),
        case("junk-with-syncs-in-front", "junk with sync words of MP3 in front", behind(&noise(5, 20_000)))
            .gives(2_500, &[JunkSkipped])
            .keeps(&whole, &all),
        case("too-much-in-front", "70 000 bytes of junk in front", behind(&junk(6, 70_000)))
            .refused(UnsupportedFormat, "is not recognised"),
        case("zeros-in-front", "a sector of zeros in front", behind(&[0; 512]))
            .gives(2_500, &[JunkSkipped])
            .keeps(&whole, &all),
        case("bom-in-front", "byte order mark of UTF-8 in front", behind(b"\xEF\xBB\xBF"))
            .gives(2_500, &[JunkSkipped])
            .keeps(&whole, &all),
        case("http-in-front", "head of an HTTP answer in front", {
            behind(b"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nContent-Length: 5044\r\n\r\n")
        })
        .gives(2_500, &[JunkSkipped])
        .keeps(&whole, &all),
        case("http-chunked", "HTTP answer in chunks as it came over the wire", {
            let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            [&head[..], b"400\r\n", &whole[..1_024], b"\r\nfb4\r\n", &whole[1_024..], b"\r\n0\r\n\r\n"].concat()
        })
        .refused(MalformedInput, "save the body alone"),
        case("multipart", "part of a multipart message with its boundaries", {
            let head =
                b"--b0undary\r\nContent-Disposition: form-data; name=\"file\"\r\nContent-Type: audio/wav\r\n\r\n";
            [&head[..], &whole, b"\r\n--b0undary--\r\n"].concat()
        })
        .gives(2_500, &[JunkSkipped])
        .keeps(&whole, &all),
        case("id3-in-front", "ID3 tag in front of WAV", behind(&id3(300, 300))).gives(2_500, &[]).keeps(&whole, &all),
        case("id3-lies-in-front", "ID3 tag in front that claims 100 000 bytes and has 300", behind(&id3(100_000, 300)))
            .gives(2_500, &[BadSize])
            .keeps(&whole, &all),
        case("junk-behind", "777 bytes of junk behind", [&whole[..], &junk(7, 777)].concat())
            .gives(2_500, &[JunkSkipped])
            .keeps(&whole, &all),
        case("id3-behind", "ID3 tag behind, in no chunk", [&whole[..], &id3(500, 500)].concat())
            .gives(2_500, &[JunkSkipped])
            .keeps(&whole, &all),
        case(
            "byte-lost",
            "one byte of the audio lost: what follows is shifted by half a sample",
            removed(&whole, 2_044, 1),
        )
        .gives(2_499, &[Truncated])
        .keeps(&whole, &[(0, 0, 1_000)]),
        case(
            "hole-in-pcm",
            "a sector of zeros in the audio: silence, which may be meant",
            patched(&whole, 2_044, &[0; 512]),
        )
        .gives(2_500, &[])
        .keeps(&whole, &[(0, 0, 1_000), (1_256, 1_256, 1_244)]),
        case("text-mode", "transferred in text mode: LF became CR LF", crlf)
            .refused(MalformedInput, "transfer it again in binary mode"),
        case("utf-8", "read and written as text: bytes became U+FFFD", text)
            .refused(UnsupportedFormat, "fetch it again as binary data"),
    ]
}
