//! AU, AIFF and Ogg Speex.

use voxline::ErrorKind::{MalformedInput, TruncatedInput, UnsupportedFormat};
use voxline::WarningCode::{BadFrames, BadSize, JunkSkipped, Truncated};

use crate::case::{Case, case};
use crate::recipe::*;

pub(crate) fn cases() -> Vec<Case> {
    let samples = speech(8, 2_000);
    let whole = au(4_000, &samples);
    let all = [(0, 0, 2_000)];
    // Five seconds; a page a second behind two of headers and one of a single packet.
    let spx = ogg(9, 40_000);
    let at = pages(&spx);
    let page = |n: usize| (at[n], at[n + 1] - at[n]);
    let (fourth, fourth_bytes) = page(4);
    vec![
        case("au-size-zero", "AU whose size is 0", au(0, &samples)).gives(2_000, &[BadSize]).keeps(&whole, &all),
        case("au-cut", "AU cut inside a sample", whole[..24 + 1_001].to_vec())
            .gives(500, &[Truncated])
            .keeps(&whole, &[(0, 0, 500)]),
        case("au-cut-in-header", "AU cut inside its header", whole[..20].to_vec())
            .refused(TruncatedInput, "before the audio of the AU file"),
        case("au-offset", "AU whose audio starts inside the header", patched(&whole, 4, &[0, 0, 0, 8]))
            .refused(MalformedInput, "inside the header"),
        case("au-encoding", "AU of an encoding that does not exist", patched(&whole, 12, &[0, 0, 0, 99]))
            .refused(UnsupportedFormat, "AU encoding 99"),
        case("au-junk-in-front", "junk in front of AU", [&junk(14, 999)[..], &whole].concat())
            .gives(2_000, &[JunkSkipped])
            .keeps(&whole, &all),
        case("au-junk-behind", "junk behind AU", [&whole[..], &junk(15, 99)].concat())
            .gives(2_000, &[JunkSkipped])
            .keeps(&whole, &all),
        case("aiff-cut", "AIFF cut inside a sample", aiff(&samples)[..54 + 1_001].to_vec())
            .gives(500, &[Truncated])
            .keeps(&whole, &[(0, 0, 500)]),
        case("aiff-junk-in-front", "junk in front of AIFF", [&junk(18, 999)[..], &aiff(&samples)].concat())
            .gives(2_000, &[JunkSkipped])
            .keeps(&whole, &all),
        case("ogg-cut-in-header", "Ogg cut inside its first page", spx[..60].to_vec())
            .refused(TruncatedInput, "into the first page of the Ogg file"),
        case("ogg-cut", "Ogg cut inside a page", spx[..at[5] + 40].to_vec())
            .gives(8_000 * 2 + 160 - 80, &[Truncated])
            .keeps(&spx, &[(0, 0, 8_000)]),
        case("ogg-page-damaged", "one bit of a page of Ogg", patched(&spx, fourth + 100, &[spx[fourth + 100] ^ 1]))
            .gives(40_000, &[BadFrames, JunkSkipped])
            .keeps(&spx, &[(0, 0, 8_000)]),
        case("ogg-page-missing", "a page of Ogg is missing", removed(&spx, fourth, fourth_bytes))
            .gives(40_000, &[BadFrames])
            .keeps(&spx, &[(0, 0, 8_000)]),
        case("ogg-junk-in-front", "junk in front of Ogg", [&junk(16, 500)[..], &spx].concat())
            .gives(40_000, &[JunkSkipped])
            .keeps(&spx, &[(0, 0, 40_000)]),
        case("ogg-junk-between", "junk between pages of Ogg", inserted(&spx, fourth, &junk(17, 500)))
            .gives(40_000, &[JunkSkipped])
            .keeps(&spx, &[(0, 0, 40_000)]),
        case("ogg-header-damaged", "one bit of the header page of Ogg", patched(&spx, 60, &[spx[60] ^ 1]))
            .refused(MalformedInput, "without a Speex stream"),
    ]
}
