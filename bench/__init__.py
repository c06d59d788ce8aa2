"""Benchmarks: ratios within one run, printed for people. Never run by the tests, and no test looks at a time."""
