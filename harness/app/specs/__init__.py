"""The spec of a command: read with what a person allows it, and the cloud that it works on."""
