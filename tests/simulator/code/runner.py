"""Runs Python programs one after the other, so that the library is imported once for all of them.

Reads lines of JSON, {"path", "environment"}, and answers each with {"code", "out", "err"}.
"""

import contextlib
import io
import json
import os
import runpy
import sys
import traceback

for line in sys.stdin:
    asked = json.loads(line)
    os.environ.clear()
    os.environ.update(asked["environment"])
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            runpy.run_path(asked["path"], run_name="__main__")
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
            err.write("" if ended.code is None else str(ended.code))
        except BaseException:  # noqa: BLE001 - a program's, told to whoever asked
            code = 1
            traceback.print_exc()
    sys.stdout.write(
        json.dumps({"code": code, "out": out.getvalue(), "err": err.getvalue()}) + "\n"
    )
    sys.stdout.flush()
