"""How a demonstration looks: scenes as they happen, the table at the end, the verdict. The only file here that draws."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from terminal_sim.demo.run import Timed
from terminal_sim.demo.scenes import Scene
from terminal_sim.demo.verdict import Verdict
from terminal_sim.terminal import Outcome, Receipt


def show_scene(console: Console, scene: Scene, receipts: Iterable[Receipt], as_expected: bool) -> None:
    """One line for each receipt of a scene."""
    for number, receipt in enumerate(receipts):
        mark = "[green]ok[/]" if as_expected else "[bold red]UNEXPECTED[/]"
        title = scene.title if number == 0 else f"  {receipt.kind.value}"
        code = receipt.response_code or "--"
        text = f"{mark} {title:<36} {receipt.amount!s:>11}  {receipt.masked_pan}  {code}  {receipt.words}"
        console.print(text, highlight=False, soft_wrap=True)


def show_table(console: Console, timed: list[Timed], seconds: float) -> None:
    """Counts and times by entry mode and result."""
    table = Table(title=f"{len(timed)} transactions in {seconds:.2f} s: {len(timed) / max(seconds, 0.001):.0f} tx/s")
    for name in ("entry", "result", "count", "p50 ms", "p95 ms", "p99 ms"):
        # In a narrow terminal they are folded: a figure cut off would be a wrong figure.
        table.add_column(name, justify="left" if name in ("entry", "result") else "right", overflow="fold")
    groups: dict[tuple[str, str], list[float]] = {}
    for entry in timed:
        groups.setdefault((entry.receipt.entry or entry.receipt.kind.value, _result(entry.receipt)), []).append(entry.took_ms)
    for (mode, result), times in sorted(groups.items()):
        table.add_row(mode, result, str(len(times)), *(f"{percentile(times, share):.1f}" for share in (50, 95, 99)))
    if len(groups) > 1:
        times = [entry.took_ms for entry in timed]
        table.add_section()
        table.add_row("all", "", str(len(times)), *(f"{percentile(times, share):.1f}" for share in (50, 95, 99)))
    console.print(table)


def show_verdict(console: Console, verdict: Verdict, *, differences_max: int = 10) -> None:
    """The money, the chain, and what else was not as it had to be."""
    lines = [f"unexpected: {surprise}" for surprise in verdict.surprises]
    lines += [f"differs: {difference}" for difference in verdict.differences[:differences_max]]
    if len(verdict.differences) > differences_max:
        lines.append(f"... and {len(verdict.differences) - differences_max} more")
    if verdict.owed:
        lines.append(f"owed: {verdict.owed} reversals were not acknowledged")
    chain = f"BROKEN, {verdict.broken}" if verdict.broken else f"good, {verdict.records} records, last digest {verdict.digest}"
    lines.append(f"chain: {chain}")
    lines.append(f"compared: {verdict.compared} transactions, {len(verdict.differences)} differ")
    lines.append(f"money: {'balanced' if verdict.balanced else 'NOT balanced'}")
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def percentile(times: list[float], share: int) -> float:
    """The smallest time that at least `share` percent of them do not exceed (nearest rank)."""
    ordered = sorted(times)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


def _result(receipt: Receipt) -> str:
    if receipt.outcome is Outcome.DECLINED:
        return f"declined {receipt.response_code}"
    result: str = receipt.outcome.value
    return result
