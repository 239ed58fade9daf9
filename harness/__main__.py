"""The program: what ``harness`` and ``python -m harness`` begin with."""

import sys


def main() -> None:
    """Run the command line and exit with its code.

    It is imported here, where Ctrl-C during the import is one line and not a traceback; so this
    module imports nothing else.
    """
    try:
        from harness.cli.entry.signals import listen

        listen()
        from harness.cli.main import main as command_line

        command_line()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    # ``python -m`` looks for modules where it is called first: what lies there is none of ours.
    if not sys.flags.safe_path:
        del sys.path[0]
    main()
