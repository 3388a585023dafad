"""The command line: one module per command, imported when the command is asked for."""

from __future__ import annotations

import importlib

import click

from autocoder import __version__

COMMANDS: dict[str, str] = {
    "build": "Prose to a signed, verified package: every stage, all gates.",
    "plan": "Read prose and write the blueprint; show what came of every sentence.",
    "compile": "Check the blueprint and write the code and manifests that follow from it.",
    "gate": "Ask all gates about a compiled workspace.",
    "run": "Start a compiled service on loopback.",
    "release": "Make the migrations of a compiled workspace immutable.",
    "verify": "Check a package: signature, every digest, and the same bytes derived again.",
    "review": "Show what was decided and what it means; compare with an earlier version.",
    "approve": "Say yes to decisions, by name.",
    "trace": "Follow a requirement to its lines, tests and gates, or a line back to its requirements.",
    "explain": "Say what a diagnostic code means and what to do.",
    "schema": "Print or write the JSON Schemas of the files that people edit.",
    "fmt": "Put a blueprint in canonical order; comments stay.",
    "gen": "Keep generated artifacts of any project from drifting.",
    "log": "Show the builds that were recorded.",
    "key": "Show or make the key that packages are signed with.",
    "bundle": "Show the platform bundle, or make its lock.",
    "doctor": "Say what this machine has and what is missing.",
}
"""Command to its one-line help, in the order of `--help`; kept here so that `--help` imports no command."""


class LazyGroup(click.Group):
    """Finds each command in the module of its name, when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"autocoder.cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            import difflib

            close = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f' Did you mean "{close[0]}"?' if close else " `autocoder --help` lists them."
            ctx.fail(f'There is no command "{args[0]}".{hint}')
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="autocoder")
@click.option("--traceback", is_flag=True, help="Show Python's traceback of a defect in autocoder.")
def cli(traceback: bool) -> None:
    """Compile a service from prose: a reviewed blueprint, working code, gates, a signed package."""
    del traceback
