"""Keywords and Options."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
import voxline
from conftest import wav


def test_every_option_of_the_table_is_a_keyword_with_its_default() -> None:
    plain = voxline.Options()
    for keyword, key, takes, _, default, help_ in voxline.option_table():
        assert keyword.replace("_", "") in key.replace("target.", "").replace(".", "").replace("_", "")
        assert takes and help_
        again = voxline.Options(**{keyword: default})  # type: ignore[arg-type]
        assert again == plain, keyword
        # The value that the attribute gives can be handed in again.
        assert voxline.Options(**{keyword: getattr(plain, keyword)}) == plain, keyword
        assert keyword in dir(plain)


def test_values_come_as_python_means_them() -> None:
    options = voxline.Options(
        sample_rate=8000, channels=2, input_strict=True, limits_max_duration_s=1.5, limits_max_output_bytes=None,
        input_raw_format="alaw", dither="tpdf", resample_quality="best", http_ca_file="a b.pem",
    )
    assert (options.sample_rate, options.channels, options.input_strict) == (8000, 2, True)
    assert (options.limits_max_duration_s, options.limits_max_output_bytes) == (1.5, None)
    assert (options.input_raw_format, options.dither, options.http_ca_file) == ("alaw", "tpdf", "a b.pem")
    assert options.input_gapless is True
    assert repr(options).startswith("Options(input_raw_format='alaw', input_strict=True, sample_rate=8000, channels=2")
    with pytest.raises(AttributeError, match="nothing"):
        options.nothing  # noqa: B018


def test_numbers_of_numpy_and_paths_are_taken() -> None:
    import numpy as np

    options = voxline.Options(sample_rate=np.int64(8000), http_ca_file=Path("ca.pem"))  # type: ignore[arg-type]
    assert (options.sample_rate, options.http_ca_file) == (8000, "ca.pem")


def test_options_are_the_keywords_said_before(mp3: bytes) -> None:
    options = voxline.Options("chat-8k", channels="left")
    by_options = voxline.prepare(mp3, options=options)
    assert by_options == voxline.prepare(mp3, profile="chat-8k", channels="left")
    over = voxline.prepare(mp3, options=options, channels="right")
    assert over == voxline.prepare(mp3, options=options.replace(channels="right")) != by_options
    assert voxline.load(mp3, options=options).tobytes() == by_options.data
    assert voxline.load(mp3, options=options, channels="mix").tobytes() != by_options.data


def test_options_compare_and_survive_pickling() -> None:
    options = voxline.Options("chat-speex", input_strict=True, http_proxy="http://user:canary@host:1")
    again = pickle.loads(pickle.dumps(options))
    assert again == options != voxline.Options("chat-speex")
    assert hash(again) == hash(options) != hash(voxline.Options("chat-speex"))
    assert {options: 1}[again] == 1
    assert "canary" not in repr(options) and "canary" not in str(options.http_proxy)


@pytest.mark.parametrize(
    ("keywords", "words"),
    [
        ({"samplerate": 8000}, "sample_rate"),
        ({"channels": "middle"}, "mix"),
        ({"channels": 0}, "channels"),
        ({"input_strict": "perhaps"}, "bool"),
        ({"resample_quality": 3}, "standard"),
        ({"limits_max_duration_s": float("nan")}, "number"),
        ({"sample_rate": -1}, "sample_rate"),
        ({"speex_quality": 11}, "10"),
    ],
)
def test_wrong_keywords_say_what_is_right(keywords: dict[str, Any], words: str) -> None:
    for call in (lambda: voxline.Options(**keywords), lambda: voxline.prepare(wav([0]), **keywords)):
        with pytest.raises(voxline.InvalidArgumentError, match=words):
            call()


def test_a_value_that_is_no_value_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="list"):
        voxline.Options(channels=[1])  # type: ignore[arg-type]
    with pytest.raises(voxline.UnknownOptionError):
        voxline.Options(colour="red")  # type: ignore[call-arg]
    with pytest.raises(voxline.InvalidArgumentError, match="chat-16k"):
        voxline.Options("no-such-profile")
