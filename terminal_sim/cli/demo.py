"""`pointsman demo`: no set-up, no files asked for. Exit status 0 only if every answer, the chain and the money are right."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from switch.cli import examples, new_app
from switch.cli.exits import FAILED
from switch.cli.faults import run_or_exit
from switch.machine import Severity
from switch.shell.logs import LogFormat, notice_logger
from terminal_sim.demo.explain import Explainer
from terminal_sim.demo.report import show_scene, show_table, show_verdict
from terminal_sim.demo.run import Demo, open_demo
from terminal_sim.demo.scenes import SCENES

app = new_app()

_EPILOG = examples(
    "pointsman demo",
    "pointsman demo --explain",
    "pointsman demo --count 5000 --state my-demo",
)


@app.command(epilog=_EPILOG)
def demo(
    count: Annotated[int, typer.Option(min=0, help="Mixed purchases after the scenes.")] = 500,
    state: Annotated[
        Path | None, typer.Option(help="State directory: run again on it, also after a crash. A new one by default.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Walk one purchase step by step instead.")] = False,
    seed: Annotated[str, typer.Option(help="What the mixed purchases are drawn from.")] = "pointsman",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log every notice, not only the loud ones.")] = False,
) -> None:
    """Start a switch and let terminals pay over TCP; then count the money."""
    chosen = state or Path(tempfile.mkdtemp(prefix="pointsman-demo-"))
    console = Console()
    console.print(f"state: {chosen}", highlight=False, soft_wrap=True)
    good = run_or_exit(_explain if explain else _demo, console, chosen, count, seed, verbose)
    if not good:
        raise typer.Exit(FAILED)


async def _demo(console: Console, state: Path, count: int, seed: str, verbose: bool) -> bool:
    log = notice_logger(LogFormat.CONSOLE, least=Severity.DEBUG if verbose else Severity.ERROR)
    async with open_demo(state, on_notice=log) as demo:
        await _settle(console, demo)
        for scene in SCENES:
            surprises = len(demo.surprises)
            receipts = await demo.play(scene)
            show_scene(console, scene, receipts, len(demo.surprises) == surprises)
        demo.timed.clear()
        seconds = await _errands(console, demo, count, seed)
        await demo.settle()
    if demo.timed:
        show_table(console, demo.timed, seconds)
    verdict = demo.verdict()
    show_verdict(console, verdict)
    return verdict.good


async def _settle(console: Console, demo: Demo) -> None:
    """Before anything new: what terminals of an earlier run on this state still owe."""
    owed = await demo.settle()
    if owed:
        console.print(f"owed from an earlier run: {owed} reversals, sent first", highlight=False)


async def _errands(console: Console, demo: Demo, count: int, seed: str) -> float:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("mixed purchases", total=count)
        return await demo.run_errands(count, seed, lambda: progress.advance(task))


async def _explain(console: Console, state: Path, count: int, seed: str, verbose: bool) -> bool:
    explainer = Explainer(console)
    async with open_demo(state, on_notice=explainer.hear, explain=True) as demo:
        await _settle(console, demo)
        scene = SCENES[1]
        explainer.begin(scene)
        receipts = await demo.play(scene)
        show_scene(console, scene, receipts, not demo.surprises)
    explainer.show_records(demo.config)
    verdict = demo.verdict()
    show_verdict(console, verdict)
    return verdict.good
