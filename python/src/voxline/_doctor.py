"""What an examination says; the fields are those of Rust's ``Diagnosis``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from . import _report
from ._record import Record

if TYPE_CHECKING:
    from ._report import Report

    _Severity: TypeAlias = Literal["info", "warning", "error"]


class Figure(Record):
    """A number with its name and unit."""

    name: str
    """What the number is."""
    value: float
    unit: str
    """``dB``, ``dBFS`` (relative to full scale), ``Hz``, ``ms``, ``s``, ``frames``; empty for counts and ratios."""


class Finding(Record):
    """One thing that was found. Names, figures and thresholds stand in docs/doctor.md."""

    name: str
    """For programs: ``silent``, ``clipping``, ``crosstalk`` …"""
    severity: _Severity
    """``error``: the recording cannot be used as it is; ``warning``: part of what was said may be lost or ascribed to
    the wrong side; ``info``: nothing has to be done."""
    channels: tuple[int, ...]
    """The channels concerned, counted from 1; empty when it is the file."""
    figures: tuple[Figure, ...]
    """The numbers behind it."""
    what: str
    """What it is, in one sentence."""
    advice: str
    """What to do about it, in one sentence."""

    def figure(self, name: str) -> float | None:
        """The number of this name."""
        return next((figure.value for figure in self.figures if figure.name == name), None)


class ChannelHealth(Record):
    """One channel in numbers. Levels are in dBFS; ``None`` where there is nothing to measure."""

    channel: int
    """Which one, counted from 1."""
    digital_silence: bool
    """Whether all its samples are the same."""
    loudest_dbfs: float | None
    """Level that a hundredth of the time reaches."""
    dc_offset: float
    """Mean of all samples, as a share of full scale."""
    clipped_runs: int
    """Runs of samples at full scale."""
    clipped_samples: int
    longest_clip_ms: float
    holes: int
    """Stretches of digital silence of at least a second with sound before and after."""
    holes_s: float
    longest_hole_s: float
    longest_hole_at_s: float
    """Where the longest begins."""
    leading_silence_s: float
    trailing_silence_s: float
    bandwidth_hz: float | None
    """Up to which frequency there is anything."""
    raised_by: int | None
    """By which factor the rate was raised by repeating samples or by straight lines between them."""
    speech_s: float
    speech_ratio: float
    """Speech as a share of all."""
    speech_dbfs: float | None
    """Mean level of speech."""
    noise_dbfs: float | None
    """Noise floor between speech."""


class SignalMatch(Record):
    """One signal found in another."""

    lag_frames: int
    """By how much the copy is late; negative when it is early."""
    lag_ms: float
    correlation: float
    """At this lag, -1 to 1."""
    gain_db: float
    """Level of the copy relative to the original."""
    prominence: float
    """How many times the correlation there is that elsewhere: small for tones and for chance."""


class PairHealth(Record):
    """Two channels together in numbers."""

    correlation: float | None
    """Without any lag, -1 to 1; ``None`` while one is silent."""
    best_match: SignalMatch | None
    """Where channel 1 fits channel 2 best, be it by chance."""
    leak_1_to_2: SignalMatch | None
    """The same while channel 1 is the louder one."""
    leak_2_to_1: SignalMatch | None
    leak_blocks: tuple[int, int]
    """Half-second blocks in which channel 1 was the louder one by 6 dB and more, and those of channel 2."""
    any_speech_s: float
    """Seconds in which at least one side speaks."""
    talk_over_s: float
    """Seconds in which both speak."""
    talk_over_ratio: float | None
    """Talk-over as a share of all speech."""


class Diagnosis(Record):
    """The outcome of an examination."""

    findings: tuple[Finding, ...]
    """What was found: of the file, of each channel, of the two together."""
    channels: tuple[ChannelHealth, ...]
    """Each channel in numbers, good or bad; empty when there is no audio."""
    pair: PairHealth | None
    """The two channels together; only when there are two."""
    sample_rate_hz: int
    """The rate of the frames that ``channels`` and ``pair`` are about."""
    frames: int
    """How many frames that are."""
    report: Report
    """What :func:`voxline.info` says."""

    @property
    def worst(self) -> _Severity | None:
        """The severity of the worst finding; ``None`` when nothing was found."""
        found = {finding.severity for finding in self.findings}
        return next((severity for severity in _SEVERITIES if severity in found), None)

    def to_dict(self) -> dict[str, Any]:
        """All of it as dicts and lists: what ``voxline doctor --json`` prints, without the name of the file."""
        plain: dict[str, Any] = _plain(self)
        return {"worst": self.worst, **plain}

    def to_json(self, *, indent: int | None = None) -> str:
        """The same as text."""
        import json

        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)


_SEVERITIES: tuple[_Severity, ...] = ("error", "warning", "info")


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return {name: _plain(getattr(value, name)) for name in value._fields}
    if isinstance(value, tuple):
        fields = getattr(value, "_fields", None)
        return [_plain(item) for item in value] if fields is None else dict(zip(fields, map(_plain, value), strict=True))
    return value


def _finding(parts: dict[str, Any]) -> Finding:
    figures = tuple(Figure(**figure) for figure in parts.pop("figures"))
    return Finding(channels=tuple(parts.pop("channels")), figures=figures, **parts)


def _pair(parts: dict[str, Any]) -> PairHealth:
    for name in ("best_match", "leak_1_to_2", "leak_2_to_1"):
        if parts[name] is not None:
            parts[name] = SignalMatch(**parts[name])
    return PairHealth(**{**parts, "leak_blocks": tuple(parts["leak_blocks"])})


def from_json(text: str) -> Diagnosis:
    """The diagnosis that Rust wrote; a field that is not here is an error, so that the two cannot drift."""
    import json

    parts = json.loads(text)
    pair = parts.pop("pair")
    return Diagnosis(
        findings=tuple(map(_finding, parts.pop("findings"))),
        channels=tuple(ChannelHealth(**channel) for channel in parts.pop("channels")),
        pair=None if pair is None else _pair(pair),
        report=_report.from_parts(parts.pop("report")),
        **parts,
    )
