"""Writes docs/fidelity.md: ``python -m tests.recordings.page --write`` from the project's root.

Every figure on the page is computed here from the recordings and descriptions beside the checkout;
``test_fidelity_page`` fails when the page says something else.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from harness.simulator.management import routing
from harness.simulator.management.protocol.refusals import REFUSALS
from tests.recordings import inference_play
from tests.recordings.description import Description, from_sdk, swagger
from tests.recordings.fidelity import ASPECTS, Score
from tests.recordings.scoring import Table, concerns_us, played, share
from tests.recordings.sdk_reading import read_again
from tests.recordings.traffic import Recording, recordings, single_exchanges

PROJECT = Path(__file__).resolve().parent.parent.parent
PAGE = PROJECT / "docs" / "fidelity.md"
DATA = PROJECT.parent / "shared" / "data"

HEAD = """\
# How faithful the simulated Azure is

*Written by `python -m tests.recordings.page --write`; a test fails when a figure has changed.*

Real requests to Azure are sent again to the simulator, and its answers are compared with the
recorded ones, aspect by aspect: the **status**; the error's **code**; the **headers** that matter
(links to operations, etag, Retry-After, who failed, the families of request allowances); the
**body**, its keys and types all the way down; and the **order** of its keys. A cell says how many
exchanges were right of those that have the aspect; a wrong status fails them all. The score is the
share of all aspects that were right.

Not compared are values, keys of maps whose keys are data (tags, endpoints, capabilities), keys that
only some rows of a recorded list have, and whether an operation had ended yet. Only what the
collection of recordings calls real counts; hand-edited, synthetic and quoted exchanges do not. The
same traffic under other names, subscriptions and regions scores the same, and no name of a
recording occurs in the simulator: tests hold both.
"""

DATA_PLANE = """\
The simulator is told what the model said and which day it was; everything around it is compared. A
key that the service has added since a recording is no difference when a later recording has it.
"""

DOCUMENTED = """\
Nobody recorded these; they follow the API descriptions, against which every answer of the simulator
and every request of harness is validated.
"""

ASSUMED = """\
## Assumed, or not verified

- Quotas are those of eastus2 everywhere, and regions without a recorded list offer its Global SKUs:
  see [the catalogue](simulator.md#the-catalogue).
- The status of `DeploymentModelNotSupported`, `InvalidCapacity` and `CannotChangeDeploymentModel`
  on a direct PUT is taken to be 400, that of `InvalidResourceLocation` 409.
- `TooManyRequests` comes with `Retry-After: 5`: this service's real value was never recorded.
- The text for a content filter that does not exist was never quoted anywhere.
- A failed operation of this service was never recorded; it is answered as other services answer.
- After a group was deleted, an account in it was once answered `ResourceGroupNotFound` and twice
  `ResourceNotFound`; the simulator says the former.
- Kinds of accounts that were never recorded have one endpoint and one call rate.
- Costs, descriptions and fine-tuning capabilities are left out of model lists; links to operations
  carry no signature; endpoints lead to the simulator, never to Azure.
- The data plane answers in the form of the session's day as far as recordings show it (of Azure,
  from 2024 on; without a day in the newest form), and has no blocklists.
- Models of other publishers answer like grok (xAI) or deepseek, which were recorded. Summaries of
  reasoning follow the API description.
- Of batches nothing was recorded of Azure that failed: error lines, expiry, validation and refusals
  of files are as documented, quoted, or as OpenAI has them ([batches](batch.md#not-verified)).
- `management: instant` ends operations at their first poll; resources written before 2022-10 say
  `Succeeded` where Azure said `Creating` for a while.
"""


def page(data: Path) -> str:
    """The whole page."""
    arm = [*recordings(data, "arm"), *single_exchanges(data, "arm")]
    planes = ("inference-azure", "inference-openai")
    inference = [one for plane in planes for one in recordings(data, plane)]
    management = played(arm)
    data_plane = inference_play.played([*inference, *single_exchanges(data, "inference")])
    descriptions = _descriptions(data)
    return "\n".join(
        [
            HEAD,
            _summary(management, data_plane),
            "## Management, as recorded\n",
            _scores(management, _years(arm)),
            "What differs:\n",
            _differences(management),
            "## Data plane, as recorded\n",
            DATA_PLANE,
            _scores(data_plane, {}),
            "What differs:\n",
            _differences(data_plane),
            "## Recorded answers, read by the management SDK\n",
            _read(arm),
            "## Documented only\n",
            DOCUMENTED,
            _wrapped(sorted(_known() - set(management))),
            "## Refusals\n",
            "Each can be had by a fault that names its code; most also happen by themselves.\n",
            _refusals(),
            "## Not implemented\n",
            "These answer 501 `NotImplemented` and name themselves:\n",
            _wrapped(sorted(_unknown(descriptions))),
            ASSUMED.rstrip(),
            "",
        ]
    )


def _summary(management: Table, data_plane: Table) -> str:
    figures = (
        f"{share(table):.1%}** of the aspects of {sum(s.exchanges for s in table.values())}"
        for table in (management, data_plane)
    )
    return "Management: **{} exchanges. Data plane: **{}.\n".format(*figures)


def _descriptions(data: Path) -> list[Description]:
    sdk = next((data / "api" / "arm-2025-09-01-from-sdk").glob("*.json"))
    documents = sorted((data / "api" / "arm").glob("*/*/*.json"))
    return [*(swagger(path) for path in documents), from_sdk(sdk)]


def _years(traffic: Iterable[Recording]) -> dict[str, str]:
    """When each operation was recorded: the years of its api-versions."""
    found: dict[str, set[str]] = {}
    for recording in traffic:
        for exchange in recording.exchanges:
            operation = routing.find(exchange.method, exchange.path)
            if operation is not None and concerns_us(recording, exchange):
                years = {str(recording.day.year)} if recording.day else set()
                found.setdefault(operation.name, set()).update(years)
    return {
        name: "–".join(dict.fromkeys((min(years), max(years)))) if years else "undated"
        for name, years in found.items()
    }


def _scores(table: Table, years: Mapping[str, str]) -> str:
    rows = [
        "| operation | recorded | exchanges | " + " | ".join(ASPECTS) + " | score |",
        "|---|---|---|" + "---|" * (len(ASPECTS) + 1),
    ]
    for name, score in sorted(table.items()):
        cells = [
            f"{score.right[aspect]}/{score.compared[aspect]}" if score.compared[aspect] else ""
            for aspect in ASPECTS
        ]
        when = years.get(name, "2023–2026")
        cell = f"| `{name}` | {when} | {score.exchanges} | {' | '.join(cells)} |"
        rows.append(f"{cell} {score.share:.1%} |")
    return "\n".join([*rows, ""])


def _differences(table: Mapping[str, Score]) -> str:
    """Every kind of difference once, without the names of what was recorded."""
    found: dict[str, None] = {}
    for name, score in sorted(table.items()):
        for difference in score.differences:
            what = difference.split(": ", 1)[1]
            short = re.sub(r"^(\d+, not \d+): .*", r"status \1", what, flags=re.DOTALL)
            paths = [part.split()[0] for part in short.split(", ")]
            if len(paths) > 2:
                short = f"{short.split(', ')[0]}, and {len(paths) - 1} more keys"
            found[f"- `{name}`: {short}"] = None
    return "\n".join([*(found or ["- nothing"]), ""])


def _read(traffic: list[Recording]) -> str:
    table = read_again(traffic)
    right = sum(found["read"] for found in table.values())
    whole = sum(found.total() for found in table.values())
    return (
        f"Of {whole} recorded answers of {len(table)} operations, azure-mgmt-cognitiveservices\n"
        f"read {right} as they were sent: every value that it knows, the number of rows, errors\n"
        "with their status and code. What our own clients make of recorded inference traffic is\n"
        "held by `tests/recordings/test_inference_answers.py`, exchange by exchange.\n"
    )


def _known() -> set[str]:
    return {name for _, _, name, _ in routing.ROUTES}


def _unknown(descriptions: list[Description]) -> set[str]:
    """Described operations that no route answers, by method and the end of their path."""
    found = set()
    for description in descriptions:
        for method, pattern, _ in description.operations:
            path = pattern.pattern.removesuffix("/?$").replace("[^/]+", "x").replace("\\", "")
            if routing.find(method, path) is None:
                shown = re.sub(
                    r"^/subscriptions/x|/providers/Microsoft.CognitiveServices", "", path
                )
                shown = shown.replace("/resourceGroups/x", "").replace("/x", "/…")
                found.add(f"`{method} {shown}`")
    return found


def _refusals() -> str:
    rows = ["| code | status | Retry-After | source of its words |", "|---|---|---|---|"]
    rows += [
        f"| `{row.code}` | {row.status} | {row.retry_after_s or ''} | {row.source} |"
        for row in REFUSALS
    ]
    return "\n".join([*rows, ""])


def _wrapped(names: Iterable[str]) -> str:
    shown = [name if name.startswith("`") else f"`{name}`" for name in names]
    return " · ".join(shown) + "\n"


def main() -> None:
    """Write the page, or print it."""
    text = page(DATA)
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
