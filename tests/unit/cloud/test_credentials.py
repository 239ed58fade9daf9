from __future__ import annotations

import pytest

from harness.cloud.credentials import sign_in
from harness.errors import OutsideError


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """An environment in which nobody is signed in, and only the environment is asked."""
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    for name in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET", "AZURE_USERNAME"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("nobody")
def test_nobody_signed_in_is_one_line_and_what_to_do() -> None:
    with pytest.raises(OutsideError) as caught:
        sign_in("azure", verbose=False)
    [said] = caught.value.diagnostics
    assert said.summary == "nobody is signed in to Azure"
    assert "az login" in said.hint
    assert "--cloud simulator" in said.hint
    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.usefixtures("nobody")
def test_verbose_says_what_was_tried() -> None:
    with pytest.raises(OutsideError) as caught:
        sign_in("azure", verbose=True)
    assert "EnvironmentCredential" in caught.value.diagnostics[0].detail
