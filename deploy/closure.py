"""Prints the packages that serving needs, at the versions installed here, without torch: for requirements.txt.

    python deploy/closure.py > list
    python -m pip install --dry-run --no-deps --ignore-installed --only-binary :all: --report report.json -r list
    python deploy/closure.py report.json > deploy/requirements.txt

The last call turns pip's report into the list with hashes: those of wheels for Linux on x86-64 and Python 3.11.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution, version
from pathlib import Path

from packaging.requirements import Requirement

# The embedded encoder runs without these; they weigh more than everything else together.
LEFT_OUT = frozenset({"torch", "sentence-transformers", "transformers", "triton"})
EXTRAS = ("mcp", "chat", "traces")
ROOT = Path(__file__).resolve().parent.parent
HEAD = "# Made by deploy/closure.py. Linux on x86-64, Python 3.11; each file is named by its hash."


def plain(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(name: str, extras: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a package needs here, and with which extras."""
    return wanted(distribution(name).requires or [], extras)


def wanted(lines: Iterable[str], extras: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The packages that requirements name, as far as they apply here."""
    for line in lines:
        found = Requirement(line)
        if found.marker is None or any(found.marker.evaluate({"extra": extra}) for extra in extras):
            yield plain(found.name), ("", *sorted(found.extras))


def closure() -> list[str]:
    """Every package that serving needs, pinned."""
    seen: dict[str, tuple[str, ...]] = {}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    own = [*project["dependencies"], *(line for extra in EXTRAS for line in project["optional-dependencies"][extra])]
    waiting = list(wanted(own, ("",)))
    while waiting:
        name, extras = waiting.pop()
        if name in LEFT_OUT or set(extras) <= set(seen.get(name, ())):
            continue
        seen[name] = tuple({*seen.get(name, ()), *extras})
        waiting += needed(name, seen[name])
    return [f"{name}=={version(name)}" for name in sorted(seen)]


def hashed(report: Path) -> list[str]:
    """What pip would install, each file with its hash."""
    lines = []
    for item in json.loads(report.read_text())["install"]:
        [kind, value] = item["download_info"]["archive_info"]["hash"].split("=", 1)
        about = item["metadata"]
        lines.append(f"{plain(about['name'])}=={about['version']} --hash={kind}:{value}")
    return [HEAD, *sorted(lines)]


if __name__ == "__main__":
    print("\n".join(hashed(Path(sys.argv[1])) if len(sys.argv) > 1 else closure()))
