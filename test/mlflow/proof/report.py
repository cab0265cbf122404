"""How many checks of each endpoint passed."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from proof.endpoints import ENDPOINTS


class Report:
    """Counts of passed and failed checks by endpoint, and every check's outcome."""

    def __init__(self) -> None:
        """Nothing has run."""
        self.counts: dict[str, Counter[str]] = {endpoint: Counter() for endpoint in ENDPOINTS}
        self.checks: list[dict[str, Any]] = []

    def add(self, name: str, endpoints: list[str], outcome: str, message: str = "") -> None:
        """One check ended."""
        self.checks.append({"name": name, "endpoints": endpoints, "outcome": outcome, "message": message})
        for endpoint in endpoints:
            self.counts.setdefault(endpoint, Counter())[outcome] += 1

    def lines(self) -> list[str]:
        """`endpoint: passed`, and what did not."""
        return [f"{endpoint}: {self.words(count)}" for endpoint, count in self.counts.items()]

    @staticmethod
    def words(count: "Counter[str]") -> str:
        """What became of the checks of one endpoint."""
        others = [f", {count[outcome]} {outcome}" for outcome in ("failed", "skipped") if count[outcome]]
        return f"{count['passed']} passed" + "".join(others)

    def write(self, file: str) -> None:
        """As JSON, for what runs the checks."""
        content = {"endpoints": self.counts, "checks": self.checks}
        Path(file).write_text(json.dumps(content, indent=1))
