//! The Speex codec: frames of 20 ms to packets and back.

use std::ffi::c_void;

use voxline::speex::{self, Decoder, Encoder, EncoderOptions, Mode};
use voxline::{ErrorKind, Result};

use crate::boundary::{Door, OK, call, free};
use crate::error::voxline_error;
use crate::handle::{Poison, changing};
use crate::status::voxline_status;

changing!(voxline_speex_encoder, voxline_speex_decoder);

/// The Speex modes.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum voxline_speex_mode {
    /// 8 kHz, 160 samples a frame.
    VOXLINE_SPEEX_NARROWBAND = 0,
    /// 16 kHz, 320 samples a frame.
    VOXLINE_SPEEX_WIDEBAND = 1,
}

/// Speaks Speex. One thread at a time may use it.
#[derive(Debug)]
pub struct voxline_speex_encoder {
    encoder: Encoder,
    poison: Poison,
}

/// Understands Speex. One thread at a time may use it.
#[derive(Debug)]
pub struct voxline_speex_decoder {
    decoder: Decoder,
    poison: Poison,
}

fn mode(door: Door, number: i32) -> Result<Mode> {
    match number {
        n if n == voxline_speex_mode::VOXLINE_SPEEX_NARROWBAND as i32 => Ok(Mode::Narrowband),
        n if n == voxline_speex_mode::VOXLINE_SPEEX_WIDEBAND as i32 => Ok(Mode::Wideband),
        n => Err(door.error(ErrorKind::InvalidArgument, format!("{n} is no voxline_speex_mode"))),
    }
}

fn small(door: Door, number: i32, name: &str) -> Result<u8> {
    u8::try_from(number).map_err(|_| door.error(ErrorKind::InvalidArgument, format!("{name} {number} is out of range")))
}

/// Makes an encoder for a voxline_speex_mode; quality is 0 to 10 (8 is usual), complexity 1 to 10 (3 is usual). Free it
/// with voxline_speex_encoder_free().
///
/// Errors: VOXLINE_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_speex_encoder_new(
    speex_mode: i32,
    quality: i32,
    complexity: i32,
    encoder: *mut *mut voxline_speex_encoder,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_speex_encoder_new", |door| {
            let out = door.out(encoder, "encoder")?;
            let options = EncoderOptions::default()
                .with_quality(small(door, quality, "quality")?)
                .with_complexity(small(door, complexity, "complexity")?);
            let encoder = Encoder::new(mode(door, speex_mode)?, &options);
            let encoder = encoder.map_err(|e| speex::error(door.function(), e))?;
            out.set_new(voxline_speex_encoder { encoder, poison: Poison::default() });
            OK
        })
    }
}

/// Frees an encoder. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_speex_encoder_free(encoder: *mut voxline_speex_encoder) {
    // SAFETY: as the header says.
    unsafe { free(encoder) }
}

/// Gives the samples of a frame, the bytes of every packet and by how many samples the coded signal is late. Each of the
/// three may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_speex_encoder_sizes(
    encoder: *const voxline_speex_encoder,
    frame_samples: *mut usize,
    packet_bytes: *mut usize,
    lookahead_samples: *mut usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_speex_encoder_sizes", |door| {
            let outs = [
                door.optional_out(frame_samples, "frame_samples")?,
                door.optional_out(packet_bytes, "packet_bytes")?,
                door.optional_out(lookahead_samples, "lookahead_samples")?,
            ];
            let encoder = &door.borrow(encoder, "encoder")?.encoder;
            let sizes = [encoder.mode().frame_samples(), encoder.packet_bytes(), encoder.lookahead_frames()];
            for (out, size) in outs.into_iter().zip(sizes) {
                if let Some(out) = out {
                    out.set(size);
                }
            }
            OK
        })
    }
}

/// Codes one frame of `frame_samples` samples into `packet` and writes its size into `size_bytes`.
///
/// Errors: VOXLINE_INVALID_ARGUMENT for a frame of another length, VOXLINE_BUFFER_TOO_SMALL; the encoder is then as before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_speex_encode(
    encoder: *mut voxline_speex_encoder,
    frame: *const i16,
    frame_samples: usize,
    packet: *mut u8,
    capacity_bytes: usize,
    size_bytes: *mut usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_speex_encode", |door| {
            let out = door.out(size_bytes, "size_bytes")?;
            let mut held = door.borrow_mut(encoder, "encoder")?;
            let frame = door.slice(frame, frame_samples, "frame")?;
            let packet = door.slice_mut(packet, capacity_bytes, "packet")?;
            out.set(held.encoder.encode(frame, packet).map_err(|e| speex::error(door.function(), e))?);
            OK
        })
    }
}

/// Forgets what the encoder has heard: what follows is coded as by a new one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_speex_encoder_reset(
    encoder: *mut voxline_speex_encoder,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_speex_encoder_reset", |door| {
            door.borrow_mut(encoder, "encoder")?.encoder.reset();
            OK
        })
    }
}

/// Makes a decoder for a voxline_speex_mode; `enhancement` other than 0 makes coarse coding sound cleaner. Free it with
/// voxline_speex_decoder_free().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_speex_decoder_new(
    speex_mode: i32,
    enhancement: i32,
    decoder: *mut *mut voxline_speex_decoder,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_speex_decoder_new", |door| {
            let out = door.out(decoder, "decoder")?;
            let decoder = Decoder::new(mode(door, speex_mode)?).with_enhancement(enhancement != 0);
            out.set_new(voxline_speex_decoder { decoder, poison: Poison::default() });
            OK
        })
    }
}

/// Frees a decoder. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_speex_decoder_free(decoder: *mut voxline_speex_decoder) {
    // SAFETY: as the header says.
    unsafe { free(decoder) }
}

/// Gives the samples of a frame.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_speex_decoder_frame_samples(
    decoder: *const voxline_speex_decoder,
    frame_samples: *mut usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_speex_decoder_frame_samples", |door| {
            let out = door.out(frame_samples, "frame_samples")?;
            out.set(door.borrow(decoder, "decoder")?.decoder.mode().frame_samples());
            OK
        })
    }
}

/// Decodes a packet of one frame into `frame`, whose length `frame_samples` is that of the mode. A packet that is NULL
/// with 0 bytes did not arrive: the frame is made up, the last sounds go on and fade.
///
/// Errors: VOXLINE_INVALID_ARGUMENT for a frame of another length; VOXLINE_TRUNCATED_INPUT and VOXLINE_MALFORMED_INPUT for
/// a damaged packet. Decoder and frame are then as before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_speex_decode(
    decoder: *mut voxline_speex_decoder,
    packet: *const u8,
    size_bytes: usize,
    frame: *mut i16,
    frame_samples: usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_speex_decode", |door| {
            let mut held = door.borrow_mut(decoder, "decoder")?;
            let decoder = &mut held.decoder;
            let frame = door.slice_mut(frame, frame_samples, "frame")?;
            let is_lost = packet.is_null() && size_bytes == 0;
            let packet = door.slice(packet, size_bytes, "packet")?;
            let decoded = if is_lost { decoder.conceal(frame) } else { decoder.decode(packet, frame) };
            decoded.map_err(|e| speex::error(door.function(), e))?;
            OK
        })
    }
}

/// Receives the frames of one packet, one call a frame; the samples live until it returns.
/// It must return: no longjmp, no C++ exception.
pub type voxline_frame_fn =
    Option<unsafe extern "C" fn(userdata: *mut c_void, frame: *const i16, frame_samples: usize)>;

/// Decodes a packet of any number of frames and hands each to `receive`.
///
/// Errors: VOXLINE_TRUNCATED_INPUT and VOXLINE_MALFORMED_INPUT for a damaged packet; frames before the damage were handed
/// over.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_speex_decode_frames(
    decoder: *mut voxline_speex_decoder,
    packet: *const u8,
    size_bytes: usize,
    receive: voxline_frame_fn,
    userdata: *mut c_void,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_speex_decode_frames", |door| {
            let mut held = door.borrow_mut(decoder, "decoder")?;
            let decoder = &mut held.decoder;
            let packet = door.slice(packet, size_bytes, "packet")?;
            let receive = door.callback(receive, "receive")?;
            let mut frame = [0_i16; 320];
            let length = decoder.mode().frame_samples().min(frame.len());
            let mut frames = decoder.frames(packet);
            while frames.decode(&mut frame[..length]).map_err(|e| speex::error(door.function(), e))? {
                receive(userdata, frame.as_ptr(), length);
            }
            Ok(voxline_status::VOXLINE_OK)
        })
    }
}

/// Forgets what the decoder has heard; enhancement stays as it was set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_speex_decoder_reset(
    decoder: *mut voxline_speex_decoder,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_speex_decoder_reset", |door| {
            door.borrow_mut(decoder, "decoder")?.decoder.reset();
            OK
        })
    }
}
