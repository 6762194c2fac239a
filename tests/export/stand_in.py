"""A stand-in for the AWS provider: it serves the provider's schema and plans nothing but "known after apply".

Terraform itself then checks bundles with `terraform validate` and `terraform plan`, offline: types, references, required arguments,
validation rules, `for_each` keys, wiring of modules. It asks AWS for nothing; what only AWS knows stays unchecked.
The messages are those of Terraform's plugin protocol 5 that the checks need.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import msgpack
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SCHEMA = Path(__file__).with_name("provider_schema.json.gz")
ADDRESS = "registry.terraform.io/hashicorp/aws"
UNKNOWN = msgpack.ExtType(0, b"\x00")
Field = tuple[str, int, str]

_MESSAGES: dict[str, list[Field]] = {
    "Value": [("msgpack", 1, "bytes"), ("json", 2, "bytes")],
    "Diagnostic": [("severity", 1, "int64"), ("summary", 2, "string"), ("detail", 3, "string")],
    "Attribute": [("name", 1, "string"), ("type", 2, "bytes"), ("required", 4, "bool"), ("optional", 5, "bool"), ("computed", 6, "bool")],
    "Nested": [
        ("type_name", 1, "string"),
        ("block", 2, "Block"),
        ("nesting", 3, "int64"),
        ("min_items", 4, "int64"),
        ("max_items", 5, "int64"),
    ],
    "Block": [("version", 1, "int64"), ("attributes", 2, "*Attribute"), ("block_types", 3, "*Nested")],
    "Schema": [("version", 1, "int64"), ("block", 2, "Block")],
    "Entry": [("key", 1, "string"), ("value", 2, "Schema")],
    "Schemas": [("provider", 1, "Schema"), ("resource_schemas", 2, "*Entry"), ("data_source_schemas", 3, "*Entry")],
    "Config": [("type_name", 1, "string"), ("config", 2, "Value")],
    "ProviderConfig": [("config", 1, "Value")],
    "Prepared": [("prepared_config", 1, "Value"), ("diagnostics", 2, "*Diagnostic")],
    "Diagnostics": [("diagnostics", 1, "*Diagnostic")],
    "Plan": [("type_name", 1, "string"), ("prior_state", 2, "Value"), ("proposed_new_state", 3, "Value"), ("config", 4, "Value")],
    "Planned": [("planned_state", 1, "Value"), ("legacy_type_system", 5, "bool")],
    "State": [("state", 1, "Value"), ("diagnostics", 2, "*Diagnostic")],
    "Empty": [],
}
_NESTING = {"single": 1, "list": 2, "set": 3}
_PROVIDER = {"attributes": {"region": {"type": "string"}, "allowed_account_ids": {"type": ["set", "string"]}}, "blocks": {
    "default_tags": {"nesting": "list", "max": 1, "block": {"attributes": {"tags": {"type": ["map", "string"]}}, "blocks": {}}},
}}  # fmt: skip


def _messages() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="stand_in.proto", package="stand_in", syntax="proto3")
    kinds = descriptor_pb2.FieldDescriptorProto
    scalars = {"bytes": kinds.TYPE_BYTES, "int64": kinds.TYPE_INT64, "string": kinds.TYPE_STRING, "bool": kinds.TYPE_BOOL}
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for title, number, kind in fields:
            field = message.field.add(name=title, number=number, label=kinds.LABEL_REPEATED if kind[0] == "*" else kinds.LABEL_OPTIONAL)
            bare = kind.removeprefix("*")
            field.type = scalars.get(bare, kinds.TYPE_MESSAGE)
            if bare not in scalars:
                field.type_name = f".stand_in.{bare}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"stand_in.{name}")) for name in _MESSAGES}


class StandIn:
    """The answers to Terraform's calls."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema
        self._make = _messages()

    def handlers(self) -> grpc.GenericRpcHandler:
        """Return the calls of the protocol by name."""
        calls: dict[str, tuple[str, Callable[[Any], Any]]] = {
            "GetSchema": ("Empty", lambda _: self._schemas()),
            "PrepareProviderConfig": ("ProviderConfig", lambda asked: self._make["Prepared"](prepared_config=asked.config)),
            "ValidateResourceTypeConfig": ("Config", lambda _: self._make["Diagnostics"]()),
            "ValidateDataSourceConfig": ("Config", lambda _: self._make["Diagnostics"]()),
            "Configure": ("Config", lambda _: self._make["Diagnostics"]()),
            "PlanResourceChange": ("Plan", self._plan),
            "ReadDataSource": ("Config", self._read),
            "Stop": ("Empty", lambda _: self._make["Empty"]()),
        }
        return grpc.method_handlers_generic_handler("tfplugin5.Provider", {name: self._handler(*call) for name, call in calls.items()})

    def _handler(self, asked: str, answer: Callable[[Any], Any]) -> grpc.RpcMethodHandler:
        return grpc.unary_unary_rpc_method_handler(
            lambda request, _: answer(request),
            request_deserializer=self._make[asked].FromString,
            response_serializer=lambda message: message.SerializeToString(),
        )

    def _schemas(self) -> Any:
        return self._make["Schemas"](
            provider=self._as_schema(_PROVIDER),
            resource_schemas=self._entries(self._schema["resources"]),
            data_source_schemas=self._entries(self._schema["data"]),
        )

    def _entries(self, blocks: dict[str, Any]) -> list[Any]:
        return [self._make["Entry"](key=name, value=self._as_schema(block)) for name, block in blocks.items()]

    def _as_schema(self, block: dict[str, Any]) -> Any:
        return self._make["Schema"](block=self._block(block))

    def _block(self, block: dict[str, Any]) -> Any:
        attributes = [
            self._make["Attribute"](
                name=name,
                type=json.dumps(entry["type"]).encode(),
                required=entry.get("required", False),
                optional=not entry.get("required") and not entry.get("computed"),
                computed=not entry.get("required"),
            )
            for name, entry in block["attributes"].items()
        ]
        nested = [
            self._make["Nested"](
                type_name=name,
                block=self._block(entry["block"]),
                nesting=_NESTING.get(entry["nesting"], 2),
                min_items=entry.get("min", 0) if entry["nesting"] != "single" else 0,
                max_items=entry.get("max", 0),
            )
            for name, entry in block["blocks"].items()
        ]
        return self._make["Block"](attributes=attributes, block_types=nested)

    def _plan(self, asked: Any) -> Any:
        """Return what was proposed; what AWS would set is unknown."""
        proposed = msgpack.unpackb(asked.proposed_new_state.msgpack)
        if proposed is None:
            return self._make["Planned"](planned_state=asked.proposed_new_state)
        attributes = self._schema["resources"][asked.type_name]["attributes"]
        planned = {name: UNKNOWN if value is None and name in attributes else value for name, value in proposed.items()}
        return self._make["Planned"](planned_state=self._value(planned), legacy_type_system=True)

    def _read(self, asked: Any) -> Any:
        """Return a data source with made-up values where AWS would answer."""
        config = msgpack.unpackb(asked.config.msgpack)
        attributes = self._schema["data"][asked.type_name]["attributes"]
        state = {
            name: _made_up(name, attributes[name]["type"]) if value is None and name in attributes else value
            for name, value in config.items()
        }
        return self._make["State"](state=self._value(state))

    def _value(self, value: Any) -> Any:
        return self._make["Value"](msgpack=msgpack.packb(value))


def _made_up(name: str, kind: Any) -> Any:
    if kind == "string":
        return {"account_id": "111122223333", "partition": "aws", "dns_suffix": "amazonaws.com"}.get(name, "made-up")
    if isinstance(kind, list) and kind[0] in {"list", "set"}:
        return ["zone-a", "zone-b", "zone-c"] if kind[1] == "string" else []
    return {"number": 1, "bool": True}.get(kind) if isinstance(kind, str) else {}


def provider_schema() -> dict[str, Any]:
    """Return what `tools/provider_schema.py` kept of the provider's schema."""
    schema: dict[str, Any] = json.loads(gzip.decompress(SCHEMA.read_bytes()))
    return schema


@contextmanager
def running(folder: Path, schema: dict[str, Any] | None = None) -> Iterator[dict[str, str]]:
    """Serve while the block runs; yields the environment that makes Terraform use this provider and no network."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    server.add_generic_rpc_handlers((StandIn(schema or provider_schema()).handlers(),))
    socket = folder / "aws.sock"
    server.add_insecure_port(f"unix:{socket}")
    server.start()
    attached = {
        "Protocol": "grpc",
        "ProtocolVersion": 5,
        "Pid": os.getpid(),
        "Test": True,
        "Addr": {"Network": "unix", "String": str(socket)},
    }
    try:
        yield os.environ | {
            "TF_REATTACH_PROVIDERS": json.dumps({ADDRESS: attached}),
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": os.devnull,
        }
    finally:
        server.stop(grace=None).wait()
