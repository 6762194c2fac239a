"""A what-if session: commands typed one after the other on one document, each answered at once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from planner import files, inputs, pipeline, whatif
from planner.cli import negotiating, output, points, scenarios
from planner.cli.typed import fields_in, names_in, path_and_value
from planner.cli.workbench import State, Workbench, refused
from planner.errors import InputError, PlannerError
from planner.interview.paths import Place, places
from planner.interview.prompting import Reader, Suggestion
from planner.interview.written import Written
from planner.models.components import KINDS
from planner.models.requirements import Requirements
from planner.models.stated import value_at, words
from planner.render import answers
from planner.render.scenarios import show_scenarios
from planner.render.summary import show_decisions, show_head

PROMPT = "what if> "
WIDEST = 6
"""Scenarios that are compared at most, the base among them."""


class Command(NamedTuple):
    """A command of the session: how it is used, what it does."""

    usage: str
    about: str
    run: Callable[[Console, str], None]


class Console:
    """One session on one document."""

    def __init__(self, workbench: Workbench, path: Path, reader: Reader) -> None:
        """Keep what the session works on; nothing is asked yet."""
        self.workbench, self.path, self.reader = workbench, path, reader
        self.saved: tuple[tuple[str, object], ...] = ()
        self.leaving = False

    @property
    def now(self) -> State:
        """Return the present state of the document."""
        return self.workbench.now

    def begin(self) -> None:
        """Show the document's plan, or its conflict."""
        scenario = self.now.scenario
        if scenario.plan is not None:
            output.show(show_head, scenario.plan)
        else:
            output.show(answers.show_answer, scenario, scenario)
        output.say("set PATH VALUE changes a requirement, help lists the commands, quit leaves")

    def run(self) -> None:
        """Answer commands until there are no more."""
        while not self.leaving:
            try:
                typed = self.reader.read(PROMPT, self.suggest)
            except KeyboardInterrupt:
                output.say("quit leaves the session")
                continue
            except EOFError:
                break
            for line in typed.splitlines():
                if not self.leaving:
                    self.obey(line)
        self._last_words()

    def obey(self, line: str) -> None:
        """Do one command; what is wrong with it is said, and the session goes on."""
        name, _, rest = line.strip().partition(" ")
        if not name or name.startswith("#"):
            return
        try:
            self._command(name.lower(), line).run(self, rest.strip())
        except PlannerError as error:
            output.tell(error)
        except KeyboardInterrupt:
            output.say("stopped; the document is as it was before")

    @staticmethod
    def _command(name: str, line: str) -> Command:
        if "=" in line and name not in COMMANDS:
            return Command("", "", lambda console, _: console.set(line))
        if name in COMMANDS:
            return COMMANDS[name]
        near = difflib.get_close_matches(name, COMMANDS, n=1)
        raise refused(name, f"{name[:40]!r} is no command", f"did you mean '{near[0]}'?" if near else "help lists the commands")

    # -- changes ---------------------------------------------------------------------------------------------------

    def set(self, rest: str) -> None:
        """Set a leaf: `PATH VALUE` or `PATH=VALUE`."""
        path, value = path_and_value(rest)
        asked = scenarios.read([f"{path}={value}"], (), self.now.requirements)
        self.change(f"set {path} {value}", asked[0].changes)

    def relax(self, path: str) -> None:
        """Take a requirement away."""
        asked = scenarios.read([f"{path}="], (), self.now.requirements)
        self.change(f"relax {path}", asked[0].changes)

    def add(self, rest: str) -> None:
        """Add a component: `component NAME KIND FIELD=VALUE ...`."""
        what, _, rest = rest.partition(" ")
        name, _, rest = rest.strip().partition(" ")
        kind, _, fields = rest.strip().partition(" ")
        if what != "component" or not kind:
            hint = f"for example add component jobs worker cpu_per_request=20ms memory_per_instance=1GiB; kinds: {', '.join(KINDS)}"
            raise refused("add", "this is not `add component NAME KIND FIELD=VALUE ...`", hint)
        path = f"development.components.{name}"
        if value_at(self.now.requirements.normalised(), path) is not None:
            raise refused("add", f"{name} is there already", f"set {path}.FIELD VALUE changes it", path)
        component: dict[str, object] = {"kind": kind}
        for field, value in fields_in(fields):
            component |= scenarios.read([f"{field}={value}"], (), self.now.requirements)[0].changes
        self.change(f"add component {name}", {path: component})

    def change(self, words: str, changes: Mapping[str, object]) -> None:
        """Change the document and show what comes of it."""
        before = self.now.scenario
        with output.progress("Solving ..."):
            after = self.workbench.change(words, changes)
        output.show(answers.show_answer, before, after.scenario)

    def undo(self, _: str) -> None:
        """Take the last change back."""
        before = self.now
        after = self.workbench.undo()
        output.say(f"took back: {before.words}")
        output.show(answers.show_answer, before.scenario, after.scenario)

    def redo(self, _: str) -> None:
        """Make a change again that was taken back."""
        before = self.now.scenario
        after = self.workbench.redo()
        output.say(f"again: {after.words}")
        output.show(answers.show_answer, before, after.scenario)

    def negotiate(self, _: str) -> None:
        """Take one of the priced ways out of a conflict, with who agreed."""
        before = self.now.scenario
        agreed = negotiating.agreement(self.reader, before, self.now.requirements)
        if agreed is not None:
            with output.progress("Solving ..."):
                after = self.workbench.change(agreed.words, agreed.changes)
            output.show(answers.show_answer, before, after.scenario)

    # -- questions -------------------------------------------------------------------------------------------------

    def show(self, _: str) -> None:
        """Show the present plan in short."""
        plan = self._plan()
        output.show(show_head, plan)
        output.show(show_decisions, plan)

    def changes(self, _: str) -> None:
        """Show what is different from the document as opened."""
        output.show(answers.show_changes, [(change.id, change.old, change.new) for change in self.workbench.since_first()])

    def why(self, name: str) -> None:
        """Tell why this option of a component and not another."""
        from planner.render.whynot import show_alternatives

        plan = self._plan()
        chosen = next((decision for decision in plan.decisions if decision.component == name), None)
        if chosen is None:
            names = [decision.component for decision in plan.decisions]
            near = difflib.get_close_matches(name, names, n=1)
            raise refused("why", f"no component '{name}'", f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(names)}")
        with output.progress("Solving with each other option ..."):
            others = whatif.alternatives(self.now.session, name, None)
        output.show(show_alternatives, chosen, others)

    def tags(self, _: str) -> None:
        """Show what each requirement costs."""
        from planner.render.tags import show_tags

        plan = self._plan()
        with output.progress("Solving without each requirement ..."):
            found = whatif.tags(self.now.session)
        output.show(show_tags, found, plan.totals.monthly_usd, [])

    def frontier(self, rest: str) -> None:
        """Show what each step towards a target costs."""
        from planner.render import frontier as view

        self._plan()
        axes = points.axes(",".join(rest.replace(",", " ").split()) or "cost,region.rto", self.now.requirements)
        with output.progress("Walking along the frontier ..."):
            made = points.finished(self.now.session, axes)
        output.show(view.show_frontier, [one.point for one in made], points.notes(self.now.session))

    def prices(self, _: str) -> None:
        """Show how old the prices are."""
        for source, day in sorted(self._plan().catalog.prices_as_of.items()):
            output.say(f"{day}  {source}")

    # -- scenarios -------------------------------------------------------------------------------------------------

    def scenario(self, rest: str) -> None:
        """Keep, list, take up or drop a scenario."""
        what, _, name = rest.partition(" ")
        name = name.strip().strip("\"'")
        kept = self.workbench.kept
        if what in {"", "list"}:
            for one, state in kept.items():
                plan = state.scenario.plan
                output.say(f"{one}: " + (f"${plan.totals.monthly_usd:,.2f} a month" if plan else "no plan"))
            if not kept:
                output.say('no scenario is kept yet: scenario save "NAME"')
        elif what == "save" and name:
            self.workbench.keep(name)
            output.say(f'kept "{name}"; compare shows it beside the others')
        elif what in {"load", "drop"} and name in kept:
            if what == "drop":
                del kept[name]
                output.say(f'dropped "{name}"')
                return
            before = self.now.scenario
            output.show(answers.show_answer, before, self.workbench.take(name).scenario)
        else:
            raise refused("scenario", f"'{rest}' is not save NAME, load NAME, drop NAME or list", f"kept are: {', '.join(kept) or 'none'}")

    def compare(self, rest: str) -> None:
        """Show scenarios side by side with the document as opened."""
        from dataclasses import replace

        kept = {name: self.workbench.kept[name].scenario for name in names_in(rest, self.workbench.kept)}
        columns = [replace(self.workbench.first.scenario, name=scenarios.BASE), *kept.values()]
        if self.workbench.present and not any(self.now.scenario.plan is column.plan for column in columns):
            columns.append(replace(self.now.scenario, name="now", changes=self.workbench.since_first()))
        if len(columns) == 1:
            raise refused("compare", "there is nothing to compare yet", 'change something, or keep a state: scenario save "NAME"')
        if len(columns) > WIDEST:
            output.say(f"the first {WIDEST} of {len(columns)}; name those you want: compare NAME NAME")
        output.show(show_scenarios, columns[:WIDEST])

    # -- files -----------------------------------------------------------------------------------------------------

    def save(self, rest: str) -> None:
        """Write the document: only the lines that were changed differ."""
        target = Path(rest) if rest else self.path
        before = self._document()
        after = edited(before, self.now.edits)
        inputs.loads(after.text, str(target))
        after.save(target)
        self.saved = self.now.edits
        lines = difflib.unified_diff(before.text.splitlines(), after.text.splitlines(), n=0, lineterm="")
        output.show(answers.show_lines, [line for line in lines if not line.startswith(("---", "+++", "@@"))])
        output.say(f"wrote {target}")

    def _document(self) -> Written:
        """Return the document as it was opened, as text; that of a plan is written anew."""
        try:
            written = Written.load(self.path)
        except InputError:
            written = Written("")
        if "proof" in written.data or not written.text:
            if self.path.suffix != ".yaml":
                raise refused("save", "the document lies inside a plan", "name a file for it: save FILE.yaml")
            return Written("")
        return written

    def export(self, rest: str) -> None:
        """Write plan.json of the present state."""
        target = Path(rest or "plan.json")
        files.write(target, pipeline.to_json(self._plan()))
        output.say(f"wrote {target}; planner verify, report and export read it")

    def help(self, _: str) -> None:
        """List the commands."""
        output.show(answers.show_help, {command.usage: command.about for command in COMMANDS.values()})

    def quit(self, _: str) -> None:
        """Leave the session."""
        self.leaving = True

    def _last_words(self) -> None:
        if self.now.edits != self.saved:
            output.say("changes are not saved; the commands are in the history of the next session")

    def _plan(self) -> Any:
        plan = self.now.scenario.plan
        if plan is None:
            raise refused("plan", "there is no plan for the document as it is now", "negotiate, undo, or relax a requirement")
        return plan

    # -- completion ------------------------------------------------------------------------------------------------

    def suggest(self, typed: str) -> Iterator[Suggestion]:
        """Yield what could come next: commands, then paths or names, then values."""
        words = typed.split(" ")
        last = words[-1]
        if len(words) == 1:
            yield from (Suggestion(name, command.about, len(last)) for name, command in COMMANDS.items() if name.startswith(last))
            return
        for one, about in self._next(words):
            if one.startswith(last) or (len(last) > 1 and last in one):
                yield Suggestion(one, about, len(last))

    def _next(self, words: list[str]) -> Iterator[tuple[str, str]]:
        name = words[0]
        if name in {"set", "relax"}:
            yield from self._of_the_document(name, words)
        elif name == "why" and self.now.scenario.plan:
            yield from ((decision.component, decision.summary) for decision in self.now.scenario.plan.decisions)
        elif name == "scenario":
            yield from ((one, "") for one in (("save", "load", "drop", "list") if len(words) == 2 else self.workbench.kept))
        elif name == "compare":
            yield from ((one, "") for one in self.workbench.kept)
        elif name == "frontier":
            yield from ((one, "") for one in ("cost", "upfront", "region.rto", "region.rpo", "zone.rto", "data_corruption.rto"))
        elif name == "add":
            yield from ((one, "") for one in ([], ["component"], [], KINDS)[min(len(words) - 1, 3)])

    def _of_the_document(self, name: str, words: list[str]) -> Iterator[tuple[str, str]]:
        """Yield paths of the document, then the words that a leaf may be."""
        data = self.now.requirements.normalised()
        if len(words) > 2:
            found = next((place for place in places(data) if place.path == words[1]), None)
            yield from ((choice, found.about) for choice in found.choices) if found else ()
            return
        for place in places(data):
            stated = value_at(data, place.path)
            if stated is not None or name == "set":
                yield place.path, _about(place, stated)
        if name == "set":
            for one in self.now.session.catalog.assumptions.values():
                yield f"assumptions.{one.id}", f"{one.value} {one.unit}"


def _about(place: Place, stated: object) -> str:
    return f"{words(stated)}: {place.about}" if stated is not None else place.about


def edited(written: Written, edits: tuple[tuple[str, object], ...]) -> Written:
    """Return a document's text with leaves set or removed; who stated a leaf stays unless the edit says otherwise."""
    made = Written(written.text, written.file)
    for path, value in edits:
        stated = made.get(path)
        if value is None:
            made.remove(path)
        elif isinstance(stated, dict) and "value" in stated and not isinstance(value, dict):
            made.put(path, stated | {"value": value})
        else:
            made.put(path, value)
    return made


COMMANDS: dict[str, Command] = {
    "set": Command("set PATH VALUE", "Set a requirement or an assumption.", Console.set),
    "relax": Command("relax PATH", "Take a requirement away.", Console.relax),
    "add": Command("add component NAME KIND FIELD=VALUE ...", "Add a component.", Console.add),
    "undo": Command("undo", "Take the last change back.", Console.undo),
    "redo": Command("redo", "Make it again.", Console.redo),
    "negotiate": Command("negotiate", "Take a priced way out of a conflict; who agreed is kept.", Console.negotiate),
    "show": Command("show", "The present plan in short.", Console.show),
    "changes": Command("changes", "What is different from the document as opened.", Console.changes),
    "why": Command("why COMPONENT", "Why this option and not another.", Console.why),
    "tags": Command("tags", "What each requirement costs.", Console.tags),
    "frontier": Command("frontier AXES", "What each step towards a target costs: cost region.rto", Console.frontier),
    "scenario": Command('scenario save "NAME"', "Keep this state; also: load NAME, drop NAME, list.", Console.scenario),
    "compare": Command("compare [NAME ...]", "The scenarios side by side.", Console.compare),
    "price-as-of": Command("price-as-of", "How old the prices are.", Console.prices),
    "save": Command("save [FILE]", "Write the document; untouched lines stay as they are.", Console.save),
    "export": Command("export [PLAN]", "Write plan.json.", Console.export),
    "help": Command("help", "This list.", Console.help),
    "quit": Command("quit", "Leave.", Console.quit),
}


def opened(requirements: Requirements, catalog: Any, time_limit: float | None) -> Workbench:
    """Return the workbench of a document, solved."""
    from planner.whatif import Session

    return Workbench(Session(requirements, catalog, time_limit))
