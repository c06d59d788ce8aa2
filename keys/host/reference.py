"""The page about the host commands, docs/hsm-host.md, printed from the table of commands."""

from collections.abc import Iterator

from keys.host.call import Command
from keys.host.codes import ERROR_CODES
from keys.host.commands import GROUPS
from keys.host.fields import Field, fields_of
from keys.host.service import LAB_LMK

_HEAD = """\
# The host port: commands that existing clients speak

`pointsman hsm serve --lab` listens on port 1500 for host commands in the style of payShield devices, written from public
documentation. Try it: `pointsman hsm send NC`. It is a simulator: no key of value belongs here. `--store PATH` serves a
keystore instead, opened with the passphrase in POINTSMAN_LMK_PASSPHRASE; what `pointsman key` changes in it counts from the
next command on, after `key rotate` with a new passphrase only from the next start on. SIGHUP has it read at once, and says
whether it was another one. SIGTERM or Ctrl-C ends the service when what was received is answered, a second one at once;
what was counted stays counted.

- A **message** is two bytes of length (most significant first), a header of 4 bytes (`--header`), which is echoed, a
  command code of two characters, and fields. Behind the fields may stand `%00` (the LMK's identifier), and a trailer:
  X'19' and up to 32 characters, echoed where the command was good.
- The **answer** has the header, the code with its last character one further, two characters of error code, and fields
  where the code is 00. What is no command is answered with 68, and never by silence; a length that no message can have
  ends the connection.
- **Keys** are key blocks: `S` and a TR-31 block of version D under the LMK; or, which is ours, names: `N`, two digits of
  length, a name in the keystore. Variant keys (U, T, X, Y) are answered with 26. In the lab the LMK is
  `{lmk}`, so that anybody can make and open
  blocks; elsewhere it is made of the key `host.lmk`, which is generated when the keystore lacks it.
- **Account numbers** are the rightmost 12 digits without the check digit; with PIN block format 48 all digits and `;`.
- A **KSN** stands behind a descriptor of three digits, the lengths of its parts before the counter, which add up to 15
  (TDES, 20 digits) or 16 (AES, 24 digits).
- **PINs**: all failures of one command have one error code, and no answer tells a PIN's length. With `--compat-errors`
  20 and 24 are told apart and lengths are told, as old clients expect: whoever can ask often enough then finds PINs.
- **Tries** are counted per card and key, on disk, before a PIN is looked at: after three wrong ones the answer is 39, to the
  right PIN too, until `pointsman hsm unblock`, which wants the server stopped. A caller who asks too often for one key gets 39.
- **Audit**: refusals, failures, alarms and key management are lines in `audit.log`, each with the digest of the one before;
  `pointsman hsm audit verify` checks them. If counters or audit cannot be written, every command is answered with 41.

Forms: `H` upper-case hexadecimal digits, `N` decimal digits, `A` printable characters, `B` bytes; what stands in `[ ]` may
be left out.
"""


def print_reference() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD.format(lmk=LAB_LMK.expose().hex().upper())
    for group, commands in GROUPS.items():
        yield f"## {group}\n"
        for command in commands:
            yield from _command_lines(command)
    yield "## Error codes\n"
    yield "| code | meaning |\n|---|---|"
    for code, meaning in ERROR_CODES.items():
        yield f"| {code.value} | {meaning} |"


def _command_lines(command: Command) -> Iterator[str]:
    yield f"### {command.code}: {command.line}\n"
    fields = fields_of(command.request)
    if fields:
        yield "| field | form | |\n|---|---|---|"
        yield from map(_field_line, fields)
        yield ""
    yield f"Answer: {command.answer}" + (f" {command.notes}" if command.notes else "")
    yield ""


def _field_line(field: Field) -> str:
    when = f" Only with {field.when.field.replace('_', ' ')} {' or '.join(field.when.values)}." if field.when else ""
    return f"| {field.name.replace('_', ' ')} | {field.form.picture} | {field.about}{when} |"
