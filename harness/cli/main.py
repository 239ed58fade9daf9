"""The command line: a visible list of commands, each imported only when it is called."""

from __future__ import annotations

import importlib
import sys
from typing import NamedTuple, NoReturn

import click

from harness._version import __version__
from harness.cli.entry import signals
from harness.cli.layout import Group
from harness.cli.pipeline import annotate_problems
from harness.cli.streams import steady
from harness.errors import Diagnostic, Exit


class Entry(NamedTuple):
    """A command: its name, the module of ``harness.cli`` that holds it, its line in the help."""

    name: str
    module: str
    summary: str


COMMANDS = (
    Entry("init", "project.init", "Write a project that passes its tests at once."),
    Entry("validate", "project.validate", "Show every problem of a spec, each with its place."),
    Entry("schema", "project.schema", "Print the JSON Schema of specs, for editors."),
    Entry("plan", "provisioning.plan", "Show what apply would do; nothing is written."),
    Entry(
        "apply",
        "provisioning.apply",
        "Create or update what the spec declares, and wait until it is ready.",
    ),
    Entry("verify", "provisioning.verify", "Show where Azure differs from the spec."),
    Entry("destroy", "provisioning.destroy", "Delete what this spec owns, and nothing else."),
    Entry("eval", "evaluation.eval", "Run the conversations over every target."),
    Entry(
        "run", "evaluation.run", "Deploy, run the conversations and write the report, in one go."
    ),
    Entry("report", "evaluation.report", "Write the HTML report of a run."),
    Entry("compare", "evaluation.compare", "Tell whether one run is worse than another."),
    Entry("baseline", "evaluation.baseline", "Keep runs that others are compared with."),
    Entry(
        "upgrade",
        "provisioning.upgrade",
        "Try a successor beside a deployment whose model retires, and edit the spec.",
    ),
    Entry("merge", "evaluation.merge", "Merge runs of parts of a spec into one."),
    Entry("runs", "evaluation.runs", "List past runs."),
    Entry("history", "history.command", "Share runs with a team: upload, look, migrate."),
    Entry("show", "evaluation.show", "Show a run, a transcript of it, or a plan that was saved."),
    Entry("import", "provisioning.import_", "Write a spec from an account that exists."),
    Entry(
        "outputs",
        "provisioning.outputs",
        "Print endpoints and deployment names for other programs.",
    ),
    Entry(
        "models",
        "provisioning.models",
        "Show where a model can be deployed, and the quota left for it.",
    ),
    Entry(
        "doctor", "provisioning.doctor", "Look at versions, settings, network, sign-in and roles."
    ),
    Entry("prices", "project.prices", "Show what a model costs, and who says so."),
    Entry("judge", "evaluation.judge", "Show how far a judge agrees with people."),
    Entry(
        "cassettes",
        "evaluation.cassettes",
        "Audit, prune and export recordings.",
    ),
    Entry(
        "convert",
        "project.convert",
        "Make a spec of another tool's file, or of a log of chats.",
    ),
    Entry("chat", "playground.chat", "Talk to a target, or to a model at a URL."),
    Entry(
        "suggest",
        "playground.suggest",
        "Let a judge suggest conversations for a prompt, to be read before they are used.",
    ),
    Entry("code", "playground.code", "Write the call to a target as a program."),
    Entry("simulate", "project.simulate", "Run a local Azure as a server."),
)

DAILY = ("init", "validate", "plan", "apply", "eval", "run", "report", "compare", "chat", "destroy")
"""The commands that ``harness -h`` shows."""


class Commands(Group):
    """The group: lists the commands without importing them."""

    REST = "Every command: {0} --help · one of them: {0} COMMAND -h"

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of a working day, not of the alphabet."""
        del ctx
        return [entry.name for entry in COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command and return the command."""
        del ctx
        for entry in COMMANDS:
            if entry.name == cmd_name:
                module = importlib.import_module(f"harness.cli.{entry.module}")
                command = module.command
                assert isinstance(command, click.Command)  # noqa: S101 - narrows for the checker
                return command
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command as click does; help where a name is misspelt."""
        if ctx.resilient_parsing:  # a shell completes: nobody reads what is wrong
            return super().resolve_command(ctx, args)
        name = args[0] if args else ""
        if not name.startswith("-") and name not in self.list_commands(ctx):
            from difflib import get_close_matches

            from harness.cli.others_words import advise_on_command

            said = advise_on_command(name, args[1:], self.list_commands(ctx))
            near = get_close_matches(name, self.list_commands(ctx), n=1)
            if not said:
                said = f"did you mean {near[0]}?" if near else ""
            ctx.fail(f"there is no command '{name}'" + (f"; {said}" if said else "."))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, from the table above."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(entry.name, entry.summary) for entry in COMMANDS])

    def format_body(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands of most days."""
        del ctx
        shown = [(entry.name, entry.summary) for entry in COMMANDS if entry.name in DAILY]
        with formatter.section("Commands of most days"):
            formatter.write_dl(shown)


EXAMPLES = """\b
Examples:
  harness run specs/sweden.yaml          deploy, converse and report on the simulator
  harness plan specs/sweden.yaml         what would change, and whether Azure would accept it
  harness eval specs/sweden.yaml         the conversations alone
  harness COMMAND --help                 more of each
"""


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["--help"], "max_content_width": 100},
    epilog=EXAMPLES,
)
@click.version_option(__version__, prog_name="harness", message="%(prog)s %(version)s")
def cli() -> None:
    """Declare Azure OpenAI deployments and the conversations that must keep working on them."""


def main() -> NoReturn:
    """Run the command line of this process and exit: here an exception becomes an exit code."""
    steady()
    code = run(sys.argv[1:])
    signals.leave(code)
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run a command line and return its exit code; a foreseen cause never gives a traceback."""
    try:
        return signals.find_exit_code(_run(arguments))
    finally:
        signals.end_work()


def _run(arguments: list[str]) -> int:
    from harness.errors import HarnessError

    try:
        outcome = cli.main(args=arguments, prog_name="harness", standalone_mode=False)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        error.show()
        _print_failure(arguments, Exit.WRONG_REQUEST, [{"summary": error.format_message()}])
        return int(Exit.WRONG_REQUEST)
    except (KeyboardInterrupt, click.Abort):
        said = signals.name_signal()
        click.echo(said, err=True)
        _print_failure(arguments, signals.find_exit_code(), [{"summary": said}])
        return int(Exit.INTERRUPTED)
    except HarnessError as error:
        click.echo(str(error), err=True)
        annotate_problems(error.diagnostics)
        _print_failure(arguments, error.exit_code, [describe(one) for one in error.diagnostics])
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last line before a stranger's terminal
        _own_up(error, verbose={"-v", "--verbose"} & set(arguments) != set())
        fault = {"code": "H001", "summary": f"harness itself failed: {type(error).__name__}"}
        _print_failure(arguments, Exit.OUTSIDE_FAILED, [fault])
        return int(Exit.OUTSIDE_FAILED)
    return int(outcome or 0)


def _print_failure(arguments: list[str], code: int, errors: list[dict[str, str]]) -> None:
    """Print the document of a command that failed, where ``--json`` asks for one."""
    if "--json" in arguments:
        import json

        document = {"format_version": 1, "exit_code": int(code), "errors": errors}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def describe(problem: Diagnostic) -> dict[str, str]:
    """Return a problem as a part of the document of a command that failed."""
    place = str(problem.span) if problem.span else ""
    texts = {"summary": problem.summary, "detail": problem.detail, "hint": problem.hint}
    return {"code": problem.code, "place": place, **texts}


def _own_up(error: Exception, *, verbose: bool) -> None:
    """Say that the fault is ours: nothing that a user wrote should end here."""
    import traceback

    click.echo(
        f"error[H001]: harness itself failed: {type(error).__name__}\n"
        "  what was recorded so far is kept; this is a mistake of harness, not of yours\n"
        "  hint: run it again with -v, and report what it prints",
        err=True,
    )
    if verbose:
        click.echo("".join(traceback.format_exception(error)), err=True)
