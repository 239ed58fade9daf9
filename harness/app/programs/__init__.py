"""The call that eval would make for a target, as a program."""
