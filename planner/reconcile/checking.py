"""The whole reconciliation: read both forms, compare, price each difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from planner import inputs
from planner.catalog import Catalog
from planner.errors import InputError, Problem
from planner.models.plan import Plan
from planner.reconcile.costs import Pricer, State, by_environment
from planner.reconcile.differences import Comparison, Difference
from planner.reconcile.edits import changes, edited, touched
from planner.reconcile.listed import unlisted
from planner.reconcile.modules import FOLDER as TERRAFORM
from planner.reconcile.modules import read_modules
from planner.reconcile.nouns import FORMS, Form, FoundSite
from planner.reconcile.outcome import Edit, Finding, FormOutcome, Outcome
from planner.reconcile.stacks import STACKS, read_stacks
from planner.reconcile.table import read_table
from planner.reconcile.yamltext import read_json

BUNDLE = "bundle.json"
FIRST_STEP = 0


def reconcile(folder: Path, plan: Plan, catalog: Catalog, written: Mapping[str, str] | None = None) -> Outcome:
    """Return whether the files of a bundle provision what was planned and priced, with every difference and its price.

    Args:
        folder: The bundle.
        plan: The plan it was made from; verified, so that its lines are right.
        catalog: The catalog the plan was made with.
        written: The files as the plan's export writes them, by path. With them, what was edited is told line by line, and values
            that the plan says nothing of are compared too.

    Raises:
        InputError: the folder holds no bundle, or a file of it cannot be read.
    """
    forms = _read(folder)
    pricer = Pricer(plan, inputs.from_data(plan.document, regions=tuple(catalog.regions)), catalog, FIRST_STEP)
    names = _environments(folder, plan)
    table = read_table(catalog)
    edits = edited(folder, written) if written is not None else []
    before = _read_again(written, edits) if written is not None and edits else {}
    made = []
    for form, sites in forms.items():
        comparison = Comparison(plan, table, _by_place(sites), names, FIRST_STEP)
        differences = [*comparison.differences(), *unlisted(comparison)]
        if form in before:
            differences += _besides(differences, changes(sites, before[form], table.owners))
        made.append(_checked(form, sites, pricer, names, differences))
    return Outcome(FIRST_STEP, tuple(made), tuple(edits))


def _read_again(written: Mapping[str, str], edits: Sequence[Edit]) -> Mapping[Form, list[FoundSite]]:
    """Return what the forms that somebody edited made when they were written."""
    forms = [form for form in FORMS if touched(edits, form)]
    with TemporaryDirectory(prefix="planner-") as name:
        for path, text in written.items():
            if path.split("/")[0] in forms:
                target = Path(name, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
        return _read(Path(name)) if forms else {}


def _besides(found: list[Difference], changed: Iterator[Difference]) -> list[Difference]:
    """Return the changes that no difference from the plan speaks of."""
    places = {place for item in found for place in item.places}
    gone = {item.gone for item in found if item.gone}
    return [item for item in changed if not places.intersection(item.places) and (not item.gone or item.gone not in gone)]


def _read(folder: Path) -> Mapping[Form, list[FoundSite]]:
    forms: dict[Form, list[FoundSite]] = {}
    if (folder / STACKS).is_file():
        forms["cloudformation"] = read_stacks(folder)
    if (folder / TERRAFORM).is_dir():
        forms["terraform"] = read_modules(folder)
    if not forms:
        message = f"is no bundle: it has neither {STACKS} nor {TERRAFORM}"
        raise InputError([Problem(str(folder), 0, 0, "B001", "", message, "planner export plan.json -o DIR writes one")])
    return forms


def _environments(folder: Path, plan: Plan) -> frozenset[str]:
    """Return the environments that a bundle was written for; all of the plan's where it does not say."""
    every = frozenset(environment.name for environment in plan.environments)
    if not (folder / BUNDLE).is_file():
        return every
    said = read_json(folder / BUNDLE, BUNDLE)
    named = said.get("environments") if isinstance(said, Mapping) else None
    return every & frozenset(map(str, named)) if isinstance(named, list) and named else every


def _by_place(sites: list[FoundSite]) -> dict[tuple[str, str], FoundSite]:
    return {(site.environment, site.region): site for site in sites}


def _checked(
    form: Form, sites: list[FoundSite], pricer: Pricer, environments: frozenset[str], differences: Sequence[Difference]
) -> FormOutcome:
    planned = _planned(pricer.plan, environments)
    priced = Priced(pricer)
    findings = [_unequal(form, name, usd, planned) for name, usd in priced.totals().items() if planned.get(name, usd) != usd]
    findings.extend(Finding(form, item.path, item.message, priced.more(item)) for item in differences)
    found = {name: usd for name, usd in priced.totals().items() if name in planned}
    return FormOutcome(form, sum(len(site.blocks) for site in sites), planned, found, tuple(findings))


class Priced:
    """The costs of a bundle while one difference after the other is taken into account: what they add sums up exactly."""

    def __init__(self, pricer: Pricer) -> None:
        self._pricer, self._state = pricer, State()
        self._costs, _ = pricer.costs(self._state)
        self._partly: dict[str, Decimal] = {}

    def totals(self) -> dict[str, Decimal]:
        """Return dollars a month by environment."""
        totals = by_environment(self._costs)
        return {name: usd + self._partly.get(name, Decimal(0)) for name, usd in totals.items()}

    def more(self, difference: Difference) -> Decimal | None:
        """Return what a difference adds to a month; None where nothing can be said, as for a class without a price."""
        if difference.apply is None:
            return None
        state = self._state.copy()
        difference.apply(state)
        costs, missing = self._pricer.costs(state)
        if missing:
            return None
        more = (sum(costs.values(), Decimal(0)) - sum(self._costs.values(), Decimal(0))) * difference.share
        if difference.share == 1:
            self._state, self._costs = state, costs
        else:
            environment = difference.path.split("/")[0]
            self._partly[environment] = self._partly.get(environment, Decimal(0)) + more
        return more


def _planned(plan: Plan, environments: frozenset[str]) -> dict[str, Decimal]:
    made: dict[str, Decimal] = {name: Decimal(0) for name in sorted(environments)}
    for line in plan.line_items:
        if line.environment in made:
            made[line.environment] += line.monthly_usd_by_step[FIRST_STEP]
    return made


def _unequal(form: Form, name: str, usd: Decimal, planned: Mapping[str, Decimal]) -> Finding:
    return Finding(form, name, f"the plan's own bill cannot be derived again: {planned[name]} planned, {usd} derived", usd - planned[name])
