"""A path -> a ``SpecFile``, or every problem at once.

The order: files are joined (``extends``, ``include``), texts are loaded (``file://``), assertions
are written out, the environment enters where it may, pydantic decides the shape, and the checks
that need the whole look at references, variables and data sets. A later step goes on where an
earlier one found problems, so that one run shows them all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.errors import Diagnostic, SpecError
from harness.spec.check.paths import find_files
from harness.spec.check.rules import DataSets, check
from harness.spec.document.located import Path, Spans, to_plain
from harness.spec.document.problems import Problems
from harness.spec.model.assertion_forms import AssertionForms
from harness.spec.model.spec import Assertion, Spec
from harness.spec.parse import interpolate as environment_rules
from harness.spec.parse.assemble import Sources, assemble
from harness.spec.parse.chat_texts import read_chat_texts
from harness.spec.parse.decode import decode
from harness.spec.parse.images import load_images
from harness.spec.parse.interpolate import Environment, Unset, interpolate
from harness.spec.parse.short_assertions import unfold
from harness.spec.parse.texts import load_texts
from harness.spec.parse.turn_defaults import join_turn_defaults
from harness.spec.ports import Reader


@dataclass(frozen=True, slots=True)
class SpecFile:
    """A spec as it was read.

    Attributes:
        path: the file, as it was named.
        root: the project root, an absolute path.
        spec: what it declares. Paths in it (``cases``, ``answers``) are those of ``Reader``: they
            can be opened from the working folder, whichever file named them.
        document: as written, with what it extends and includes in place, ``file://`` loaded and
            ``${…}`` unexpanded: what ``spec.json`` holds.
        sha256: of that document, of the data sets and of the checks' code: the same on every
            machine.
        spans: places in the files, by path in the decoded spec (assertions in their long form).
        unset: variables of the environment that are named, not set, and have no default.
        case_counts: rows of each data set, by its path.
        digests: of its data sets and of its checks' code, as ``sha256`` takes them in.
        warnings: what is probably not meant.
    """

    path: str
    root: str
    spec: Spec
    document: Mapping[str, Any]
    sha256: str
    spans: Spans
    unset: tuple[Unset, ...] = ()
    case_counts: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[Diagnostic, ...] = ()
    digests: tuple[str, ...] = ()

    def is_but_for_budget(self, sha256: str, document: Mapping[str, Any]) -> bool:
        """Tell whether it is the spec of that digest, or was before its budget was changed.

        A budget says how far a run goes and nothing of what is asked: a run goes on with another.

        Args:
            sha256: the digest of the other.
            document: the other, as it was decoded.
        """
        if sha256 == self.sha256:
            return True
        earlier = document.get("evaluation")
        mine = dict(self.document.get("evaluation") or {})
        mine.pop("budget", None)
        if isinstance(earlier, Mapping) and "budget" in earlier:
            mine["budget"] = earlier["budget"]
        again = {key: value for key, value in self.document.items() if key != "evaluation"}
        if mine or isinstance(earlier, Mapping):
            again["evaluation"] = mine
        return _hash(again, self.digests) == sha256


def load(
    path: str,
    *,
    reader: Reader,
    assertions: AssertionForms,
    environment: Mapping[str, str],
    environment_names: Sequence[str] = (),
    allow_code: bool = False,
    harness_version: str,
) -> SpecFile:
    """Load the spec at ``path``.

    Args:
        path: as the author named it; messages show it in that form.
        reader: the files beneath the project root.
        assertions: the assertions that it may use, and the form of each.
        environment: variables and their values; only names that a spec may read are looked up.
        environment_names: names that ``${…}`` may read beside the contract's prefixes.
        allow_code: whether ``python:`` hooks and ``command`` targets are accepted.
        harness_version: what ``requires`` is held against.

    Raises:
        SpecError: holds every problem that was found, in the order of the files.
    """
    problems = Problems()
    sources = Sources(reader, problems)
    written = assemble(path, sources, harness_version)
    if written is None:
        raise SpecError(problems.list_errors(path))
    texts = read_chat_texts(load_texts(written, sources, assertions), problems)
    loaded = load_images(texts, sources)
    unfolded = join_turn_defaults(unfold(loaded, problems, assertions))
    expanded, unset = interpolate(unfolded, Environment(environment, environment_names), problems)
    files = find_files(expanded, sources, assertions, allow_code=allow_code)
    spec = decode(files.root, problems)
    data = check(files, reader, problems, allow_code=allow_code, forms=assertions)
    if problems.any_error or spec is None:
        raise SpecError(problems.list_errors(path))
    spec = _add_case_assertions(spec, data)
    document = to_plain(loaded)
    return SpecFile(
        path=path,
        root=reader.root,
        spec=spec,
        document=document,
        sha256=_hash(document, data.digests),
        digests=tuple(data.digests),
        spans=Spans(files.root),
        unset=unset,
        case_counts=data.counts,
        warnings=tuple(problems.list_warnings(path)),
    )


def require(spec_file: SpecFile, *paths: Path) -> None:
    """Refuse to go on while a variable is not set whose value is needed now.

    A path stands for everything below it: ``("accounts", "sweden")`` needs every variable of that
    account, ``("providers", "openai", "api_key")`` one; ``()`` needs them all.

    Raises:
        RequestError: names every such variable, and where the spec names it.
    """
    environment_rules.require(spec_file.unset, *paths)


def _add_case_assertions(spec: Spec, data: DataSets) -> Spec:
    """Let conversations know what the cases in their data sets demand."""
    if not any(data.samples.values()):
        return spec
    conversations = tuple(
        one.with_case_assertions(
            tuple(Assertion.model_validate(to_plain(node)) for node in data.samples[one.cases])
        )
        if isinstance(one.cases, str) and data.samples.get(one.cases)
        else one
        for one in spec.conversations
    )
    return spec.model_copy(update={"conversations": conversations})


def _hash(document: Mapping[str, Any], data: Sequence[str]) -> str:
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass"))
    for content in data:
        digest.update(bytes.fromhex(content))
    return digest.hexdigest()
