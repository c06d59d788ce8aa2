"""Proves that every example in a docstring of `keys` gives what it says."""

import doctest
import importlib
import pkgutil

import pytest

import keys

MODULES = sorted(module.name for module in pkgutil.walk_packages(keys.__path__, "keys."))


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    """The module's examples, run as written."""
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_primitives_have_examples():
    """Every module that computes shows a known answer."""
    for name in (
        "ciphers",
        "mac",
        "pinblock",
        "pin",
        "cvv",
        "components",
        "emvqr",
        "hsm.soft_hsm",
        "terms",
        "emv.derive",
        "emv.cryptogram",
        "emv.profiles",
        "emv.iad",
        "emv.scripts",
        "emv.certificates",
        "emv.offline",
        "tr31.header",
        "tr31.block",
    ):
        module = importlib.import_module(f"keys.{name}")
        assert sum(len(found.examples) for found in doctest.DocTestFinder().find(module)) > 0, name
