"""Everything in a TOML text has the line it stands on."""

import tomllib
from typing import Any

from sidebar_app.permissions.places import Path, places

ODD = '''
a.b . "c d" = 1   # one
'lit' = """
[not.a.table]
x = 1
"""
list = [ # a comment with ] and "
  { k = 1, l = ["]", ']', """]""" ] },

  "two", # three
  1979-05-27 07:32:00,
]
[ t . "u.v" ]
w = "\\" # no end" # end
[[t.many]]
n = 1
[[t.many]]
[t.many.inner]
n = 2
'''


def walk(value: Any, path: Path = ()) -> list[Path]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [p for key, child in inner for p in [(*path, key), *walk(child, (*path, key))]]


def test_an_odd_text_is_located_like_any_other() -> None:
    found = places(ODD)
    assert set(walk(tomllib.loads(ODD))) <= found.keys() | {("t",)}
    assert found["a", "b", "c d"] == 2
    assert found["lit",] == 3
    assert found["list", 0, "l", 2] == 8
    assert found["list", 1] == 10
    assert found["list", 2] == 11
    assert found["t", "u.v", "w"] == 14
    assert found["t", "many", 1] == 17
    assert found["t", "many", 1, "inner", "n"] == 19


def test_every_key_of_the_shipped_policy_stands_where_it_is_said_to(policy_text: str) -> None:
    found, lines = places(policy_text), policy_text.split("\n")
    for path in walk(tomllib.loads(policy_text)):
        if isinstance(path[-1], str):
            assert path[-1] in lines[found[path] - 1]
