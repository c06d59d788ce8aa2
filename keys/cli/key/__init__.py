"""`pointsman key`: the keys of a keystore, by name. Attributes and check values are shown, never clear keys.

- `vault` opens the keystore's file and the audit file beside it, and ends a command in words.
- `life` makes keys and puts them out of use, `transport` lets them in and out as key blocks, `ceremony` forms one of
  components, `inventory` shows what there is, `masters` makes a keystore and gives it a new master key.
"""

from keys.cli import new_app
from keys.cli.key import ceremony, inventory, life, masters, selftest, transport

app = new_app()


@app.callback()
def key() -> None:
    """Manage the keys of a keystore by name, and test the HSM's cryptography."""


app.command(epilog=masters.CREATE)(masters.create)
app.command(epilog=life.GENERATE)(life.generate)
app.command("import", epilog=transport.IMPORT)(transport.import_)
app.command(epilog=transport.EXPORT)(transport.export)
app.command("list", epilog=inventory.LIST)(inventory.list_)
app.command(epilog=inventory.SHOW)(inventory.show)
app.command(epilog=masters.ROTATE)(masters.rotate)
app.command(epilog=life.DISABLE)(life.disable)
app.command(epilog=life.ENABLE)(life.enable)
app.command(epilog=life.DELETE)(life.delete)
app.command(epilog=ceremony.COMPONENTS)(ceremony.components)
app.command(epilog=selftest.EXAMPLES)(selftest.selftest)
