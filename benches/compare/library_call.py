"""One Python library doing the job in a process of its own.

Usage: library_call.py NAME WARM_UP IN OUT. Imports, does the job once on the short WARM_UP, then on IN, and prints what
that last call took: {"wall_s": …, "cpu_s": …}.
"""

import json
import os
import resource
import sys
import time


def voxline():
    import voxline as library

    def job(source: str, target: str) -> None:
        library.load(source).astype("<i2", copy=False).tofile(target)

    return job


def soundfile_soxr():
    import numpy as np
    import soundfile
    import soxr

    def job(source: str, target: str) -> None:
        samples, rate_hz = soundfile.read(source, dtype="float32", always_2d=True)
        out = soxr.resample(samples.mean(axis=1), rate_hz, 16000)
        np.clip(np.rint(out * 32768.0), -32768, 32767).astype("<i2").tofile(target)

    return job


def librosa():
    import librosa as library
    import numpy as np

    def job(source: str, target: str) -> None:
        out, _ = library.load(source, sr=16000, mono=True)
        np.clip(np.rint(out * 32768.0), -32768, 32767).astype("<i2").tofile(target)

    return job


def miniaudio():
    import miniaudio as library

    def job(source: str, target: str) -> None:
        decoded = library.decode_file(source, library.SampleFormat.SIGNED16, nchannels=1, sample_rate=16000)
        with open(target, "wb") as file:
            decoded.samples.tofile(file)

    return job


def pyav():
    import av

    def job(source: str, target: str) -> None:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=16000)
        with av.open(source) as container, open(target, "wb") as file:
            stream = container.streams.audio[0]
            stream.codec_context.thread_count = 1
            for frame in container.decode(stream):
                for ready in resampler.resample(frame):
                    file.write(bytes(ready.planes[0])[: ready.samples * 2])
            for ready in resampler.resample(None):
                file.write(bytes(ready.planes[0])[: ready.samples * 2])

    return job


JOBS = {
    "voxline wheel": voxline,
    "soundfile+soxr": soundfile_soxr,
    "librosa": librosa,
    "miniaudio": miniaudio,
    "PyAV": pyav,
}


def cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main(name: str, warm_up: str, source: str, target: str) -> None:
    job = JOBS[name]()
    job(warm_up, target)
    os.unlink(target)
    wall, cpu = time.perf_counter(), cpu_s()
    job(source, target)
    print(json.dumps({"wall_s": time.perf_counter() - wall, "cpu_s": cpu_s() - cpu}))


if __name__ == "__main__":
    main(*sys.argv[1:])
