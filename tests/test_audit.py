from __future__ import annotations

import importlib.util
import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.settings import ROOT

ACCEPTED = ROOT / ".ci" / "accepted.toml"
spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
assert spec is not None
assert spec.loader is not None
audit = importlib.util.module_from_spec(spec)
spec.loader.exec_module(audit)

TODAY = date(2026, 12, 1)
ENTRY = {"package": "a", "since": date(2026, 11, 1), "until": date(2027, 1, 1), "why": "It is not used."}


def found(*names: str, package: str = "a") -> dict[str, Any]:
    vulns = [{"id": name, "aliases": [f"CVE-{name}"], "fix_versions": ["2.0"]} for name in names]
    return {"dependencies": [{"name": package, "version": "1.0", "vulns": vulns}, {"name": "b", "skip_reason": "?"}]}


def test_what_is_found_has_to_be_dealt_with() -> None:
    wrong, about = audit.judged(found("one", "two"), {"two": ENTRY}, TODAY)

    assert wrong == ["a 1.0: one, mended in 2.0: take that, or accept it in .ci/accepted.toml and say why"]
    assert about == "1 of 2 packages checked, 1 accepted findings"


def test_a_finding_is_known_by_its_other_names() -> None:
    assert audit.judged(found("one"), {"CVE-one": ENTRY}, TODAY)[0] == []


def test_nothing_is_accepted_for_ever_or_for_another_package() -> None:
    [late] = audit.judged(found("one"), {"one": ENTRY}, date(2027, 1, 2))[0]
    assert "was accepted until 2027-01-01" in late
    assert audit.judged(found("one", package="c"), {"one": ENTRY}, TODAY)[0]


@pytest.mark.parametrize("text", ["", "{}", json.dumps({"dependencies": [{"name": "b", "skip_reason": "?"}]})])
def test_without_the_service_it_says_so_and_fails_nothing(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "found.json"
    path.write_text(text, encoding="utf-8")

    assert audit.main(path, ACCEPTED) == 0
    [line] = capsys.readouterr().out.splitlines()
    assert "nothing was checked" in line


def test_findings_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "found.json"
    path.write_text(json.dumps(found("one")), encoding="utf-8")

    assert audit.main(path, ACCEPTED) == 1
    assert "a 1.0: one" in capsys.readouterr().out


def test_every_accepted_finding_says_since_when_until_when_and_why() -> None:
    for name, entry in tomllib.loads(ACCEPTED.read_text(encoding="utf-8")).items():
        assert set(entry) == {"package", "since", "until", "why"}, name
        assert entry["since"] < entry["until"], name
        assert len(entry["why"]) > 20, name
