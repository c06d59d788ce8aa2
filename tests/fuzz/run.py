"""Lets atheris loose on the targets, guided by coverage: `python -m tests.fuzz.run [TARGET ...] --seconds 300`.

Each target runs in a process of its own. What atheris learns goes to a directory that is thrown away; an input that breaks
something is kept where `--found` says, and its trace is printed. Without atheris this says so, and nothing is wrong.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

INPUT_BYTES_MAX = 4_096
HANG_S = 20
"""Seconds after which one input counts as a hang: hundreds of times what the slowest takes."""
MEMORY_MB_MAX = 2_048


def main() -> int:
    """Run the targets; the exit status is 1 when one of them was broken."""
    options = argparse.ArgumentParser(description="Fuzz the decoders, guided by coverage.")
    options.add_argument("targets", nargs="*")
    options.add_argument("--seconds", type=int, default=300, help="for each target")
    options.add_argument("--found", type=Path, default=Path("fuzz-found"), help="where inputs go that break something")
    options.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    try:
        import atheris
    except ImportError:
        print("atheris is not installed: nothing was fuzzed")  # noqa: T201
        return 0
    if chosen.here:
        with atheris.instrument_imports(include=["switch"]):
            from tests.fuzz.corpus import seeds_of
            from tests.fuzz.targets import TARGETS, attempt
        [name] = chosen.targets
        learnt = Path(tempfile.mkdtemp())
        for number, seed in enumerate(seeds_of(name)):
            (learnt / str(number)).write_bytes(seed)
        limits = [f"-max_len={INPUT_BYTES_MAX}", f"-timeout={HANG_S}", f"-rss_limit_mb={MEMORY_MB_MAX}"]
        ways = [f"-max_total_time={chosen.seconds}", f"-artifact_prefix={chosen.found}/", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], *limits, *ways, str(learnt)], lambda data: attempt(TARGETS[name], data))
        atheris.Fuzz()
        return 0
    chosen.found.mkdir(parents=True, exist_ok=True)
    broken = []
    for name in chosen.targets or known():
        print(f"== {name}", flush=True)  # noqa: T201
        words = [name, "--here", "--seconds", str(chosen.seconds), "--found", str(chosen.found)]
        if subprocess.run([sys.executable, "-m", "tests.fuzz.run", *words], check=False).returncode:
            broken.append(name)
    print(f"broken: {', '.join(broken) or 'nothing'}")  # noqa: T201
    return 1 if broken else 0


def known() -> list[str]:
    """The names of all targets, asked for late: what a fuzzing process imports must be instrumented."""
    from tests.fuzz.targets import TARGETS

    return list(TARGETS)


if __name__ == "__main__":
    sys.exit(main())
