"""The SDK's clients, before anybody calls them."""

from __future__ import annotations

import subprocess
import sys


def test_the_sdks_are_imported_whole_before_threads_can_ask_for_them() -> None:
    code = (
        "import sys\n"
        "from harness.cloud import make_simulator_endpoint\n"
        "from harness.cloud.management import open_cloud\n"
        "sdks = {'azure.mgmt.cognitiveservices', 'azure.mgmt.resource.resources'}\n"
        "assert not sdks & set(sys.modules)\n"
        "open_cloud(make_simulator_endpoint('http://127.0.0.1:1', 'token'), verbose=False)\n"
        "assert sdks <= set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
