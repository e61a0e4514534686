//! Ogg pages that are right, so that what is in them is reached.

/// Lays packets into pages of one stream: each behind two bytes with its length, since headers are long.
pub fn of(magic: &[u8], data: &[u8]) -> Vec<u8> {
    let (mut file, mut rest, mut number) = (Vec::new(), data, 0u32);
    page(&mut file, magic, 2, number, 0);
    let mut position = 0u64;
    while let Some((&length, behind)) = rest.split_first_chunk() {
        let length = u16::from_be_bytes(length);
        let (packet, behind) = behind.split_at(behind.len().min(usize::from(length)));
        number += 1;
        position += u64::from(length) * 16;
        page(&mut file, packet, if behind.is_empty() { 4 } else { 0 }, number, position);
        rest = behind;
    }
    file
}

/// One page with one packet (RFC 3533 §6).
fn page(file: &mut Vec<u8>, packet: &[u8], flags: u8, number: u32, position: u64) {
    let start = file.len();
    file.extend_from_slice(b"OggS\0");
    file.push(flags);
    file.extend_from_slice(&position.to_le_bytes());
    file.extend_from_slice(&7u32.to_le_bytes());
    file.extend_from_slice(&number.to_le_bytes());
    file.extend_from_slice(&[0; 4]);
    let laces = packet.len() / 255 + 1;
    file.push(laces.min(255) as u8);
    for lace in 0..laces.min(255) {
        file.push(packet.len().saturating_sub(255 * lace).min(255) as u8);
    }
    file.extend_from_slice(packet.get(..packet.len().min(255 * 255)).unwrap_or_default());
    let sum = checksum(&file[start..]);
    file[start + 22..start + 26].copy_from_slice(&sum.to_le_bytes());
}

/// CRC-32 with the polynomial 0x04C11DB7, no reflection, from 0 (RFC 3533 §6).
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8)
            .fold(sum ^ u32::from(*byte) << 24, |sum, _| if sum >> 31 == 1 { sum << 1 ^ 0x04C1_1DB7 } else { sum << 1 })
    })
}
