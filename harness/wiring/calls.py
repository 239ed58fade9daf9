"""The form of the calls that eval would make for a target, without making one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from harness.app.specs.permissions import Permissions
    from harness.conversation.ports import Request
    from harness.providers import TokenProvider
    from harness.providers.openai.endpoints import SdkEndpoint
    from harness.run.targets import Target
    from harness.spec.load import SpecFile
    from harness.spec.model.spec import Conversation
    from harness.wiring.providers.endpoints import Endpoints


@dataclass(frozen=True, slots=True)
class SdkCallForm:
    """The form of the calls to one target behind OpenAI's protocol."""

    endpoint: SdkEndpoint

    @property
    def protocol(self) -> Literal["azure", "v1", "openai"]:
        """The kind of API."""
        from harness.providers import AzureClassic, AzureV1

        if isinstance(self.endpoint, AzureClassic):
            return "azure"
        return "v1" if isinstance(self.endpoint, AzureV1) else "openai"

    @property
    def name(self) -> str:
        """The name that requests call the model by."""
        return self.endpoint.named_model

    @property
    def api(self) -> Literal["chat", "responses"]:
        """The API that it is asked by first."""
        return "responses" if self.endpoint.api == "responses" else "chat"

    def write(
        self, request: Request, api: Literal["chat", "responses"]
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Return the body of a request, and what in it differs from what was asked."""
        from harness.providers.openai.apis import CHAT, RESPONSES
        from harness.providers.openai.parameters import Adaptation

        wording = RESPONSES if api == "responses" else CHAT
        written = wording.write(request, self.name, Adaptation.of(self.endpoint.reasoning))
        return written.body, written.notes


@dataclass(frozen=True, slots=True)
class SpecCallForms:
    """The forms of the calls to the targets of a spec; no credential is read for them."""

    spec_file: SpecFile
    permissions: Permissions

    def find(self, target: Target) -> SdkCallForm | None:
        """Return the form of the calls to a target; None for one that is asked in another way."""
        from harness.providers.openai.endpoints import SdkEndpoint

        endpoint = self._endpoints.find_placeholder(target)
        return SdkCallForm(endpoint) if isinstance(endpoint, SdkEndpoint) else None

    def cases(self, conversation: Conversation) -> Iterator[Mapping[str, Any]]:
        """Read the cases of a conversation."""
        from pathlib import Path

        from harness.app.specs.cases import read_cases
        from harness.store.files import DiskReader

        return read_cases(conversation, DiskReader(Path(self.spec_file.root)))

    @property
    def _endpoints(self) -> Endpoints:
        from harness.wiring.providers.endpoints import Endpoints

        return Endpoints(
            spec_file=self.spec_file,
            permissions=self.permissions,
            environment=os.environ,
            simulated=None,
            cloud=None,
            sign_in=_NoSignIn(),
        )


class _NoSignIn:
    """Signs in nowhere: a placeholder's address needs no credential."""

    def data_plane(self, account: str | None) -> TokenProvider:
        """Refuse: nobody asks for one."""
        raise AssertionError(f"a placeholder was signed in to for {account}")
