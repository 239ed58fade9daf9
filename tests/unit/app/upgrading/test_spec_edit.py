"""A spec is edited where it says a value, and nowhere else."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from harness.app.upgrading.outlook import UpgradedTarget
from harness.app.upgrading.spec_edit import edit_spec
from harness.app.upgrading.trial import declare_beside, name_successor
from harness.errors import RequestError
from harness.plan.preflight.successors import Successor
from harness.spec.load import SpecFile
from harness.wiring import Permissions, read_spec

HEAD = "version: 1\nname: s\ncloud: simulator\nresource_group: rg\n"
BLOCK = """\
accounts:
  aa:
    region: eastus2
    deployments:
      m:   # one
        model: gpt-4o-mini # old
        version: '2024-07-18'
        capacity: 20
      n: {model: gpt-4o-mini, version: "2024-07-18", sku: GlobalStandard}
"""
M, N = UpgradedTarget("aa", "m"), UpgradedTarget("aa", "n")


def successor(
    sku: str = "GlobalStandard", capacity: int = 20, model: str = "gpt-5-mini"
) -> Successor:
    return Successor(model, "2025-08-07", sku, capacity, None, None, ())


def read(folder: Path, text: str, name: str = "s.yaml") -> SpecFile:
    (folder / ".git").mkdir(exist_ok=True)
    path = folder / name
    path.write_text(HEAD + text, encoding="utf-8")
    return read_spec(path, Permissions())


def edited(folder: Path, text: str, target: UpgradedTarget, chosen: Successor) -> str:
    [one] = edit_spec(read(folder, text), target, chosen)
    assert one.before == HEAD + text
    return one.after.removeprefix(HEAD)


def test_values_change_with_their_quotes_and_comments_kept(tmp_path: Path) -> None:
    assert edited(tmp_path, BLOCK, M, successor()) == BLOCK.replace(
        "model: gpt-4o-mini # old", "model: gpt-5-mini # old"
    ).replace("version: '2024-07-18'", "version: '2025-08-07'")


def test_a_mapping_on_one_line_is_edited_on_that_line(tmp_path: Path) -> None:
    before = '{model: gpt-4o-mini, version: "2024-07-18", sku: GlobalStandard}'
    after = '{model: gpt-5-mini, version: "2025-08-07", capacity: 12, sku: DataZoneStandard}'
    chosen = successor("DataZoneStandard", 12)
    assert edited(tmp_path, BLOCK, N, chosen) == BLOCK.replace(before, after)


def test_what_was_not_written_comes_behind_the_version(tmp_path: Path) -> None:
    said = edited(tmp_path, BLOCK, M, successor("DataZoneStandard", 12))
    assert "        version: '2025-08-07'\n        sku: DataZoneStandard\n" in said
    assert "        capacity: 12\n" in said


def test_a_mapping_in_braces_over_several_lines_stays_one(tmp_path: Path) -> None:
    text = BLOCK.replace(
        'n: {model: gpt-4o-mini, version: "2024-07-18", sku: GlobalStandard}',
        'n: {\n        model: gpt-4o-mini,\n        version: "2024-07-18"\n      }',
    )
    said = edited(tmp_path, text, N, successor("DataZoneStandard", 12))
    assert 'version: "2025-08-07", sku: DataZoneStandard, capacity: 12\n      }' in said
    again = read(tmp_path, said).spec.accounts["aa"].deployments["n"]
    assert (again.model, again.sku, again.capacity) == ("gpt-5-mini", "DataZoneStandard", 12)


def test_the_ends_of_lines_stay_as_they_are(tmp_path: Path) -> None:
    read(tmp_path, BLOCK)
    path = tmp_path / "s.yaml"
    path.write_bytes((HEAD + BLOCK).replace("\n", "\r\n").encode())
    [one] = edit_spec(read_spec(path, Permissions()), M, successor("DataZoneStandard"))
    assert one.after.count("\r\n") == one.after.count("\n") == one.before.count("\n") + 1
    assert "        version: '2025-08-07'\r\n        sku: DataZoneStandard\r\n" in one.after


def test_the_diff_applies_to_a_file_without_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "-q"], check=True)
    path = Path("s.yaml")
    path.write_text((HEAD + BLOCK).rstrip("\n"), encoding="utf-8")
    [one] = edit_spec(read_spec(path, Permissions()), N, successor())
    Path("a.diff").write_text(one.diff, encoding="utf-8")
    subprocess.run(["git", "apply", "a.diff"], check=True)
    assert path.read_text(encoding="utf-8") == one.after


def test_a_spec_in_json_stays_json(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    deployment = {"model": "gpt-4o-mini", "version": "2024-07-18"}
    account = {"region": "eastus2", "deployments": {"n": deployment}}
    head = {"version": 1, "name": "s", "cloud": "simulator", "resource_group": "rg"}
    path = tmp_path / "s.json"
    path.write_text(json.dumps({**head, "accounts": {"aa": account}}), encoding="utf-8")
    spec_file = read_spec(path, Permissions())
    [one] = edit_spec(spec_file, N, successor("DataZoneStandard", 12))
    written = json.loads(one.after)["accounts"]["aa"]["deployments"]["n"]
    assert written == {
        "model": "gpt-5-mini",
        "version": "2025-08-07",
        "sku": "DataZoneStandard",
        "capacity": 12,
    }


def test_a_version_without_quotes_gets_them(tmp_path: Path) -> None:
    text = BLOCK.replace("'2024-07-18'", "default")
    said = edited(tmp_path, text, M, successor())
    assert 'version: "2025-08-07"' in said


def test_a_spec_in_several_files_is_edited_where_the_deployment_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    base = HEAD + BLOCK
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / "s.yaml").write_text("extends: base.yaml\nname: over\n", encoding="utf-8")
    [one] = edit_spec(read_spec(Path("s.yaml"), Permissions()), M, successor())
    assert one.path.name == "base.yaml"
    assert one.diff.startswith("--- a/base.yaml\n+++ b/base.yaml\n")
    assert "-        model: gpt-4o-mini # old\n" in one.diff
    assert "+        model: gpt-5-mini # old\n" in one.diff


@pytest.mark.parametrize(
    "text",
    [
        BLOCK.replace("model: gpt-4o-mini # old", 'model: "${HARNESS_M:-gpt-4o-mini}"'),
        BLOCK.replace("m:   # one", "m: &one").replace(
            'n: {model: gpt-4o-mini, version: "2024-07-18", sku: GlobalStandard}', "n: *one"
        ),
    ],
)
def test_a_value_that_comes_from_elsewhere_is_not_edited(tmp_path: Path, text: str) -> None:
    spec_file = read(tmp_path, text)
    with pytest.raises(RequestError) as refused:
        edit_spec(spec_file, M, successor())
    said = str(refused.value.diagnostics[0])
    assert "H933" in said
    assert "comes from elsewhere" in said
    assert 'write `model: gpt-5-mini, version: "2025-08-07"' in said


def test_the_same_model_gives_no_edit_but_its_version(tmp_path: Path) -> None:
    said = edited(tmp_path, BLOCK, M, successor(model="gpt-4o-mini"))
    assert said == BLOCK.replace("version: '2024-07-18'", "version: '2025-08-07'")


def test_a_successor_stands_beside_with_all_but_the_old_models_price(tmp_path: Path) -> None:
    text = BLOCK.replace(
        "        capacity: 20\n",
        "        capacity: 20\n        price: {input: 1, output: 2}\n        context: 1000\n"
        "        properties: {spilloverDeploymentName: n, dynamicThrottlingEnabled: true}\n"
        "        parameters: {temperature: 0.2}\n",
    )
    spec_file = read(tmp_path, text)
    trial = declare_beside(spec_file, M, successor(capacity=12))
    assert trial.new.name == "aa/m-gpt-5-mini-2025-08-07"
    new = trial.spec_file.spec.accounts["aa"].deployments[trial.key]
    assert (new.model, new.version, new.capacity) == ("gpt-5-mini", "2025-08-07", 12)
    assert (new.price, new.context) == (None, None)
    assert new.properties == {"dynamicThrottlingEnabled": True}
    assert new.parameters.temperature == 0.2
    assert trial.spec_file.sha256 != spec_file.sha256
    assert trial.spec_file.document["accounts"]["aa"]["deployments"][trial.key]["capacity"] == 12
    assert trial.key not in spec_file.document["accounts"]["aa"]["deployments"]
    assert list(spec_file.spec.accounts["aa"].deployments) == ["m", "n"]


def test_a_name_is_always_the_same_and_never_too_long() -> None:
    assert name_successor("m", successor(), ()) == "m-gpt-5-mini-2025-08-07"
    long = name_successor("m" * 60, successor(), ())
    assert len(long) == 64
    assert long == name_successor("m" * 60, successor(), ())
    assert name_successor("m", successor(), ("m-gpt-5-mini-2025-08-07",)) != (
        "m-gpt-5-mini-2025-08-07"
    )
