"""libspeex through ctypes, and how well decoded speech keeps to the original."""

import ctypes
import ctypes.util

import numpy as np
from pesq import pesq

RATES_HZ = {"nb": 8_000, "wb": 16_000}
# Samples by which encoder and decoder together are late (SPEEX_GET_LOOKAHEAD of both).
DELAYS = {"nb": 80, "wb": 223}
SET_ENHANCEMENT, SET_QUALITY, SET_COMPLEXITY = 0, 4, 16


class Bits(ctypes.Structure):
    """SpeexBits of speex_bits.h."""

    _fields_ = [
        ("chars", ctypes.c_void_p),
        *((name, ctypes.c_int) for name in ("count", "char_at", "bit_at", "owner", "overflow", "size", "reserved")),
        ("reserved_too", ctypes.c_void_p),
    ]


def load() -> ctypes.CDLL:
    library = ctypes.CDLL(ctypes.util.find_library("speex") or "libspeex.so.1")
    library.speex_lib_get_mode.restype = ctypes.c_void_p
    for side, code in (("encoder", "encode"), ("decoder", "decode")):
        getattr(library, f"speex_{side}_init").restype = ctypes.c_void_p
        getattr(library, f"speex_{side}_init").argtypes = [ctypes.c_void_p]
        getattr(library, f"speex_{side}_ctl").argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p]
        getattr(library, f"speex_{side}_destroy").argtypes = [ctypes.c_void_p]
        getattr(library, f"speex_{code}_int").argtypes = [ctypes.c_void_p] * 3
    return library


LIBRARY = load()


def start(side: str, mode: str, **settings: int) -> int:
    state = getattr(LIBRARY, f"speex_{side}_init")(LIBRARY.speex_lib_get_mode(0 if mode == "nb" else 1))
    for setting, value in settings.items():
        code = {"enhancement": SET_ENHANCEMENT, "quality": SET_QUALITY, "complexity": SET_COMPLEXITY}[setting]
        getattr(LIBRARY, f"speex_{side}_ctl")(state, code, ctypes.byref(ctypes.c_int(value)))
    return state


def encode(mode: str, quality: int, complexity: int, speech: np.ndarray) -> list[bytes]:
    state = start("encoder", mode, quality=quality, complexity=complexity)
    bits, packets, packet = Bits(), [], ctypes.create_string_buffer(200)
    LIBRARY.speex_bits_init(ctypes.byref(bits))
    for frame in frames(mode, speech):
        frame = frame.copy()
        LIBRARY.speex_bits_reset(ctypes.byref(bits))
        LIBRARY.speex_encode_int(state, frame.ctypes.data, ctypes.byref(bits))
        length = LIBRARY.speex_bits_write(ctypes.byref(bits), packet, len(packet))
        packets.append(packet.raw[:length])
    LIBRARY.speex_bits_destroy(ctypes.byref(bits))
    LIBRARY.speex_encoder_destroy(state)
    return packets


def decode(mode: str, packets: list[bytes]) -> np.ndarray:
    state = start("decoder", mode, enhancement=1)
    bits = Bits()
    LIBRARY.speex_bits_init(ctypes.byref(bits))
    speech = np.zeros((len(packets), RATES_HZ[mode] // 50), np.int16)
    for packet, frame in zip(packets, speech, strict=True):
        LIBRARY.speex_bits_read_from(ctypes.byref(bits), packet, len(packet))
        status = LIBRARY.speex_decode_int(state, ctypes.byref(bits), frame.ctypes.data)
        if status != 0:
            raise RuntimeError(f"libspeex does not decode a packet of {len(packet)} bytes: status {status}")
    LIBRARY.speex_bits_destroy(ctypes.byref(bits))
    LIBRARY.speex_decoder_destroy(state)
    return speech.reshape(-1)


def frames(mode: str, speech: np.ndarray) -> np.ndarray:
    """Whole frames, the last one filled up with silence."""
    length = RATES_HZ[mode] // 50
    return np.pad(speech, (0, -len(speech) % length)).reshape(-1, length)


def judge(mode: str, speech: np.ndarray, packets: list[bytes]) -> tuple[float, float]:
    """Segmental SNR in decibels and PESQ (MOS-LQO) of what libspeex makes of the packets, delay taken out."""
    decoded = decode(mode, packets)[DELAYS[mode] :]
    length = min(len(speech), len(decoded))
    speech, decoded = speech[:length], decoded[:length]
    return segmental_snr_db(mode, speech, decoded), pesq(RATES_HZ[mode], speech, decoded, mode)


def segmental_snr_db(mode: str, speech: np.ndarray, decoded: np.ndarray) -> float:
    """Mean over 20 ms of the ratio, from -10 to 35 dB, where the speech is not below a fiftieth of its level."""
    length = RATES_HZ[mode] // 50
    whole = len(speech) // length * length
    speech = speech[:whole].astype(float).reshape(-1, length)
    noise = speech - decoded[:whole].reshape(-1, length)
    power = np.mean(speech**2, axis=1)
    loud = power >= np.mean(power) * 0.02**2
    ratio = power[loud] / (np.mean(noise[loud] ** 2, axis=1) + 1e-9)
    return float(np.mean(np.clip(10 * np.log10(ratio), -10, 35)))
