"""What every result says about itself; the fields are those of Rust's ``Report``."""

from __future__ import annotations

from typing import Any, NamedTuple


class ChannelLevel(NamedTuple):
    """Level of one channel relative to full scale; ``None`` for digital silence."""

    peak_dbfs: float | None
    rms_dbfs: float | None


class Warning(NamedTuple):
    """One oddity, however often it happened."""

    code: str
    """For programs: ``truncated``, ``bad_size``, ``junk_skipped``, ``bad_frames``, ``glued_files``, ``clipped`` …"""
    message: str
    """One sentence about the first occurrence."""
    count: int  # type: ignore[assignment]
    """How often it happened."""


class SourceReport(NamedTuple):
    """The input as decoded."""

    container: str
    """``wav``, ``au``, ``aiff``, ``mp3``, ``flac``, ``ogg``, ``m4a``, ``speex`` or ``raw``."""
    codec: str
    sample_rate_hz: int
    channel_count: int
    channel_mask: int
    frames: int
    """Decoded frames, delay and padding removed."""
    duration_s: float
    duration_exact: bool
    """Whether ``frames`` is the length of the original to the sample."""
    encoder_delay_frames: int | None
    encoder_padding_frames: int | None
    bad_frames: int
    """Coded frames that could not be decoded and were concealed."""
    samples_nan: int
    input_bytes: int
    channels: tuple[ChannelLevel, ...]
    channel_names: tuple[str, ...] = ()
    """The names that ``input_channel_names`` gave them."""


class TargetReport(NamedTuple):
    """The output as written; all zero when only the input was looked at."""

    encoding: str
    sample_rate_hz: int
    channel_count: int
    outputs: int
    frames: int
    """Frames of one output."""
    duration_s: float
    bytes: int
    """Bytes of all outputs before base64."""
    packet_bytes: int | None
    samples_clipped: int
    channels: tuple[ChannelLevel, ...]
    channel_names: tuple[str, ...] = ()
    """The names of the channels that came out as they were; empty for a mix."""


class Report(NamedTuple):
    """What was found, what was done and what was odd about it."""

    source: SourceReport
    target: TargetReport
    warnings: tuple[Warning, ...]


def _levels(part: dict[str, Any]) -> dict[str, Any]:
    levels = tuple(ChannelLevel(**level) for level in part["channels"])
    return {**part, "channels": levels, "channel_names": tuple(part["channel_names"])}


def from_json(text: str) -> Report:
    """The report that Rust wrote; a field that is not here is an error, so that the two cannot drift."""
    import json

    return from_parts(json.loads(text))


def from_parts(parts: dict[str, Any]) -> Report:
    """The same from what the text says."""
    source, target = SourceReport(**_levels(parts.pop("source"))), TargetReport(**_levels(parts.pop("target")))
    return Report(source, target, tuple(Warning(**warning) for warning in parts.pop("warnings")), **parts)
