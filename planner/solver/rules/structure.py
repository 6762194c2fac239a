"""What holds for every plan, whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.solver.built import Built


def follow_production(built: Built) -> None:
    """Mirrors run the family that production runs; so does the recovery site, where there is one."""
    production = {d.name: n for n, d in enumerate(built.instance.decisions) if d.environment == "production" and d.role == "primary"}
    for number, decision in enumerate(built.instance.decisions):
        original = production[decision.name]
        if number == original:
            continue
        wanted = built.families[original]
        for family in sorted(set(built.families[number]) | set(wanted)):
            copies, originals = built.families[number].get(family, []), wanted.get(family, [])
            terms = [*((1, b) for b in copies), *((-1, b) for b in originals)]
            if decision.role == "recovery":
                built.model.linear(terms, high=0)
            else:
                built.model.linear(terms, low=0, high=0)


def give_network(built: Built) -> None:
    """A machine in a VPC needs a way out: the network family `none` goes with options that need no VPC."""
    none = {}
    for number, decision in enumerate(built.instance.decisions):
        if decision.name == "@network":
            none[decision.environment, decision.role] = built.families[number].get("none", [])
    for ref, variable in built.variables.choices():
        if not built.instance.option(ref).offer.needs_vpc:
            continue
        decision = built.instance.decisions[ref[0]]
        for without in none[decision.environment, decision.role]:
            built.model.clause([~variable, ~without])


def share_machines(built: Built) -> None:
    """Components on shared machines take the same ones: each guest is where its host is, and the other way round."""
    bundles: dict[tuple[str, str, str, tuple[str, ...]], dict[str, list[int]]] = {}
    for ref, variable in built.variables.choices():
        offer, decision = built.instance.option(ref).offer, built.instance.decisions[ref[0]]
        if offer.bundle:
            place = (decision.environment, decision.role, offer.bundle, offer.crew)
            bundles.setdefault(place, {name: [] for name in offer.crew})[decision.name].append(variable)
    for (*_, crew), picks in bundles.items():
        host, *guests = (picks[name] for name in crew)
        for guest in guests:
            built.model.same_sum(host, guest)
