"""The pytest plugin: one test a conversation and target of each harness spec; see docs/pytest.md.

Everybody who has harness installed loads this module in every pytest run of theirs: it imports
pytest and what Python brings, and reads nothing before a YAML file comes along.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from _pytest.outcomes import Failed

    from harness.pytest_plugin.collecting import SpecModule
else:
    Failed = pytest.fail.Exception

MARKER = "harness"
DEFAULT_SPECS = ("specs/*.yaml",)
SUFFIXES = (".yaml", ".yml")
SPECS = pytest.StashKey[frozenset[Path]]()
NAMED = pytest.StashKey[frozenset[Path]]()


class CheckFailed(Failed):
    """A reply was not what the spec wants; for ``xfail(raises=CheckFailed)``.

    A test without a reply to judge (an error, a stale recording, no budget) fails with pytest's own
    exception: what is known to be wrong cannot hide what nobody knows.
    """

    __module__ = "builtins"  # pytest's last lines have no room for ours


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and settings of harness."""
    group = parser.getgroup("harness", "conversations of harness specs")
    group.addoption(
        "--harness",
        action="append",
        default=[],
        dest="harness_named",
        metavar="SPEC",
        help="collect this spec too, and no other that harness_specs names; may be repeated",
    )
    group.addoption(
        "--harness-live",
        action="store_true",
        help="call the targets; by default replies come from the cassette beside the spec",
    )
    group.addoption(
        "--harness-record",
        action="store_true",
        help="call the targets and keep what is said in the cassette",
    )
    specs = f"globs of harness specs, from rootdir (default: {' '.join(DEFAULT_SPECS)})"
    parser.addini("harness_specs", specs, type="args", default=None)
    parser.addini("harness_allow_env", "variables that specs may read", type="args", default=[])
    parser.addini("harness_trust_hosts", "hosts credentials may go to", type="args", default=[])
    parser.addini("harness_allow_code", "let specs run python: hooks", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Say what the marker means, and add the specs that are named to what is collected."""
    config.addinivalue_line("markers", f"{MARKER}: a conversation of a harness spec on one target")
    arguments = _list_paths(config, config.args)
    named = _list_paths(config, config.getoption("harness_named"))
    config.stash[NAMED] = frozenset(named)
    config.args += [argument for path, argument in named.items() if path not in arguments]


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which specs are collected, and whether models are called; silent without a spec."""
    arguments = _list_paths(config, config.args)
    chosen = sorted(
        path
        for path in {*_list_specs(config), *arguments}
        if path.suffix in SUFFIXES
        and _is_meant(config, path, named=path in arguments)
        and any(path == place or place in path.parents for place in arguments)
    )
    if not chosen:
        return None
    listed = ", ".join(_shorten(config, path) for path in chosen)
    return f"harness: {listed} ({_describe_mode(config)})"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests no model answered, so that nobody takes a green line for more."""
    outcomes = ("passed", "failed", "xfailed")
    reports = [one for name in outcomes for one in terminalreporter.stats.get(name, ())]
    told = [[tuple(said) for said in getattr(one, "user_properties", ())] for one in reports]
    simulated = sum(("simulated", "true") in properties for properties in told)
    if simulated:
        terminalreporter.write_line(
            f"harness: simulated: the simulator answered {simulated} of the tests, and no model did"
        )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SpecModule | None:
    """Return a spec, when this file is one that is meant."""
    config = parent.config
    if file_path not in config.stash[NAMED] and file_path.suffix not in SUFFIXES:
        return None
    if not _is_meant(config, file_path, named=parent.session.isinitpath(file_path)):
        return None
    from harness.pytest_plugin.collecting import SpecModule

    return SpecModule.from_parent(parent, path=file_path)


def _is_meant(config: pytest.Config, path: Path, *, named: bool) -> bool:
    """Return whether a file is to be collected; ``named``: an argument of pytest's names it itself.

    What ``--harness`` or the project's own globs name is a spec, and if it is none it is a broken
    one. Anywhere else other people's YAML may stand, so a look decides.
    """
    if path in config.stash[NAMED]:
        return True
    globbed = path in _list_specs(config)
    if globbed and config.getini("harness_specs"):
        return True
    return (globbed or named) and _looks_like_a_spec(path)


def _list_specs(config: pytest.Config) -> frozenset[Path]:
    """List the specs that the globs name; looked up once, and only where a YAML file is met."""
    if SPECS not in config.stash:
        globs: Sequence[str] = config.getini("harness_specs") or DEFAULT_SPECS
        if config.stash[NAMED]:
            globs = ()
        try:
            found = [path for glob in globs for path in config.rootpath.glob(glob)]
        except (NotImplementedError, ValueError) as error:
            raise pytest.UsageError(f"harness_specs: {error} (globs start at rootdir)") from error
        config.stash[SPECS] = frozenset(found)
    return config.stash[SPECS]


def _looks_like_a_spec(path: Path) -> bool:
    from harness.app.specs.finding import is_spec

    return is_spec(path)


def _list_paths(config: pytest.Config, arguments: Sequence[str]) -> dict[Path, str]:
    """List the path of each argument, with it; ``file.yaml::founders`` is the file's."""
    here = config.invocation_params.dir
    return {_make_absolute(here / argument.partition("::")[0]): argument for argument in arguments}


def _make_absolute(path: Path) -> Path:
    """Write a path as pytest hands it to plugins: normal, links left as they are."""
    import os

    return Path(os.path.normpath(path))


def _shorten(config: pytest.Config, path: Path) -> str:
    root = config.rootpath
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def _describe_mode(config: pytest.Config) -> str:
    if config.getoption("harness_record"):
        return "live, recorded into cassettes"
    return "live" if config.getoption("harness_live") else "replayed from cassettes"
