"""Click's usage errors in both languages: what was wrong with the call, in words."""

from __future__ import annotations

import click

from myself_i2i.wording import Text

__all__ = ["misuse"]


def misuse(error: click.UsageError) -> Text:
    """Return what `error` says; kinds that are not known here keep click's English after a Japanese opening."""
    said = error.format_message()
    match error:
        case click.MissingParameter():
            return (
                Text(en=said, ja="{name} を指定してください").format(name=_name(error))
                if error.param
                else _other(said)
            )
        case click.NoSuchOption():
            return Text(en="there is no option {name}", ja="{name} というオプションはありません").format(
                name=error.option_name
            )
        case click.BadParameter() if error.param is not None:
            return _value(error)
        case _ if said.startswith("No such command"):
            name = said.partition("'")[2].rpartition("'")[0]
            return Text(en="there is no command {name}", ja="{name} というコマンドはありません").format(
                name=name
            )
        case _:
            return _other(said)


def _value(error: click.BadParameter) -> Text:
    param = error.param
    if param is not None and isinstance(param.type, click.Choice):
        return Text(
            en="{name} takes one of {choices}", ja="{name} は {choices} のどれかにしてください"
        ).format(name=_name(error), choices=", ".join(map(str, param.type.choices)))
    if param is not None and isinstance(param.type, click.Path):
        return Text(en="{name}: {why}", ja="{name} に指定したファイルかフォルダを使えません（{why}）").format(
            name=_name(error), why=error.message
        )
    return Text(en="{name}: {why}", ja="{name} の値が正しくありません（{why}）").format(
        name=_name(error), why=error.message
    )


def _name(error: click.BadParameter) -> str:
    param = error.param
    if param is None:
        return ""
    return (
        param.opts[0]
        if isinstance(param, click.Option)
        else param.make_metavar(error.ctx or click.Context(click.Command("")))
    )


def _other(said: str) -> Text:
    return Text(en="{why}", ja="コマンドの使い方が違います: {why}").format(why=said)
