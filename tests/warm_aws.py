"""The real AWS CLI, loaded once: each call runs in a fork of a process that has imported it.

The CLI takes most of a second to start and deploying the samples takes a thousand calls. `aws` on the PATH is then a
small client that hands its arguments over; what runs is `awscli` itself, with its own argument parsing and its own requests.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

CLIENT = """#!/usr/bin/python3 -IS
import json, os, socket, sys
link = socket.socket(socket.AF_UNIX)
link.connect({path!r})
request = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
socket.send_fds(link, [len(request).to_bytes(4, "big")], [0, 1, 2])
link.sendall(request)
code = link.recv(1)
sys.exit(code[0] if code else 255)
"""


def _exactly(link: socket.socket, size: int) -> bytes:
    parts = b""
    while len(parts) < size:
        part = link.recv(size - len(parts))
        if not part:
            raise ConnectionError
        parts += part
    return parts


def _call(driver: Any, link: socket.socket) -> None:
    head, fds, _, _ = socket.recv_fds(link, 4, 3)
    arguments, folder, environment = json.loads(_exactly(link, int.from_bytes(head, "big")))
    for target, fd in enumerate(fds):
        os.dup2(fd, target)
    os.chdir(folder)
    data = os.environ["AWS_DATA_PATH"]  # set when the CLI was imported
    os.environ.clear()
    os.environ.update(environment, AWS_DATA_PATH=data)
    sys.argv = ["aws", *arguments]
    try:
        code = int(driver.main(arguments) or 0)
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    sys.stdout.flush()
    sys.stderr.flush()
    link.sendall(bytes([code & 255]))


def _warmed() -> Any:
    """Return a driver that has read the models it needs: after one call, to where nobody listens."""
    yaml.SafeLoader = yaml.CSafeLoader  # the CLI reads every template, for its parameters
    from awscli.clidriver import create_clidriver  # noqa: PLC0415 - in the process that serves

    driver = create_clidriver()
    os.environ |= {"AWS_MAX_ATTEMPTS": "1", "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    driver.main(["--endpoint-url", "http://127.0.0.1:9", "--region", "us-east-1", "cloudformation", "list-stacks"])
    return driver


def serve(path: str) -> None:
    """Answer calls until the process is ended."""
    driver = _warmed()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen(64)
        while True:
            link, _ = door.accept()
            if os.fork() == 0:
                door.close()
                _call(driver, link)
                os._exit(0)
            link.close()


@contextmanager
def warm_aws(folder: Path) -> Iterator[Path]:
    """Yield a folder for the PATH with an `aws` that calls the warm CLI."""
    path = folder / "aws.socket"
    command = folder / "bin" / "aws"
    command.parent.mkdir()
    command.write_text(CLIENT.format(path=str(path)), encoding="utf-8")
    command.chmod(0o755)
    server = subprocess.Popen([sys.executable, __file__, str(path)], stderr=subprocess.DEVNULL)
    try:
        while not path.exists():
            if server.poll() is not None:
                raise RuntimeError("the AWS CLI could not be loaded")
            signal.sigtimedwait([], 0.05)
        yield command.parent
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    serve(sys.argv[1])
