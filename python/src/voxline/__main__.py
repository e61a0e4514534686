"""The program ``voxline``, as console script and as ``python -m voxline``."""

import signal
import sys

from ._voxline import _main


def main() -> int:
    """Runs the program on ``sys.argv`` and returns its exit code."""
    # Python's own handler only notes that there was a Ctrl-C and waits for Python code to go on.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
