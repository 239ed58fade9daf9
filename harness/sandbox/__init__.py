"""The author's own code, in a process of its own.

It keeps a mistake from taking the run along: a time limit, a limit on what it says, no variables of
the environment that could be secrets. It is no wall against malice: whoever writes ``--allow-code``
trusts the code as much as any program they start.
"""

from harness.sandbox.program import Program
from harness.sandbox.python_code import PythonCode

__all__ = ["Program", "PythonCode"]
