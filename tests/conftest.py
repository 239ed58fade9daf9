"""What every test may ask for."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import hypothesis
import pytest

PROJECT = Path(__file__).resolve().parent.parent

# No test looks at a clock: a busy machine is no finding.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")

# What a shell without job control puts in the background is deaf to Ctrl-C, and so is whatever that
# starts in its turn: programs that a test interrupts would not notice.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _state_of_tests(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what commands note for one another out of the developer's own folder."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def project() -> Path:
    """The checkout's root."""
    return PROJECT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real recordings and real answers, kept beside the checkout; nothing of them is copied here.

    Absent, the test is skipped; on CI their absence is a failure, so that nobody mistakes a
    skipped truth for a proven one.
    """
    data = PROJECT.parent / "shared" / "data"
    if not data.is_dir():
        message = "real recordings are not here: expected a folder shared/data beside the checkout"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return data
