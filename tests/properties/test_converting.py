"""Whatever stands in a configuration: a spec that loads comes of it, or a reason why not."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.app.converting.specs import convert_file
from harness.errors import RequestError
from harness.store.files import DiskReader

CONFIG: dict[str, Any] = {
    "description": "d",
    "prompts": ["Say {{x}}", {"raw": "Tell {{x}}", "label": "b"}],
    "providers": [
        "openai:gpt-4o",
        {"id": "azure:chat:d", "config": {"apiHost": "h.io", "temperature": 0, "tools": []}},
    ],
    "defaultTest": {"vars": {"y": "1"}, "assert": [{"type": "is-json"}], "options": {}},
    "assertionTemplates": {"t": {"type": "contains", "value": "a"}},
    "tests": [
        {
            "description": "one",
            "vars": {"x": ["a", "b"]},
            "assert": [
                {"type": "javascript", "value": "output.length < 3"},
                {"type": "llm-rubric", "value": "kind {{x}}", "provider": "openai:gpt-4.1"},
                {"type": "assert-set", "assert": [{"$ref": "#/assertionTemplates/t"}]},
            ],
            "metadata": {"conversationId": "c"},
            "threshold": 0.5,
        },
        {"vars": {"x": "{{y}}"}, "options": {"transform": "output.x", "storeOutputAs": "z"}},
    ],
    "scenarios": [{"config": [{"vars": {"x": "q"}}], "tests": [{"vars": {"y": "2"}}]}],
    "evaluateOptions": {"repeat": 2},
}  # fmt: skip

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        [
            *("{{x}}", "{{ x | upper }}", "{% if", "{% for a in x %}{{a}}{% endfor %}", "{{", "}}"),
            *("file://gone.txt", "file://../x", "file://*", "not-", "javascript", "python", "[]"),
            *("openai:", "azure:chat:", "$ref", "id", "assert", "user", "x" * 300, "a\nb", "\x1b"),
        ]
    ),
    st.just([]),
    st.just({}),
    st.just([{}]),
    st.just({"$ref": "#/tests/0"}),
    st.just([{"role": "user", "content": "hi"}]),
)


def list_paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    entries: list[tuple[Any, Any]] = list(value.items()) if isinstance(value, dict) else []
    entries += enumerate(value) if isinstance(value, list) else []
    for key, below in entries:
        found += list_paths(below, (*path, key))
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_configuration_with_anything_in_it_converts_or_says_why_not(
    folder: Path, data: st.DataObject
) -> None:
    changed = copy.deepcopy(CONFIG)
    for _ in range(data.draw(st.integers(1, 3))):
        paths = list_paths(changed)
        if not paths:
            break
        *above, last = data.draw(st.sampled_from(paths))
        owner: Any = changed
        for step in above:
            owner = owner[step]
        if data.draw(st.booleans()):
            owner[last] = data.draw(JUNK)
        else:
            del owner[last]
    (folder / "c.json").write_text(json.dumps(changed), encoding="utf-8")
    reader = DiskReader(folder)
    try:
        found = convert_file("c.json", "spec.yaml", reader, reader)
    except RequestError:
        return
    if found.conversion.document is None:
        assert found.conversion.out_of_reach
    else:
        assert found.text  # it was read again, whole, before it was given out
    for one in found.conversion.unmapped:
        assert one.what
        assert one.reason
