"""A plain vcrpy file replayed by a command, in the place of a recording of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import Diagnostic, RequestError
from harness.wiring.choice import CloudChoice
from harness.wiring.permissions import Permissions
from harness.wiring.recording.choice import Recording

if TYPE_CHECKING:
    from harness.recording.foreign.foreign_session import ForeignSession
    from harness.spec.load import SpecFile


def open_foreign(
    spec_file: SpecFile, permissions: Permissions, recording: Recording
) -> tuple[ForeignSession, CloudChoice, str]:
    """Return what answers, the cloud that it is taken for, and a line that says so.

    Nothing in such a file is simulated: where the spec names the simulator, it is Azure that a
    replay stands for.

    Raises:
        OutsideError: the file is no vcrpy cassette with exchanges of models.
    """
    from harness.recording.foreign.foreign_session import foreign_session

    asked = permissions.cloud or spec_file.spec.cloud
    name = "azure" if spec_file.spec.accounts else None
    if asked is not None and asked != "simulator":
        name = asked
    session = foreign_session(recording.folder, any_api=spec_file.spec.evaluation.api == "auto")
    choice = CloudChoice(name, f"recorded in {recording.folder}")
    return session, choice, f"replay of {recording.folder}; nothing leaves this machine"


def file_is_no_folder(recording: Recording) -> RequestError:
    """Make the error for recording into other people's files."""
    return RequestError(
        Diagnostic(
            "H828",
            f"{recording.folder} is a file, and recordings are kept in a folder",
            "a plain vcrpy file can be replayed, not recorded into",
            hint="name a folder: --cassette specs/name.cassette",
        )
    )
