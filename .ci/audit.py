"""Compares what pip-audit found with what is accepted: python .ci/audit.py FOUND.json ACCEPTED.toml."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

USAGE = 3


def judged(found: Mapping[str, Any], accepted: Mapping[str, Any], today: date) -> tuple[list[str], str]:
    """What is wrong, a line each, and a line about what was checked."""
    wrong, known = [], 0
    packages = found.get("dependencies", [])
    checked = [package for package in packages if "skip_reason" not in package]
    for package in checked:
        for finding in package["vulns"]:
            names = {finding["id"], *finding.get("aliases", [])}
            entry = next((accepted[name] for name in sorted(names) if name in accepted), None)
            what = f"{package['name']} {package['version']}: {finding['id']}"
            mended = ", ".join(finding.get("fix_versions", [])) or "no version"
            if entry is None or entry["package"] != package["name"]:
                wrong.append(f"{what}, mended in {mended}: take that, or accept it in .ci/accepted.toml and say why")
            elif entry["until"] < today:
                wrong.append(f"{what} was accepted until {entry['until']}: look at it again")
            else:
                known += 1
    return wrong, f"{len(checked)} of {len(packages)} packages checked, {known} accepted findings"


def main(found: Path, accepted: Path) -> int:
    """Say what was found; 1 if something has to be done."""
    try:
        report = json.loads(found.read_text(encoding="utf-8"))
    except ValueError:
        report = {}
    if not any("skip_reason" not in package for package in report.get("dependencies", [])):
        print("audit: the advisory service does not answer from here, nothing was checked")
        return 0
    wrong, about = judged(report, tomllib.loads(accepted.read_text(encoding="utf-8")), date.today())
    for line in wrong:
        print(f"audit: {line}")
    print(f"audit: {about}")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != USAGE:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
