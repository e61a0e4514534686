//! libspeex behind a safe face.
//!
//! Debian's `libspeex1` (the floating-point build) is what results are compared with. Where it is missing the tests say so
//! and count as skipped; with `CI=true` they fail.

#![expect(unsafe_code, reason = "calls into a C library")]

use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::OnceLock;

use libloading::Library;
use voxline_speex::Mode;

/// Names under which the library is looked for.
const NAMES: &[&str] = &["libspeex.so.1", "libspeex.so", "libspeex.1.dylib"];

/// A setting of an encoder or decoder (speex.h).
#[derive(Debug, Clone, Copy)]
#[repr(i32)]
pub(crate) enum Setting {
    Enhancement = 0,
    Quality = 4,
    LowMode = 8,
    HighMode = 10,
    Vbr = 12,
    Complexity = 16,
    Dtx = 34,
}

/// `SpeexBits` (speex_bits.h).
#[repr(C)]
struct RawBits {
    chars: *mut c_char,
    bit_count: c_int,
    char_at: c_int,
    bit_at: c_int,
    owner: c_int,
    overflow: c_int,
    buffer_size: c_int,
    reserved: c_int,
    reserved_too: *mut c_void,
}

type State = *mut c_void;
type Init = unsafe extern "C" fn(*const c_void) -> State;
type Destroy = unsafe extern "C" fn(State);
type Control = unsafe extern "C" fn(State, c_int, *mut c_void) -> c_int;

/// The functions of the library.
pub(crate) struct Libspeex {
    get_mode: unsafe extern "C" fn(c_int) -> *const c_void,
    encoder_init: Init,
    encoder_destroy: Destroy,
    encoder_control: Control,
    encode: unsafe extern "C" fn(State, *mut i16, *mut RawBits) -> c_int,
    decoder_init: Init,
    decoder_destroy: Destroy,
    decoder_control: Control,
    decode: unsafe extern "C" fn(State, *mut RawBits, *mut f32) -> c_int,
    decode_int: unsafe extern "C" fn(State, *mut RawBits, *mut i16) -> c_int,
    bits_init: unsafe extern "C" fn(*mut RawBits),
    bits_destroy: unsafe extern "C" fn(*mut RawBits),
    bits_reset: unsafe extern "C" fn(*mut RawBits),
    bits_pack: unsafe extern "C" fn(*mut RawBits, c_int, c_int),
    bits_read_from: unsafe extern "C" fn(*mut RawBits, *const c_char, c_int),
    bits_write: unsafe extern "C" fn(*mut RawBits, *mut c_char, c_int) -> c_int,
    /// The functions are code of the library.
    _library: Library,
}

/// The library, or `None` when the calling test has to skip.
pub(crate) fn libspeex() -> Option<&'static Libspeex> {
    static LIBRARY: OnceLock<Option<Libspeex>> = OnceLock::new();
    let library = LIBRARY.get_or_init(Libspeex::load);
    if library.is_none() {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "needs libspeex (Debian: libspeex1)");
        voxline_testkit::tools::skip("needs libspeex (Debian: libspeex1)");
    }
    library.as_ref()
}

impl Libspeex {
    fn load() -> Option<Self> {
        // SAFETY: loading libspeex runs no code of its own.
        let library = NAMES.iter().find_map(|name| unsafe { Library::new(*name) }.ok())?;
        /// The function of that name, as the field it goes to says it is.
        macro_rules! get {
            ($name:literal) => {
                // SAFETY: the types above are those of speex.h and speex_bits.h; the library outlives the pointer.
                *unsafe { library.get($name) }.expect("a function of libspeex")
            };
        }
        Some(Self {
            get_mode: get!("speex_lib_get_mode"),
            encoder_init: get!("speex_encoder_init"),
            encoder_destroy: get!("speex_encoder_destroy"),
            encoder_control: get!("speex_encoder_ctl"),
            encode: get!("speex_encode_int"),
            decoder_init: get!("speex_decoder_init"),
            decoder_destroy: get!("speex_decoder_destroy"),
            decoder_control: get!("speex_decoder_ctl"),
            decode: get!("speex_decode"),
            decode_int: get!("speex_decode_int"),
            bits_init: get!("speex_bits_init"),
            bits_destroy: get!("speex_bits_destroy"),
            bits_reset: get!("speex_bits_reset"),
            bits_pack: get!("speex_bits_pack"),
            bits_read_from: get!("speex_bits_read_from"),
            bits_write: get!("speex_bits_write"),
            _library: library,
        })
    }

    fn mode(&self, mode: Mode) -> *const c_void {
        self.mode_of_id(if mode == Mode::Narrowband { 0 } else { 1 })
    }

    fn mode_of_id(&self, id: c_int) -> *const c_void {
        // SAFETY: takes any number.
        let mode = unsafe { (self.get_mode)(id) };
        assert!(!mode.is_null(), "mode {id}");
        mode
    }
}

/// Bits on their way in or out.
struct Bits(&'static Libspeex, RawBits);

impl Bits {
    fn new(library: &'static Libspeex) -> Self {
        let mut raw = RawBits {
            chars: null_mut(),
            bit_count: 0,
            char_at: 0,
            bit_at: 0,
            owner: 0,
            overflow: 0,
            buffer_size: 0,
            reserved: 0,
            reserved_too: null_mut(),
        };
        // SAFETY: initialises the structure and lets it own a buffer.
        unsafe { (library.bits_init)(&raw mut raw) };
        Self(library, raw)
    }

    fn read_from(&mut self, packet: &[u8]) {
        // SAFETY: copies `packet.len()` bytes.
        unsafe { (self.0.bits_read_from)(&raw mut self.1, packet.as_ptr().cast(), packet.len() as c_int) };
    }

    /// The packet so far, filled up to whole bytes; starts a new one.
    fn write(&mut self) -> Vec<u8> {
        let mut packet = vec![0_u8; 2000];
        // SAFETY: writes at most that many bytes.
        let length = unsafe { (self.0.bits_write)(&raw mut self.1, packet.as_mut_ptr().cast(), packet.len() as c_int) };
        // SAFETY: the structure is initialised.
        unsafe { (self.0.bits_reset)(&raw mut self.1) };
        packet.truncate(length as usize);
        packet
    }
}

impl Drop for Bits {
    fn drop(&mut self) {
        // SAFETY: initialised in `new`, destroyed once.
        unsafe { (self.0.bits_destroy)(&raw mut self.1) };
    }
}

/// Encoder of libspeex.
pub(crate) struct Encoder {
    state: State,
    bits: Bits,
    frame_samples: usize,
}

impl Encoder {
    pub(crate) fn new(library: &'static Libspeex, mode: Mode, quality: i32, complexity: i32) -> Self {
        Self::of_mode(library, library.mode(mode), mode.frame_samples(), quality, complexity)
    }

    /// The mode for 32 kHz, which we do not have.
    pub(crate) fn ultra_wideband(library: &'static Libspeex, quality: i32) -> Self {
        Self::of_mode(library, library.mode_of_id(2), 640, quality, 2)
    }

    fn of_mode(
        library: &'static Libspeex,
        mode: *const c_void,
        frame_samples: usize,
        quality: i32,
        complexity: i32,
    ) -> Self {
        // SAFETY: a mode of the library.
        let state = unsafe { (library.encoder_init)(mode) };
        let mut encoder = Self { state, bits: Bits::new(library), frame_samples };
        encoder.set(Setting::Quality, quality);
        encoder.set(Setting::Complexity, complexity);
        encoder
    }

    pub(crate) fn set(&mut self, setting: Setting, mut value: i32) {
        // SAFETY: these settings take the address of a 32-bit integer.
        let status = unsafe { (self.bits.0.encoder_control)(self.state, setting as c_int, (&raw mut value).cast()) };
        assert_eq!(status, 0, "{setting:?}");
    }

    /// Adds a frame to the packet.
    pub(crate) fn add(&mut self, frame: &[i16]) {
        assert_eq!(frame.len(), self.frame_samples);
        let mut samples = frame.to_vec();
        // SAFETY: reads a frame of the mode.
        unsafe { (self.bits.0.encode)(self.state, samples.as_mut_ptr(), &raw mut self.bits.1) };
    }

    /// Adds other bits to the packet.
    pub(crate) fn add_bits(&mut self, value: u32, count: u32) {
        // SAFETY: appends bits to a buffer that grows.
        unsafe { (self.bits.0.bits_pack)(&raw mut self.bits.1, value as c_int, count as c_int) };
    }

    /// The packet of what was added.
    pub(crate) fn packet(&mut self) -> Vec<u8> {
        self.bits.write()
    }

    /// A packet a frame, for all whole frames of `speech`.
    pub(crate) fn packets(&mut self, speech: &[i16]) -> Vec<Vec<u8>> {
        let mut packets = Vec::new();
        for frame in speech.chunks_exact(self.frame_samples) {
            self.add(frame);
            packets.push(self.packet());
        }
        packets
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: made in `new`, destroyed once.
        unsafe { (self.bits.0.encoder_destroy)(self.state) };
    }
}

/// Decoder of libspeex.
pub(crate) struct Decoder {
    state: State,
    bits: Bits,
    frame_samples: usize,
}

impl Decoder {
    pub(crate) fn new(library: &'static Libspeex, mode: Mode, is_enhanced: bool) -> Self {
        // SAFETY: a mode of the library.
        let state = unsafe { (library.decoder_init)(library.mode(mode)) };
        let decoder = Self { state, bits: Bits::new(library), frame_samples: mode.frame_samples() };
        let mut value = i32::from(is_enhanced);
        // SAFETY: this setting takes the address of a 32-bit integer.
        let status =
            unsafe { (library.decoder_control)(state, Setting::Enhancement as c_int, (&raw mut value).cast()) };
        assert_eq!(status, 0);
        decoder
    }

    /// Takes a packet, of which [`next_frame`](Self::next_frame) decodes the frames.
    pub(crate) fn take(&mut self, packet: &[u8]) {
        self.bits.read_from(packet);
    }

    /// The next frame in units of a 16-bit sample, or the library's status: −1 at the end, −2 for a broken packet.
    pub(crate) fn next_frame(&mut self) -> Result<Vec<f32>, i32> {
        let mut frame = vec![0.0; self.frame_samples];
        // SAFETY: writes a frame of the mode.
        let status = unsafe { (self.bits.0.decode)(self.state, &raw mut self.bits.1, frame.as_mut_ptr()) };
        if status == 0 { Ok(frame) } else { Err(status) }
    }

    /// The first frame of a packet in whole numbers.
    pub(crate) fn decode_i16(&mut self, packet: &[u8]) -> Vec<i16> {
        self.take(packet);
        let mut frame = vec![0; self.frame_samples];
        // SAFETY: writes a frame of the mode.
        let status = unsafe { (self.bits.0.decode_int)(self.state, &raw mut self.bits.1, frame.as_mut_ptr()) };
        assert_eq!(status, 0);
        frame
    }

    /// A frame in the place of a lost packet.
    pub(crate) fn conceal(&mut self) -> Vec<f32> {
        let mut frame = vec![0.0; self.frame_samples];
        // SAFETY: no bits mean a lost packet; writes a frame of the mode.
        let status = unsafe { (self.bits.0.decode)(self.state, null_mut(), frame.as_mut_ptr()) };
        assert_eq!(status, 0);
        frame
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: made in `new`, destroyed once.
        unsafe { (self.bits.0.decoder_destroy)(self.state) };
    }
}
