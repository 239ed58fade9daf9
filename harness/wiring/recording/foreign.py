"""A plain vcrpy file replayed by a command, in the place of a recording of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.app.recording import Recording
from harness.app.specs.cloud_choice import CloudChoice
from harness.app.specs.permissions import Permissions
from harness.errors import Diagnostic, RequestError

if TYPE_CHECKING:
    from harness.recording.foreign.transcripts import ForeignConversations
    from harness.spec.load import SpecFile


def open_foreign(recording: Recording) -> ForeignConversations:
    """Return what answers models.

    Raises:
        OutsideError: the file is no vcrpy cassette with exchanges of models.
    """
    from harness.recording.foreign.transcripts import ForeignConversations
    from harness.recording.foreign.vcr_file import open_vcr

    return ForeignConversations.of(open_vcr(recording.folder))


def choose_foreign_cloud(
    spec_file: SpecFile, permissions: Permissions, recording: Recording
) -> CloudChoice:
    """Return the cloud that the answers of such a file are taken for.

    Nothing in it is simulated: where the spec names the simulator, a replay stands for Azure.
    """
    asked = permissions.cloud or spec_file.spec.cloud
    name = "azure" if spec_file.spec.accounts else None
    if asked is not None and asked != "simulator":
        name = asked
    return CloudChoice(name, f"recorded in {recording.folder}")


def refuse_to_record(recording: Recording) -> RequestError:
    """Make the error for recording into other people's files."""
    return RequestError(
        Diagnostic(
            "H828",
            f"{recording.folder} is a file, and recordings are kept in a folder",
            "a plain vcrpy file can be replayed, not recorded into",
            hint="name a folder: --cassette specs/name.cassette",
        )
    )
