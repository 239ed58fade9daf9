"""The ChatModel port over the openai SDK and other targets."""
