"""The base of every kind of provider: its facts, and the models that it offers as targets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from harness.spec.model.base import Declared, Flag, Positive, Text
from harness.spec.model.resources import Parameters, Price


class ProviderModel(Declared):
    """A model of a provider; ``model`` says what a deployment's name stands for."""

    model: Text | None = None
    """The model that the name stands for. Example: `gpt-4o`"""
    version: Text | None = None
    """The model's version. Example: `"2024-11-20"`"""
    context: Positive | None = None
    """Tokens that fit into one request. Example: `128000`"""
    parameters: Parameters = Parameters()
    """Parameters of every request to it. Example: `{temperature: 0}`"""
    price: Price | None = None
    """Its price, instead of the price table's. Example: `{input: 2.5, output: 10}`"""
    reasoning: Flag | None = None
    """The model thinks before it answers, and refuses a temperature. Example: `true`"""


class DeclaredProvider(Declared):
    """Targets that are not provisioned here.

    A subclass is a kind of provider: the keys that an author writes, and these facts about it.
    What answers for a kind is chosen in ``wiring/providers``.

    Attributes:
        label: what the report calls it.
        is_application: its one target has the provider's own name, and it declares no ``models``.
        only_embeds: its models embed texts and hold no conversation.
        is_simulated: the simulator answers for it where the cloud is the simulator.
        is_called: something is sent, which a recording can hold.
        needs_key: a credential is sent even where no ``api_key`` is written.
        runs_code: a spec with one needs ``--allow-code``.
        names_are_models: a target's name is the name of a model, known by its maker.
        price_table: the table that prices it; None when tokens are not what is paid for.
        takes_batches: its models may be asked in batches.
        addresses: keys that say where it is; needed before it is called for real.
    """

    label: ClassVar[str]
    is_application: ClassVar[bool] = False
    only_embeds: ClassVar[bool] = False
    is_simulated: ClassVar[bool] = False
    is_called: ClassVar[bool] = True
    needs_key: ClassVar[bool] = False
    runs_code: ClassVar[bool] = False
    names_are_models: ClassVar[bool] = False
    price_table: ClassVar[Literal["azure", "openai"] | None] = None
    takes_batches: ClassVar[bool] = False
    addresses: ClassVar[tuple[str, ...]] = ()

    def list_models(self) -> Mapping[str, ProviderModel]:
        """Return its models by their handles; an application is one whose handle is empty."""
        raise NotImplementedError
