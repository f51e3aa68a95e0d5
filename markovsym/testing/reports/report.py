"""Every check that applies to a model, as one table, beside a broken copy that must fail."""

import html
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from typing import Any, final

import torch
from rich.console import Console
from rich.table import Table

from markovsym.actions import GSpace
from markovsym.errors import SpaceError
from markovsym.kernels import Kernel
from markovsym.spaces import Value
from markovsym.symmetrise.equivariant import ends
from markovsym.testing.effort import Effort, making, usual
from markovsym.testing.inputs.cases import drawn_like
from markovsym.testing.law.in_law import assert_equivariant_in_law
from markovsym.testing.outcome import NotApplicableError, Outcome, Verdict, heard
from markovsym.testing.reports.battery import battery
from markovsym.testing.reports.control import broken
from markovsym.testing.seeds import derived
from markovsym.testing.subject import Model, device_of, kernel_of, precision_of

WIDTH = 120
"""Columns of the table as text."""

STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse}td,th{border-bottom:1px solid #ccc;padding:.4em .8em;"
    "text-align:left;vertical-align:top}.pass{color:#06682a}.fail{color:#a80000;font-weight:bold}"
    ".inconclusive{color:#8a5a00}.not{color:#666}pre{white-space:pre-wrap;margin:0}"
)


@final
@dataclass(frozen=True)
class Report:
    """What every check said of one model."""

    name: str
    """What was tested."""
    group: str
    """The group."""
    outcomes: tuple[Outcome, ...]

    @property
    def verdict(self) -> Verdict:
        """Fail, if any check does; pass, if some do and none is inconclusive."""
        found = {one.verdict for one in self.outcomes}
        for worst in (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS):
            if worst in found:
                return worst
        return Verdict.INCONCLUSIVE

    def table(self) -> Table:
        """One row for each check."""
        table = Table("check", "verdict", "CPU s", "what was found", box=None, title_justify="left")
        table.title = f"{self.name}, under {self.group}: {self.verdict.value}"
        for one in self.outcomes:
            table.add_row(one.check, one.verdict.value, f"{one.seconds:.2f}", one.detail)
        return table

    def to_json(self) -> dict[str, Any]:
        """All of it, for a file."""
        rows = [
            {"check": one.check, "verdict": one.verdict.value, "detail": one.detail,
             "cpu_seconds": round(one.seconds, 3)}
            for one in self.outcomes
        ]  # fmt: skip
        facts = {"name": self.name, "group": self.group, "verdict": self.verdict.value}
        return {**facts, "checks": rows}

    def html(self) -> str:
        """The table, as part of a page."""
        rows = "".join(
            f'<tr><td>{html.escape(one.check)}</td><td class="{one.verdict.value.split()[0]}">'
            f"{one.verdict.value}</td><td>{one.seconds:.2f}</td>"
            f"<td><pre>{html.escape(one.detail)}</pre></td></tr>"
            for one in self.outcomes
        )
        return (
            f"<h2>{html.escape(self.name)}, under {html.escape(self.group)}: "
            f"{self.verdict.value}</h2><table><tr><th>check</th><th>verdict</th><th>CPU s</th>"
            f"<th>what was found</th></tr>{rows}</table>"
        )


@final
@dataclass(frozen=True)
class Verified:
    """The report on a model, and those on copies that were broken on purpose."""

    report: Report
    controls: tuple[Report, ...]

    @property
    def trusted(self) -> bool:
        """Whether the model passes, and every broken copy fails."""
        fail = all(one.verdict is Verdict.FAIL for one in self.controls)
        return self.report.verdict is Verdict.PASS and bool(self.controls) and fail

    def text(self) -> str:
        """The tables, and a line on what they say together."""
        page = StringIO()
        console = Console(file=page, width=WIDTH)
        for one in (self.report, *self.controls):
            console.print(one.table())
            console.print()
        lines = (line.rstrip() for line in page.getvalue().splitlines())
        return "\n".join([*lines, self.conclusion])

    @property
    def conclusion(self) -> str:
        """What the tables say together, in a line."""
        name, controls = self.report.name, [c.name for c in self.controls]
        alive = [c.name for c in self.controls if c.verdict is not Verdict.FAIL]
        if alive:
            return f"nothing is known of {name}: {', '.join(alive)} should have failed, and did not"
        if not controls:
            return f"nothing is known of {name}: there is no broken copy to compare it with"
        return {
            Verdict.PASS: f"{name} passes; {', '.join(controls)} fails, as it must",
            Verdict.FAIL: f"{name} fails",
        }.get(self.report.verdict, f"nothing is known of {name}: a check is inconclusive")

    def to_json(self) -> dict[str, Any]:
        """All of it, for a file."""
        controls = [one.to_json() for one in self.controls]
        facts = {"trusted": self.trusted, "conclusion": self.conclusion}
        return {**facts, "report": self.report.to_json(), "controls": controls}

    def html(self) -> str:
        """A page of its own."""
        name = html.escape(self.report.name)
        tables = "".join(one.html() for one in (self.report, *self.controls))
        return (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>'
            f"<style>{STYLE}</style><h1>Is {name} equivariant?</h1>"
            f"<p>{html.escape(self.conclusion)}</p>{tables}</html>\n"
        )


def report(
    model: Model,
    x: Value | None = None,
    *,
    X: GSpace | None = None,
    Y: GSpace | None = None,
    effort: Effort | None = None,
    name: str = "the model",
) -> Report:
    """Run every check that applies to a model.

    Args:
        model: A kernel; or any torch module or function between X and Y.
        x: A point, or several along one batch dimension; by default random ones.
        X: Where the model starts; a kernel brings its own.
        Y: Where it ends; by default X.
        effort: How long tests in law look, and how sure they are to be.
        name: What to call the model.

    Raises:
        SpaceError: If the model does not run at a point of X, or does not end in Y.
    """
    kernel = kernel_of(model, X, Y)
    require_runs(kernel, x)
    return _run(name, kernel, battery(kernel, x), effort)


def verify(
    model: Model,
    x: Value | None = None,
    *,
    X: GSpace | None = None,
    Y: GSpace | None = None,
    effort: Effort | None = None,
    name: str = "the model",
) -> Verified:
    """Run every check that applies to a model, and that in law on a broken copy.

    Args:
        model: As for ``report``, and so are the others.
        x: A point, or several.
        X: Where the model starts.
        Y: Where it ends.
        effort: How long tests in law look.
        name: What to call the model.
    """
    kernel = kernel_of(model, X, Y)
    found = report(model, x, X=X, Y=Y, effort=effort, name=name)
    try:
        copy = broken(kernel)
    except NotApplicableError:
        return Verified(found, ())
    return Verified(found, (control(f"a broken copy of {name}", copy, x, effort=effort),))


def control(
    name: str, kernel: Kernel, x: Value | None = None, *, effort: Effort | None = None
) -> Report:
    """The test in law alone, of a kernel that must fail it."""
    return _run(name, kernel, [lambda: assert_equivariant_in_law(kernel, x)], effort)


def _run(
    name: str, kernel: Kernel, checks: list[Callable[[], object]], effort: Effort | None
) -> Report:
    outcomes: list[Outcome] = []
    with heard(outcomes.append), making(effort or usual()):
        for one in checks:
            with suppress(Exception):
                one()
    return Report(name, str(ends(kernel)[0].group), tuple(outcomes))


def require_runs(kernel: Kernel, x: Value | None) -> None:
    """Try the model once, lest every check say in its own words that it does not run.

    Raises:
        SpaceError: If it does not.
    """
    (X, _), device = ends(kernel), device_of(kernel)
    like = torch.zeros((), dtype=precision_of(kernel), device=device)
    at = drawn_like(X, 2, derived("trial", str(X)), like) if x is None else x
    try:
        kernel.sample(at, generator=derived("trial", device=device))
    except (RuntimeError, TypeError, IndexError) as error:
        raise SpaceError(f"the model does not run at points of ({X.space}): {error}") from None
