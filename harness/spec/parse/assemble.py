"""Files -> one document: ``extends``, ``include``, and what every file has to be first."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.errors import Diagnostic, SpecError
from harness.source import Span
from harness.spec.document.located import Node
from harness.spec.document.merge import merge
from harness.spec.document.problems import Problems
from harness.spec.document.words import quote
from harness.spec.formats.limits import SPEC
from harness.spec.formats.yaml import Parsed, decode_text, parse
from harness.spec.parse.versions import satisfies
from harness.spec.ports import Reader, UnreadableError
from harness.text.safe import printable

MOST_FILES = 1_000
"""The most times that a spec's files are read: `extends` of `extends` could grow without end."""

LONGEST_CHAIN = 32

BEGIN_HINT = "a spec is YAML that begins with `version: 1`; `harness init` writes one that runs"


UNREAD = "unread"
"""The key of an entry that marks a list of conversations as nobody's yet: no spec loads with it."""
READ_HINT = "read each one, mend or delete what is wrong, then delete the entry `- unread: …`"


@dataclass(slots=True)
class Sources:
    """Reads the files of one spec and notes what is wrong with them.

    ``names_texts`` says whether any of them holds ``file://`` at all: most do not, and looking for
    it in every place where it may stand takes a while in a long spec.
    """

    reader: Reader
    problems: Problems
    reads: int = 0
    names_texts: bool = False

    def resolve(self, node: Node) -> str | None:
        """Return the path that a node names, None (and a problem) when it may not be used."""
        try:
            return self.reader.resolve(node.span.file, node.text or "")
        except UnreadableError as error:
            self._note_unreadable(error, node.text or "", node.span)
            return None

    def matches(self, node: Node) -> tuple[str, ...]:
        """Return the files that a node's glob matches; a problem when there are none."""
        try:
            found = self.reader.matches(node.span.file, node.text or "")
        except UnreadableError as error:
            self._note_unreadable(error, node.text or "", node.span)
            return ()
        if not found:
            summary = f"no file matches {quote(node.text)}"
            hint = "a pattern is relative to the file that holds it"
            self.problems.error("H113", node.span, summary, hint=hint)
        return found

    def read_tree(self, path: str, named_at: Span | None) -> Node | None:
        """Return a YAML file as nodes."""
        data = self._read(path, named_at)
        if data is None:
            return None
        parsed: Parsed = parse(data, path)
        self.problems.extend((*parsed.problems, *parsed.differences))
        return parsed.root

    def read_whole_text(self, path: str, named_at: Span) -> str | None:
        """Return a text file whole, less one line end at its end, which editors add."""
        data = self.read_content(path, named_at)
        if data is None:
            return None
        text, problem = decode_text(data, path)
        if problem is not None:
            self.problems.extend([problem])
            return None
        return text.removesuffix("\n").removesuffix("\r")

    def read_content(self, path: str, named_at: Span) -> bytes | None:
        """Return a file whole; one that is too large is a problem."""
        data = self._read(path, named_at)
        if data is not None and len(data) > (SPEC.size or 0):
            summary = f"the file is larger than {(SPEC.size or 0) // 1_000_000} MB"
            self.problems.error("H102", Span(path, 1, 1), summary)
            return None
        return data

    def _read(self, path: str, named_at: Span | None) -> bytes | None:
        self.reads += 1
        if self.reads > MOST_FILES:
            if self.reads == MOST_FILES + 1:
                self.problems.error("H112", named_at, f"more than {MOST_FILES} files are read")
            return None
        try:
            data = self.reader.read(path, SPEC.size or 0)
        except UnreadableError as error:
            self._note_unreadable(error, path, named_at)
            return None
        self.names_texts = self.names_texts or b"file://" in data
        return data

    def _note_unreadable(self, error: UnreadableError, name: str, span: Span | None) -> None:
        summary = f"{quote(name)} cannot be read"
        hint = error.hint or (BEGIN_HINT if span is None else "")
        self.problems.error(error.code, span, summary, detail=error.reason, hint=hint)


def assemble(path: str, sources: Sources, harness_version: str) -> Node | None:
    """Return the spec's document, everything that it extends and includes in place.

    None when there is nothing to go on with; why stands in ``sources.problems``.

    Raises:
        SpecError: the spec requires another version of harness; nothing else was looked at.
    """
    root = _extend(path, None, (), sources, harness_version)
    if root is None:
        return None
    conversations = root.at("conversations")
    if conversations is None or not isinstance(conversations.value, list):
        return root
    spread = replace(
        conversations, value=_expand_includes(conversations.elements, (path,), sources)
    )
    return replace(root, value={**root.items, "conversations": spread})


def _extend(
    path: str, named_at: Span | None, chain: tuple[str, ...], sources: Sources, version: str
) -> Node | None:
    if not _is_new(path, named_at, chain, "extend", sources.problems):
        return None
    read_before = len(sources.problems.found)
    root = sources.read_tree(path, named_at)
    if root is None:
        if len(sources.problems.found) == read_before and sources.reads <= MOST_FILES:
            empty = Span(path, 1, 1)
            sources.problems.error("H110", empty, "the file is empty", hint=BEGIN_HINT)
        return None
    if not isinstance(root.value, dict):
        summary = "a spec is a mapping of keys to values"
        sources.problems.error("H110", root.span, summary, hint=BEGIN_HINT)
        return None
    require_version(root, version, sources.problems)
    own = _strip_extends(root)
    extends = root.items.get("extends")
    if extends is None or extends.value is None:
        return own
    beneath: Node | None = None
    for name in _list_names(extends, sources.problems):
        base_path = sources.resolve(name)
        if base_path is None:
            continue
        base = _extend(base_path, name.span, (*chain, path), sources, version)
        if base is not None:
            beneath = base if beneath is None else merge(beneath, base)
    return own if beneath is None else merge(beneath, own)


def _is_new(
    path: str, named_at: Span | None, chain: tuple[str, ...], verb: str, problems: Problems
) -> bool:
    """Tell whether a file may be read at the end of this chain: not twice, and not without end."""
    if path in chain:
        circle = " → ".join(map(printable, (*chain[chain.index(path) :], path)))
        problems.error("H112", named_at, f"files {verb} each other", detail=circle)
        return False
    if len(chain) >= LONGEST_CHAIN:
        problems.error("H112", named_at, f"more than {LONGEST_CHAIN} files {verb} one another")
        return False
    return True


def _strip_extends(root: Node) -> Node:
    """Return a file's own declarations: without ``extends``, and without the author's ``x-…``."""
    items = {
        key: node
        for key, node in root.items.items()
        if key != "extends" and not key.startswith("x-")
    }
    return replace(root, value=items)


def _list_names(node: Node, problems: Problems) -> list[Node]:
    names = node.elements if isinstance(node.value, list) else [node]
    for name in names:
        if name.text is None:
            problems.error("H203", name.span, "`extends` wants a file name, or a list of them")
    return [name for name in names if name.text is not None]


def _expand_includes(elements: list[Node], chain: tuple[str, ...], sources: Sources) -> list[Node]:
    """Return a list of conversations with every ``include`` replaced by what the files hold."""
    spread: list[Node] = []
    for element in elements:
        if UNREAD in element.items:
            summary = "what stands below was suggested by a model, and nobody has read it"
            sources.problems.error("H121", element.span, summary, hint=READ_HINT)
            continue
        pattern = element.items.get("include")
        if pattern is None:
            spread.append(element)
            continue
        for key in element.items:
            if key != "include":
                summary = f"`include` stands alone: {quote(key)} has no meaning beside it"
                sources.problems.error("H201", element.key_span(key), summary)
        if pattern.text is None:
            sources.problems.error("H203", pattern.span, "`include` wants a file name or a glob")
            continue
        for path in sources.matches(pattern):
            spread += _read_included(path, pattern.span, chain, sources)
    return spread


def _read_included(
    path: str, named_at: Span, chain: tuple[str, ...], sources: Sources
) -> list[Node]:
    if not _is_new(path, named_at, chain, "include", sources.problems):
        return []
    read_before = len(sources.problems.found)
    root = sources.read_tree(path, named_at)
    if root is None:
        if len(sources.problems.found) == read_before and sources.reads <= MOST_FILES:
            sources.problems.error("H110", Span(path, 1, 1), "the file is empty")
        return []
    if not isinstance(root.value, list):
        hint = "begin each conversation with `- id:`"
        sources.problems.error(
            "H110", root.span, "an included file is a list of conversations", hint=hint
        )
        return []
    return _expand_includes(root.elements, (*chain, path), sources)


def require_version(root: Node, version: str, problems: Problems) -> None:
    """Refuse a spec that asks for another version of harness.

    Raises:
        SpecError: with that one problem, because the others may only be a newer format's.
    """
    node = root.items.get("requires")
    if node is None or node.text is None:
        return
    satisfied = satisfies(version, node.text)
    if satisfied is None:
        hint = 'for example ">=0.1" or ">=0.1,<2"'
        problems.error("H208", node.span, "`requires` is not a range of versions", hint=hint)
        return
    if not satisfied:
        summary = f"the spec requires harness {printable(node.text)}, and this is {version}"
        hint = "install a version in that range: pip install --upgrade azure-openai-harness"
        raise SpecError([Diagnostic("H114", summary, "", node.span, hint)])
