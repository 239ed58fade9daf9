"""Choose the cloud that a command works on, and say who decided so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.app.specs.permissions import Permissions

NO_SPEC = "(no spec)"
"""Stands where a spec's path would, for commands that can do without one."""

if TYPE_CHECKING:
    from harness.spec.load import SpecFile


@dataclass(frozen=True, slots=True)
class CloudChoice:
    """A cloud's name (None: no cloud, the spec has only providers) and where it came from.

    ``calls`` is false where none of the spec's providers is called: they have recorded answers.
    """

    name: str | None
    origin: str
    calls: bool = True

    @property
    def simulated(self) -> bool:
        """True when every account and provider is answered by the simulator."""
        return self.name == "simulator"

    def __str__(self) -> str:
        if self.name is None:
            what = "providers are called for real" if self.calls else "nothing is called"
            return f"cloud: none, {what} ({self.origin})"
        what = "simulator, nothing leaves this machine" if self.simulated else self.name
        return f"cloud: {what} ({self.origin})"


def choose_cloud(
    spec_file: SpecFile, permissions: Permissions, environment: Mapping[str, str]
) -> CloudChoice:
    """Choose ``--cloud`` first, then the spec's cloud, which may come from the environment.

    Raises:
        RequestError: the spec asks the environment for a variable that is not set.
    """
    from harness.spec.load import require  # here: pydantic is not for `--help`

    if permissions.cloud is not None:
        return CloudChoice(permissions.cloud, "from --cloud")
    require(spec_file, ("cloud",))
    declared = spec_file.spec.cloud
    if declared is None:
        if spec_file.spec.accounts:
            return CloudChoice("simulator", f"the default; {spec_file.path} names none")
        calls = any(provider.is_called for provider in spec_file.spec.providers.values())
        return CloudChoice(None, f"{spec_file.path} has no accounts and names no cloud", calls)
    written = spec_file.document.get("cloud")
    if isinstance(written, str) and written.startswith("${"):
        variable = written[2:].split(":-")[0].rstrip("}")
        if environment.get(variable):
            return CloudChoice(declared, f"from {variable}")
        where = "the default" if spec_file.path == NO_SPEC else f"the default in {spec_file.path}"
        return CloudChoice(declared, f"{where}; {variable} is not set")
    return CloudChoice(declared, f"from {spec_file.path}")
