"""Lines from a person at a terminal, with history and completion; or from a pipe, as they come."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from planner.render.words import harmless

if TYPE_CHECKING:
    from prompt_toolkit.completion import Completer


class Suggestion(NamedTuple):
    """What could be typed next, and what it is about."""

    text: str
    about: str = ""
    replaces: int = 0
    """Characters before the cursor that it stands for."""


Suggest = Callable[[str], Iterable[Suggestion]]
"""What is typed so far -> what could come next."""


class Reader(Protocol):
    """Where lines come from."""

    def read(self, prompt: str, suggest: Suggest | None = None, default: str = "") -> str:
        """Return what was typed, without escape sequences or control characters; lines of a paste stay apart.

        Raises:
            EOFError: nothing more comes.
            KeyboardInterrupt: Ctrl-C.
        """


def reader(history: str | None = None) -> Reader:
    """Return a reader of standard input: with editing where it is a terminal, plain otherwise."""
    return Terminal(history) if sys.stdin.isatty() and sys.stdout.isatty() else Lines()


class Lines:
    """Standard input that is no terminal: each line is an answer, shown as if it had been typed."""

    def read(self, prompt: str, suggest: Suggest | None = None, default: str = "") -> str:  # noqa: ARG002 - a terminal's
        """Return the next line."""
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        said = harmless(line).rstrip("\n")
        sys.stdout.write(f"{prompt}{said}\n")
        sys.stdout.flush()
        return said.strip()


class Terminal:
    """A terminal: the line can be edited, earlier ones come back, what could be typed is offered."""

    def __init__(self, history: str | None = None) -> None:
        """Prepare for reading; `history` is the name of the file that earlier lines come back from."""
        from prompt_toolkit import PromptSession  # noqa: PLC0415 - 80 ms, only at a terminal
        from prompt_toolkit.history import FileHistory, History, InMemoryHistory  # noqa: PLC0415
        from prompt_toolkit.key_binding import KeyBindings  # noqa: PLC0415
        from prompt_toolkit.keys import Keys  # noqa: PLC0415
        from prompt_toolkit.output import ColorDepth  # noqa: PLC0415

        path = _state_file(history) if history else None
        kept: History = FileHistory(str(path)) if path else InMemoryHistory()
        keys = KeyBindings()
        keys.add(Keys.Vt100MouseEvent)(lambda _: None)  # what looks like a mouse event is junk: no mouse is asked for
        plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
        self._session: PromptSession[str] = PromptSession(
            history=kept,
            color_depth=ColorDepth.DEPTH_1_BIT if plain else None,
            complete_while_typing=True,
            enable_open_in_editor=False,
            key_bindings=keys,
        )

    def read(self, prompt: str, suggest: Suggest | None = None, default: str = "") -> str:
        """Return the line that was typed."""
        typed = self._session.prompt(prompt, completer=_completer(suggest) if suggest else None, default=default)
        return harmless(typed).strip()


def _completer(suggest: Suggest) -> Completer:
    from prompt_toolkit.completion import Completer, Completion  # noqa: PLC0415 - only at a terminal
    from prompt_toolkit.document import Document  # noqa: PLC0415

    class Suggested(Completer):
        def get_completions(self, document: Document, complete_event: Any) -> Iterator[Completion]:  # noqa: ARG002
            for one in suggest(document.text_before_cursor):
                yield Completion(one.text, start_position=-one.replaces, display_meta=one.about[:60])

    return Suggested()


def _state_file(name: str) -> Path | None:
    """Return the file of a history, in the user's folder for such; None where nothing can be written there."""
    folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "planner"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.touch(mode=0o600)
    except OSError:
        return None
    return path
