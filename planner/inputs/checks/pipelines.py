"""Data pipelines join two stores of the document, and say what a run takes."""

from __future__ import annotations

from collections.abc import Iterator

from planner.inputs.checks.base import Finding, Stated
from planner.inputs.problems import listed, shown, suggestion
from planner.inputs.strip import Path
from planner.models.components import DataPipeline

_STORES = (
    "relational_db", "key_value", "document_db", "cache", "object_store", "file_share", "queue", "stream", "search", "log_analytics",
)  # fmt: skip
_WORK = ("vcpus", "memory", "run_duration")


def _pipelines(stated: Stated) -> Iterator[tuple[Path, DataPipeline]]:
    for name, component in stated.document.development.components.items():
        if isinstance(component, DataPipeline):
            yield ("development", "components", name), component


def pipelines_join_stores(stated: Stated) -> Iterator[Finding]:
    """A data pipeline reads one store of the document and writes another."""
    kinds = {name: part.kind for name, part in stated.document.development.components.items()}
    stores = [name for name in stated.components if kinds.get(name, "object_store") in _STORES]
    for path, pipeline in _pipelines(stated):
        for field, name in (("source", pipeline.source), ("target", pipeline.target)):
            if name not in stated.components:
                yield Finding((*path, field), f"{shown(name)} is not a component", suggestion(name, stores))
            elif name not in stores:
                message = f"{shown(name)} is a {kinds[name].replace('_', ' ')}, which keeps no data that a pipeline could move"
                yield Finding((*path, field), message, "a store: " + listed(_STORES))
        if pipeline.source == pipeline.target:
            yield Finding((*path, "target"), f"{shown(pipeline.target)} is also the source", "a pipeline joins two stores")


def pipelines_state_their_work(stated: Stated) -> Iterator[Finding]:
    """What a run takes is stated in full; only a stream may flow into an object store as it is."""
    for path, pipeline in _pipelines(stated):
        said = [field for field in _WORK if getattr(pipeline, field) is not None]
        lacking = [field for field in _WORK if field not in said]
        if said and lacking:
            yield Finding((*path, said[0]), f"{said[0]} is stated without {' and '.join(lacking)}", "state all three, or none of them")
        elif lacking and not _flows(stated, pipeline):
            message = "what a run takes is not stated, and only a stream flows into an object store as it is"
            yield Finding((*path, "kind"), message, "state vcpus, memory and run_duration")


def _flows(stated: Stated, pipeline: DataPipeline) -> bool:
    components = stated.document.development.components
    ends = [components[name].kind if name in components else None for name in (pipeline.source, pipeline.target)]
    return all(kind in (None, wanted) for kind, wanted in zip(ends, ("stream", "object_store"), strict=True))
