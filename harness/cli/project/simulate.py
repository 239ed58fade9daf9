"""``harness simulate``: the local Azure as a server of its own."""

from __future__ import annotations

import datetime as dt
import json
import signal
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import click

from harness.cli.entry.signals import list_signals
from harness.cli.layout import Command
from harness.cli.show import add_output_options, find_voice
from harness.errors import Exit

if TYPE_CHECKING:
    from harness.spec.model.spec import Simulator
    from harness.wiring.simulation import Simulated

EXAMPLES = """\b
Examples:
  harness simulate                           a local Azure on a free port; Ctrl-C ends it
  harness simulate --port 8899 --json        one line for a program, when it is ready
  harness simulate --world .harness          the world that this project's commands use
  harness simulate --faults faults.yaml      one that goes wrong; docs/drills.md has recipes
  harness simulate --date 2024-06-01         what Azure offered that day
"""


def _check_address(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> str | None:
    """Return the option's value when it is a URL that can be called."""
    del context, parameter
    if value is None:
        return None
    try:
        url = urlsplit(value)
        callable_by_http = url.scheme in {"http", "https"} and bool(url.hostname)
    except ValueError:
        callable_by_http = False
    if not callable_by_http:
        raise click.BadParameter(f"{value!r} is no address: write it as http://127.0.0.1:11434/v1")
    return value


@click.command("simulate", cls=Command, epilog=EXAMPLES)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    default=0,
    help="Default: 0, a free port.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line when it is ready.")
@click.option(
    "--answers",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Answer from this file of JSON lines; docs/simulator.md shows their form.",
)
@click.option(
    "--faults",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="YAML or JSON: a list of faults, as under `simulator: faults:` in a spec.",
)
@click.option(
    "--upstream",
    metavar="URL",
    callback=_check_address,
    help="Let this OpenAI-compatible server answer.",
)
@click.option(
    "--catalogue",
    type=click.Choice(["strict", "open"]),
    help="strict, the default: only what Azure offers there and then. open: anything deploys.",
)
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The day that it is there. Default: today.",
)
@click.option(
    "--latency",
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="Wait so long before each answer.",
)
@click.option(
    "--seed", type=int, metavar="N", help="Seed of made-up answers and faults. Default: 7."
)
@click.option(
    "--world",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep the world in DIR, and let commands that use DIR join. Default: in memory.",
)
@add_output_options
def command(
    *,
    port: int,
    as_json: bool,
    faults: Path | None,
    day: dt.datetime | None,
    world: Path | None,
    **flags: Any,
) -> int:
    """Run a local Azure: management and inference on one loopback port, for any client."""
    from harness.wiring.simulation import check_answers, serve

    simulator = _make_simulator(faults, day, flags)
    check_answers(simulator)
    with (
        _Told() as told,
        serve(world, simulator, port=port, say=told.note_waiting(find_voice().say)) as simulated,
    ):
        if as_json:
            click.echo(json.dumps({"url": simulated.url, "token": simulated.token}))
        else:
            click.echo(_format_banner(simulated, simulator, world))
        told.wait()
    return int(told.exit)


def _make_simulator(
    faults: Path | None, day: dt.datetime | None, flags: Mapping[str, Any]
) -> Simulator:
    """Make the server's defaults: only what was asked for is set."""
    from harness.spec.model.spec import Simulator

    asked = {
        "answers": None if flags["answers"] is None else str(flags["answers"].resolve()),
        "upstream": flags["upstream"],
        "catalogue": flags["catalogue"],
        "date": None if day is None else day.date(),
        "latency_s": flags["latency"],
        "seed": flags["seed"],
        "faults": None if faults is None else _read_faults(faults),
    }
    return Simulator.model_validate(
        {key: value for key, value in asked.items() if value is not None}
    )


def _read_faults(path: Path) -> Any:
    from pydantic import TypeAdapter, ValidationError

    from harness.errors import Diagnostic, SpecError
    from harness.spec.check.combinations import FAULT_EFFECTS
    from harness.spec.document.located import to_plain
    from harness.spec.formats.yaml import parse
    from harness.spec.model.spec import Fault

    parsed = parse(path.read_bytes(), str(path))
    nothing = Diagnostic("H416", f"{path} holds no faults", hint="a list of {operation: …}")
    if parsed.problems or parsed.root is None:
        raise SpecError(parsed.problems or (nothing,))
    document = to_plain(parsed.root)
    rows = document.get("faults", document) if isinstance(document, dict) else document
    if not isinstance(rows, list):
        raise SpecError([nothing])
    try:
        faults = TypeAdapter(tuple[Fault, ...]).validate_python(rows)
    except ValidationError as error:
        raise SpecError(
            Diagnostic(
                "H416",
                f"{path}: {'.'.join(map(str, problem['loc'])) or 'the file'}: {problem['msg']}",
                hint="a fault looks like {operation: chat, status: 429, times: 1}",
            )
            for problem in error.errors()
        ) from error
    idle = [
        number
        for number, fault in enumerate(faults)
        if not fault.model_dump(include=set(FAULT_EFFECTS), exclude_defaults=True)
    ]
    if idle:
        raise SpecError(
            Diagnostic(
                "H416",
                f"{path}: {number}: a fault does nothing",
                hint="give one of " + ", ".join(FAULT_EFFECTS),
            )
            for number in idle
        )
    return faults


class _Told:
    """Waits for Ctrl-C, SIGTERM or a closed terminal, and knows the exit code of the one that came.

    A second signal changes nothing, unless the server's end waits for other commands: then it
    ends that wait.
    """

    def __init__(self) -> None:
        self.exit = Exit.OK
        self._came = threading.Event()
        self._waits_for_others = False
        self._before: dict[signal.Signals, Any] = {}

    def wait(self) -> None:
        """Wait until a signal comes."""
        while not self._came.wait(0.5):
            pass  # Windows hands a Ctrl-C over only between two waits

    def note_waiting(self, say: Callable[[str], None]) -> Callable[[str], None]:
        """Return the voice of the server's end, which notes that it has to wait when it speaks."""

        def note(line: str) -> None:
            self._waits_for_others = True
            say(line)

        return note

    def __enter__(self) -> Self:
        for one in list_signals():
            self._before[one] = signal.signal(one, self._stop)
        return self

    def __exit__(self, *error: object) -> None:
        for one, usual in self._before.items():
            signal.signal(one, usual)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self._waits_for_others:
            raise KeyboardInterrupt
        if self.exit is Exit.OK:
            self.exit = Exit.INTERRUPTED if number == signal.SIGINT else Exit.TERMINATED
        self._came.set()


def _format_banner(simulated: Simulated, simulator: Simulator, world: Path | None) -> str:
    day = simulator.date or "today"
    kept = "in memory" if world is None else f"in {world}"
    return f"""\
A local Azure is ready: catalogue {simulator.catalogue}, day {day}, world {kept}.

  url    {simulated.url}
  token  {simulated.token}

With harness, in another terminal:
  export HARNESS_SIMULATOR_URL={simulated.url}
  export HARNESS_SIMULATOR_TOKEN={simulated.token}
With anything else:
  curl -H "Authorization: Bearer {simulated.token}" \\
    "{simulated.url}/subscriptions/any/resourceGroups?api-version=2025-04-01"

Ctrl-C ends it."""
