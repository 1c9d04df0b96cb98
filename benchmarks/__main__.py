"""Runs the benchmarks one by one; each writes its section of results.md: `python -m benchmarks` (`make bench`)."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from importlib.util import find_spec

from bot.settings import ROOT

BENCHMARKS = ("question", "indexing", "starting", "scale", "compression", "retrieval", "cost")
WITHOUT_QUICK = frozenset({"compression", "retrieval", "cost"})
"""These have nothing to leave out."""


def main() -> int:
    """Run all, or those that are named; 1 if one of them fails."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(BENCHMARKS)}")
    parser.add_argument("--quick", action="store_true", help="fewer turns and smaller tables")
    options = parser.parse_args()
    begun = time.monotonic()
    failed = []
    for name in options.names or BENCHMARKS:
        if find_spec(f"benchmarks.{name}") is None:
            parser.error(f"there is no benchmark {name}; there are {', '.join(BENCHMARKS)}")
        print(f"\n== {name}, {time.monotonic() - begun:.0f} s after the beginning", flush=True)
        quick = ["--quick"] if options.quick and name not in WITHOUT_QUICK else []
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *quick], cwd=ROOT, check=False).returncode:
            failed.append(name)
    print(f"\nWritten: benchmarks/results.md, in {(time.monotonic() - begun) / 60:.0f} minutes.")
    if failed:
        print(f"Failed: {', '.join(failed)}; the sections of these are as they were.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
