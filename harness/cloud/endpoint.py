"""The address of an Azure cloud, and the credentials for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.azure.clouds import CLOUDS


@dataclass(frozen=True, slots=True)
class CloudEndpoint:
    """A management plane: where it is and how it is signed in to.

    Attributes:
        name: ``simulator`` or the name of a real cloud.
        base_url: of Azure Resource Manager, without a slash at the end.
        token: what is sent as a bearer token: the simulator's, or nobody's in a replay; None on a
            real cloud, where Entra signs in.
        poll_s: seconds between looks at a long-running operation where Azure names no time;
            the SDK's own 30 s is far longer than most operations take.
        replayed: answers come from a recording; no host is reached, whatever its name.
    """

    name: str
    base_url: str
    token: str | None = field(default=None, repr=False)
    poll_s: float = 5.0
    replayed: bool = False

    @property
    def simulated(self) -> bool:
        """True when this is the simulated Azure or a recording, where nobody signs in."""
        return self.token is not None


def make_simulator_endpoint(url: str, token: str) -> CloudEndpoint:
    """Return the simulated Azure at a loopback address."""
    # Not at once again: looks without a pause take the processor from what is looked at.
    return CloudEndpoint("simulator", url.rstrip("/"), token, poll_s=0.05)


def make_azure_endpoint(name: str) -> CloudEndpoint:
    """Return a real cloud by its name in a spec; ``KeyError`` for any other."""
    return CloudEndpoint(name, CLOUDS[name].arm)


def make_replay_endpoint(name: str, base_url: str) -> CloudEndpoint:
    """Return a recording of the cloud of this name, whose addresses begin with ``base_url``."""
    return CloudEndpoint(name, base_url.rstrip("/"), "replayed", poll_s=0.0, replayed=True)
