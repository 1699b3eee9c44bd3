"""`gonogo key`: make, list and trust signing keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Make, list and trust signing keys. They live outside every repository.")


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Its name here, for example your e-mail address.")] = "default",
) -> None:
    """Make a key, and print its public half for others to trust."""
    from gonogo.ledger.signature import KeyStore

    store = KeyStore()
    key = store.new(name)
    print(f"{key.public.text} {name}")
    typer.echo(f"{key.id} is kept in {store.directory}; back it up, and give others only the line above", err=True)


@app.command("list")
def list_() -> None:
    """List the keys of this machine, and those that it trusts."""
    from gonogo.ledger.signature import KeyStore

    store = KeyStore()
    own = {key.name for key in store.list()}
    for name, key in sorted(store.trusted().items(), key=lambda item: (item[0] not in own, item[0])):
        print(f"{'own' if name in own else 'trusted':8} {name:24} {key.id}")
    if not store.trusted():
        typer.echo(f"there is no key in {store.directory}; gonogo key new makes one", err=True)


@app.command()
def show(name: Annotated[str | None, typer.Argument(help="Which key; by default the one that signs.")] = None) -> None:
    """Print the public half of a key: the line to give to others, and to list in gonogo.yaml."""
    from gonogo.ledger.signature import KeyStore

    store = KeyStore()
    known = store.trusted()
    if name is None or name not in known:
        name = store.get(name).name
    print(f"{known[name].text} {name}")


@app.command()
def trust(
    name: Annotated[str, typer.Argument(help="Whose key it is.")],
    public_key: Annotated[str, typer.Argument(help="The line `ed25519:...` or a file that holds it.")],
) -> None:
    """Accept another's public key under a name. Compare its id with the owner over another channel."""
    from gonogo.errors import KeyStoreError
    from gonogo.ledger.signature import PREFIX, KeyStore, PublicKey

    text = public_key
    if not text.startswith(PREFIX):
        try:
            with Path(public_key).open(encoding="utf-8") as file:
                text = file.read(10_000)
        except (OSError, UnicodeDecodeError, ValueError) as broken:
            raise KeyStoreError(
                f"{public_key} is neither a public key nor a file that can be read",
                mend="give the line that `gonogo key show` printed, or a file that holds it",
            ) from broken
    key = PublicKey.parse(text)
    KeyStore().trust(name, key)
    print(f"{name} is trusted with the key {key.id}")
