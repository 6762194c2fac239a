"""The report as one HTML file that needs no network: text, pictures, charts with their library, and its own policy of what may run."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from planner.models.stated import stand_ins
from planner.render import words
from planner.render.bill import basis_line
from planner.render.runbook import clock, reached, timed
from planner.render.summary import budget_usd, leaf
from planner.report import charts
from planner.report.architecture import picture
from planner.report.charts import Chart
from planner.report.decision import down, first_page, limits
from planner.report.drawing import draw
from planner.report.material import Material
from planner.report.recovering import timelines
from planner.report.tables import bill, ranked, refused, sources, trace

SECTIONS = {
    "decision": "Decision", "architecture": "Architecture", "bill": "Bill", "months": "Months", "tags": "Price tags",
    "recovery": "Recovery", "availability": "Availability", "controls": "Controls", "trace": "Trace", "alternatives": "Alternatives",
    "assumptions": "Assumptions", "sign-off": "Sign-off",
}  # fmt: skip


def html(material: Material) -> str:
    """Return the report; equal material gives equal bytes."""
    plan = material.plan
    shown = _charts(material)
    scripts = (_library(), _asset("report.js"))
    return (
        _engine()
        .get_template("report.html.j2")
        .render(
            plan=plan,
            material=material,
            first=first_page(material),
            drawings=[draw(picture(plan, environment, material.services)) for environment in plan.environments],
            mirrors={mirror.environment: mirror for mirror in plan.continuity.mirrors},
            bill=bill(plan),
            charts={chart.id: chart for chart in shown},
            figures=_figures(shown),
            timelines=timelines(plan),
            limits=limits(plan),
            trace=trace(plan),
            refused=list(refused(plan)),
            unknown=list(stand_ins(plan.document)),
            sources=sources(plan),
            sections=_sections(shown),
            style=Markup(_asset("report.css")),  # noqa: S704 - a file of this package
            scripts=[Markup(script) for script in scripts],  # noqa: S704 - plotly's and this package's
            policy=_policy(scripts),
        )
    )


def _sections(shown: Sequence[Chart]) -> list[tuple[str, str]]:
    """Return the sections that the report has; price tags and frontier only where they were asked for."""
    asked = {chart.id for chart in shown} & {"tags", "frontier"}
    return [(name, title) for name, title in SECTIONS.items() if name != "tags" or asked]


def _charts(material: Material) -> Sequence[Chart]:
    made = [charts.months(material), charts.services(material.plan), charts.cash(material)]
    if material.plan.availability:
        made.append(charts.journeys(material.plan))
    if len(material.frontier) > 1:
        made.append(charts.frontier(material))
    if any(tag.price_usd for tag in material.tags):
        made.append(charts.tags(material))
    return made


def _figures(shown: Sequence[Chart]) -> Markup:
    """Return the charts as JSON that no text in it can leave: a script's end needs a `<`."""
    found = {chart.id: {"data": chart.traces, "layout": chart.layout, "height": chart.height} for chart in shown}
    text = json.dumps(found, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704 - escaped above


def _policy(scripts: Sequence[str]) -> str:
    """Return the content security policy: these scripts and no others, no network at all."""
    allowed = " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"


def _asset(name: str) -> str:
    return resources.files("planner.report").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _library() -> str:
    """Return plotly.js, as its Python package carries it; importing that package is not needed for it."""
    text = resources.files("plotly").joinpath("package_data", "plotly.min.js").read_text(encoding="utf-8")
    return text.replace("</script", "<\\/script")


@cache
def _engine() -> Environment:
    """Return the engine of the templates: everything is escaped, and control characters and overrides of direction are removed."""
    engine = Environment(
        autoescape=True, undefined=StrictUndefined, loader=PackageLoader("planner.report"), trim_blocks=True, lstrip_blocks=True,
        finalize=_finished,
    )  # fmt: skip
    engine.filters |= {
        "usd": words.dollars, "amount": words.amount, "duration": words.duration, "percent": words.percent, "readable": words.readable,
        "counted": words.counted, "ranked": ranked, "down": down, "spaced": _spaced, "px": _px,
    }  # fmt: skip
    engine.globals |= {
        "share": words.share,
        "measured": words.measured,
        "reached": reached,
        "timed": timed,
        "clock": clock,
        "leaf": leaf,
        "budget_usd": budget_usd,
        "basis_line": basis_line,
    }
    return engine


def _finished(value: Any) -> Any:
    if isinstance(value, Markup) or value is None:
        return value
    return words.harmless(value) if isinstance(value, str) else value


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _px(value: float | Decimal) -> str:
    return f"{value:.1f}".removesuffix(".0")
