"""checkov as it is, started by the Python of its environment, but for one thing: it makes the grammar of JSON paths once.

`bc_jsonpath_ng` makes its parser's tables again for each path ("it doesn't actually take that long"), which is two thirds of the time
that checkov takes for templates. The parser keeps nothing between two paths.
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from typing import Any


def main() -> int:
    """Run checkov with the arguments of the command line."""
    yacc: Any = import_module("ply.yacc")  # both are in checkov's environment only
    checkov: Any = import_module("checkov.main")
    make, made = yacc.yacc, {}

    def once(**options: Any) -> Any:
        key = type(options["module"]), options["start"]
        if key not in made:
            made[key] = make(**options)
        return made[key]

    yacc.yacc = once
    code: int | None = checkov.Checkov().run()
    return code or 0


if __name__ == "__main__":
    warnings.simplefilter("ignore", category=SyntaxWarning)
    sys.exit(main())
