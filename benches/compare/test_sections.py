"""The parts of the page of benchmarks."""

import tempfile
import unittest
from pathlib import Path

import sections


class Replace(unittest.TestCase):
    def test_a_part_is_replaced_and_the_others_stay(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "page.md"
            sections.replace(page, "Speex", "## Speex\n\nold\n")
            sections.replace(page, None, "# Benchmarks\n\n## Quality\n\nfirst\n")
            sections.replace(page, "Python", "## Python\n\nmiddle\n")
            sections.replace(page, "Speex", "## Speex\n\nlast\n")
            expected = "# Benchmarks\n\n## Quality\n\nfirst\n\n## Python\n\nmiddle\n\n## Speex\n\nlast\n"
            self.assertEqual(page.read_text(), expected)
            sections.replace(page, None, "# Other\n")
            self.assertEqual(page.read_text(), "# Other\n\n## Python\n\nmiddle\n\n## Speex\n\nlast\n")


if __name__ == "__main__":
    unittest.main()
