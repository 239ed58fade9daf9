"""The data plane of the simulated Azure: chats, responses and embeddings, as recorded."""

from harness.simulator.inference.answer import answer, prepare

__all__ = ["answer", "prepare"]
