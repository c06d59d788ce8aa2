"""Proves house rules of `keys` that no type checker sees: constant-time comparison, one import of ciphers."""

import ast
import re
from pathlib import Path

import pytest

import keys

FILES = sorted(Path(keys.__file__).parent.rglob("*.py"))
SECRET_NAME = re.compile(r"(^|_)(mac|arqc|arpc|tc|aac|cryptogram|pvv|[id]?cvv2?|cvc3|kcv|pin|secret|computed|expected)$", re.I)


def compared_secrets(source):
    """Lines that compare a value with such a name by == or != or in."""
    operators = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare) and any(isinstance(operator, operators) for operator in node.ops)
        if any(SECRET_NAME.search(name) for side in (node.left, *node.comparators) for name in names(side))
    ]


def names(side):
    """The names whose values are compared: a variable's, an attribute's, a slice's, a call's, those in a row."""
    match side:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return [name]
        case ast.Subscript(value=value) | ast.Call(func=value) | ast.Starred(value=value):
            return names(value)
        case ast.IfExp(body=one, orelse=other):
            return [*names(one), *names(other)]
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return [name for part in parts for name in names(part)]
        case _:
            return []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_secrets_are_compared_in_constant_time(path):
    """No MAC, cryptogram, PVV, CVV, KCV or PIN is compared by an operator that stops at the first difference (R26)."""
    assert compared_secrets(path.read_text()) == []


@pytest.mark.parametrize(
    "line",
    [
        "mac == given",
        "given != self.arqc",
        "pvv[:4] == x",
        "retail_mac(k, d) == x",
        "x in (cvv, 1)",
        "key.kcv == x",
        "x == (a if b else pin)",
        "dcvv != x",
    ],
)
def test_the_rule_sees_what_it_forbids(line):
    """The rule can fail: each of these is seen."""
    assert compared_secrets(line) == [1]


@pytest.mark.parametrize("line", ["pin is None", "len(mac) == 8", "constant_time_equal(mac, x)", "padding == 1"])
def test_the_rule_lets_others_be(line):
    """Identity, lengths and the one helper are no comparison of secrets."""
    assert compared_secrets(line) == []


def test_only_two_files_import_cryptography():
    """All ciphers come through ciphers.py, where contexts are kept and lengths checked; RSA keys are read in one place."""
    assert [
        path.name for path in FILES if "import cryptography" in (text := path.read_text()) or "from cryptography" in text
    ] == ["ciphers.py", "rsa_seal.py"]


def test_only_one_file_compares_in_constant_time():
    """compare_digest is called in one place."""
    assert [path.name for path in FILES if "compare_digest" in path.read_text()] == ["sensitive.py"]
