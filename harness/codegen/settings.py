"""The environment that a program reads, as the head of the program tells it."""

from __future__ import annotations

from collections.abc import Iterator

from harness.codegen.call import Service
from harness.codegen.literals import write_comment


def list_settings(service: Service) -> Iterator[str]:
    """Yield the lines of a head that set the environment."""
    if service.address:
        shown = service.address.replace('"', "")
        yield from write_comment(f'  export {service.address_variable}="{shown}"')
    if service.key_variable is not None and not service.keyless:
        where = "  # Azure portal: your resource, Keys and Endpoint" if service.deploys else ""
        yield f'#   export {service.key_variable}="..."{where}'
