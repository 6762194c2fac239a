"""moto's server on a port of its own, with what it lacks to deploy stacks through change sets.

moto makes some hundred resource types of CloudFormation and passes over the rest. What became of each resource is written to a file: `made`,
`passed over` (moto does not know the type), or `broken` (moto could not make it, with the error): nothing is proven by the last two.
An error in a template or in its wiring, such as an export that is not there, ends the stack as `ROLLBACK_COMPLETE` (an update as
`UPDATE_ROLLBACK_COMPLETE`) with the reason in its
events, where moto answers with an internal error. Also put in: the function `Fn::Cidr`, comparison of texts, names of FIFO queues, words for what moto does not make, the exports of
a stack that a change set made, termination protection, the state of Inspector where no account is named.
"""

from __future__ import annotations

import ipaddress
import json
import pickle
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any


def _fill_gaps(log: Path) -> None:
    modules = ("models", "parsing", "responses")
    found: list[Any] = [import_module(f"moto.cloudformation.{name}") for name in modules]  # in the server's process
    models, parsing, responses = found
    models.yaml.load = _parsed_once(models.yaml, responses.yaml_tag_constructor)
    parsing.clean_json = _cleaning(parsing.clean_json)
    parsing.parse_condition = _comparing(parsing.parse_condition, parsing)
    parsing.parse_and_create_resource = _recording(parsing.parse_and_create_resource, log)
    models.CloudFormationBackend.execute_change_set = _ending(models.CloudFormationBackend.execute_change_set)
    responses.CloudFormationResponse.update_termination_protection = _protected
    responses.get_stack_from_s3_url = _fetching(responses.get_stack_from_s3_url)
    inspector = import_module("moto.inspector2.models").Inspector2Backend
    inspector.batch_get_account_status = _asking_for_itself(inspector.batch_get_account_status)


def _parsed_once(yaml: Any, tag_constructor: Any) -> Any:
    """Moto parses each template several times a call, without libyaml."""

    class Reading(yaml.CLoader):  # type: ignore[misc]
        pass

    yaml.add_multi_constructor("", tag_constructor, Loader=Reading)
    kept = cache(lambda text: pickle.dumps(load(text, Loader=Reading)))
    load = yaml.load
    return lambda text, Loader: pickle.loads(kept(text)) if Loader is yaml.Loader else load(text, Loader=Loader)  # noqa: N803, S301


def _cleaning(clean: Any) -> Any:
    def cleaned(value: Any, resources: Any) -> Any:
        if isinstance(value, dict) and "Fn::Cidr" in value:
            block, count, bits = (clean(item, resources) for item in value["Fn::Cidr"])
            networks = ipaddress.ip_network(block).subnets(new_prefix=32 - int(bits))
            return [str(network) for network, _ in zip(networks, range(int(count)), strict=False)]
        named = _named(value, resources)
        try:
            found = clean(value, resources)
        except Exception:  # moto has as many of them as it has resource types
            if not named:
                raise
            found = None
        return named if found is None and named else found

    return cleaned


def _comparing(parse: Any, parsing: Any) -> Any:
    """CloudFormation compares texts; moto's parameters of type Number are numbers."""

    def compared(condition: Any, resources: Any, conditions: Any) -> Any:
        if isinstance(condition, dict) and "Fn::Equals" in condition:
            one, other = (str(parsing.clean_json(value, resources)).lower() for value in condition["Fn::Equals"])
            return one == other
        return parse(condition, resources, conditions)

    return compared


def _recording(create: Any, log: Path) -> Any:
    missing: set[tuple[str, str]] = set()

    def recorded(name: str, resource: Any, resources: Any, account_id: str, region_name: str) -> Any:
        absent = resource.get("Condition") and not resources.lazy_condition_map[resource["Condition"]]
        if absent or (resources.stack_id, name) in missing:
            return None
        error = ""
        try:
            found = create(name, _adapted(name, resource, resources.stack_id), resources, account_id, region_name)
            outcome = "passed over" if found is None else "made"
        except Exception as problem:
            if _is_about_the_template(problem):
                raise
            found, outcome, error = None, "broken", f"{type(problem).__name__}: {problem}"
        if found is None:
            missing.add((resources.stack_id, name))
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps([resources.stack_id, region_name, name, resource["Type"], outcome, error]) + "\n")
        return found

    return recorded


def _ending(execute: Any) -> Any:
    def ended(self: Any, change_set_name: str, stack_name: str | None = None) -> None:
        change_set = self.describe_change_set(change_set_name)
        stack = self.stacks[change_set.stack_id]
        stack.resource_map.cross_stack_resources = self.exports
        fresh = stack.status == "REVIEW_IN_PROGRESS"
        try:
            execute(self, change_set_name, stack_name)
            # Moto keeps template, parameters and outputs of before.
            stack.parameters = change_set.parameters
            stack._parse_template()
            stack.output_map = stack._create_output_map()
            for export in stack.exports:
                self.exports[export.name] = export
        except Exception as error:  # noqa: BLE001 - whatever AWS would answer is the reason
            stack._add_stack_event(
                "CREATE_FAILED" if fresh else "UPDATE_FAILED", resource_status_reason=getattr(error, "message", None) or str(error)
            )
            stack.status = "ROLLBACK_COMPLETE" if fresh else "UPDATE_ROLLBACK_COMPLETE"

    return ended


def _protected(self: Any) -> Any:
    from moto.core.responses import ActionResult  # noqa: PLC0415

    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection")
    return ActionResult({"StackId": stack.stack_id})


def _asking_for_itself(answer: Any) -> Any:
    """Without an account, AWS answers for the one that asks."""
    return lambda self, account_ids: answer(self, account_ids or [self.account_id])


def _fetching(fetch: Any) -> Any:
    def fetched(template_url: str, **places: str) -> Any:
        return fetch(template_url.replace("127.0.0.1", "localhost"), **places)  # moto knows its own address by that name only

    return fetched


def _named(value: Any, resources: Any) -> str:
    """Return the words of a reference to a resource: they stand in where moto made none, or knows no such attribute."""
    if not isinstance(value, dict) or len(value) != 1 or not value.keys() & {"Ref", "Fn::GetAtt"}:
        return ""
    words = ".".join(*value.values()) if isinstance(value.get("Fn::GetAtt"), list) else str(*value.values())
    return words if words.split(".")[0] in getattr(resources, "resources", ()) else ""


REFUSED = {
    "AWS::RDS::DBInstance": ("DBParameterGroupName",),  # fails on the name of a group that was made by the same stack
    "AWS::RDS::DBCluster": ("DBClusterParameterGroupName",),
    "AWS::ElasticLoadBalancingV2::Listener": ("Certificates",),  # certificates are not made
}
"""Properties that moto fails on."""


def _adapted(name: str, resource: dict[str, Any], stack_id: str) -> dict[str, Any]:
    """Return a resource as moto takes it where that is not as CloudFormation has it."""
    kind, properties = resource["Type"], resource.get("Properties", {})
    kept = {name: value for name, value in properties.items() if name not in REFUSED.get(kind, ())}
    if kind == "AWS::KMS::Key" and "Tags" in kept:
        kept["Tags"] = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in kept["Tags"]]
    if kind == "AWS::SQS::Queue" and "FifoQueue" in kept:
        kept.setdefault("QueueName", f"{stack_id.split('/')[1]}-{name}.fifo")  # the name that CloudFormation gives ends so too
    if kind == "AWS::ElasticLoadBalancingV2::Listener" and kept.get("Protocol") == "HTTPS":
        kept["Protocol"] = "HTTP"
    return resource | {"Properties": kept}


def _is_about_the_template(error: Exception) -> bool:
    """Return whether an error says that the template or its wiring is wrong, not that a resource could not be made."""
    return type(error).__module__ == "moto.cloudformation.exceptions"


@contextmanager
def moto_aws(log: Path) -> Iterator[str]:
    """Yield the address of a server on the loopback interface, with nothing in it; `log` takes what became of each resource."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, __file__, str(port), str(log)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError("moto's server ended")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("moto's server did not answer")


if __name__ == "__main__":
    _fill_gaps(Path(sys.argv[2]))
    from moto.server import main

    main(["-H", "127.0.0.1", "-p", sys.argv[1]])
