"""The turns of the user, with data put in: questions, messages, parts of replies that go on."""
