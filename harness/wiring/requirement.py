"""Find what a pipeline installs: the version of harness that writes it, from where it came."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from urllib.request import url2pathname

NAME = "azure-openai-harness"
WHEELS = "wheels"


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement, as ``pip install`` is told it.

    Attributes:
        text: an index's version, a commit in git, an address, or a wheel in the repository.
        source: the folder or file that the wheel is made of; None where none is needed.
    """

    text: str
    source: str | None = None

    def write_wheel_command(self, root: Path) -> str | None:
        """Write the command that puts the wheel where the pipeline looks for it.

        Args:
            root: the folder in which the pipeline runs, the repository's, as seen from here.
        """
        if self.source is None:
            return None
        folder, source = (shlex.quote(str(each)) for each in (root / WHEELS, self.source))
        return f"python -m pip wheel --no-deps --wheel-dir {folder} {source}"


def find_requirement(installed: Distribution | None = None) -> Requirement:
    """Return what installs this version elsewhere; credentials in its address are left out.

    Where a package came from is written beside it when it is installed from anywhere but an
    index. Source: PEP 610, ``direct_url.json``.
    """
    package = installed or distribution(NAME)
    told = package.read_text("direct_url.json")
    if told is None:
        return Requirement(f"{NAME}=={package.version}")
    origin: dict[str, Any] = json.loads(told)
    address = _drop_credentials(str(origin["url"]))
    if "vcs_info" in origin:
        vcs = origin["vcs_info"]
        folder = f"#subdirectory={origin['subdirectory']}" if origin.get("subdirectory") else ""
        return Requirement(f"{NAME} @ {vcs['vcs']}+{address}@{vcs['commit_id']}{folder}")
    parts = urlsplit(address)
    if parts.scheme != "file":
        return Requirement(f"{NAME} @ {address}")
    wheel = f"{NAME.replace('-', '_')}-{package.version}-py3-none-any.whl"
    return Requirement(f"./{WHEELS}/{wheel}", url2pathname(parts.path))


def _drop_credentials(address: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
