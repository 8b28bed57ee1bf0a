"""The stripe SDK as the contract: its TypedDicts judge requests, its resource classes judge responses.

The SDK is generated from Stripe's own description of the API, so this is something we did not write.
It uses private names of the SDK: the exact pin in pyproject.toml and the tests of the contract itself
keep it from falling silent.
"""

import ast
import functools
import importlib
import inspect
import pathlib
import re
from collections.abc import Mapping
from typing import Any, ClassVar, ForwardRef, Literal, NotRequired, Required, Union, get_args, get_origin

import stripe
import stripe._request_options as request_options
from flask import Flask, Response, request
from pydantic import TypeAdapter, ValidationError
from pydantic_core import core_schema
from stripe._object_classes import OBJECT_CLASSES, get_object_class
from stripe._stripe_context import StripeContext
from stripe._stripe_object import UntypedStripeObject
from typing_extensions import is_typeddict

from sidebar_app.sandbox.stripe.params import decode

Route = tuple[str, str]
# Pydantic knows no schema for these two; as "any" every metadata would pass.
for opaque in (UntypedStripeObject, StripeContext):
    schema = classmethod(lambda cls, source, handler: core_schema.is_instance_schema(cls))
    setattr(opaque, "__get_pydantic_core_schema__", schema)  # noqa: B010


@functools.cache
def routes() -> dict[Route, Route]:
    """(verb, url template) → (module, class) of its parameters, read from the SDK's services."""
    found: dict[Route, Route] = {}
    root = pathlib.Path(stripe.__file__).parent
    for path in root.rglob("*_service.py"):
        if "v2" not in path.relative_to(root).parts:
            nodes = list(ast.walk(ast.parse(path.read_text())))
            imported = {
                a.name: n.module or "" for n in nodes if isinstance(n, ast.ImportFrom) for a in n.names
            }
            for node in nodes:
                if isinstance(node, ast.FunctionDef):
                    found |= _routes_of(node, imported)
    return found


def _routes_of(function: ast.FunctionDef, imported: dict[str, str]) -> dict[Route, Route]:
    found: dict[Route, Route] = {}
    for call in ast.walk(function):
        if not isinstance(call, ast.Call) or getattr(call.func, "attr", "") != "_request":
            continue
        verb, url = call.args[:2]
        if isinstance(url, ast.Call) and isinstance(url.func, ast.Attribute):
            url = url.func.value  # "…".format(…)
        assert isinstance(verb, ast.Constant)
        assert isinstance(url, ast.Constant)
        annotation = next(a.annotation for a in function.args.args if a.arg == "params")
        assert annotation is not None
        name = re.search(r"['\"](\w+)['\"]", ast.unparse(annotation))
        assert name is not None
        found[str(verb.value), str(url.value)] = imported[name[1]], name[1]
    return found


def _close_enums(typed_dict: Any) -> None:
    """`Literal[...]|str` becomes `Literal[...]`: the SDK leaves its enums open, we do not."""
    for key, annotation in typed_dict.__annotations__.items():
        origin = get_origin(annotation)
        wrap = origin if origin in (NotRequired, Required) else None
        inner = get_args(annotation)[0] if wrap else annotation
        if isinstance(inner, ForwardRef):
            closed = re.sub(r"(Literal\[(?!''\])[^\]]+\])\|str", r"\1", inner.__forward_arg__)
            inner = ForwardRef(closed)
        elif get_origin(inner) is Union and any(get_origin(x) is Literal for x in get_args(inner)):
            inner = Union[tuple(x for x in get_args(inner) if x is not str)]  # noqa: UP007
        typed_dict.__annotations__[key] = wrap[inner] if wrap else inner


@functools.cache
def _adapter(module: str, name: str) -> TypeAdapter[Any]:
    imported = importlib.import_module(module)
    for value in vars(imported).values():
        if is_typeddict(value) and value.__module__ == module:
            _close_enums(value)
    adapter = TypeAdapter(getattr(imported, name))
    namespace = {**vars(request_options), **vars(imported), "StripeContext": StripeContext}
    adapter.rebuild(force=True, _types_namespace=namespace)
    return adapter


@functools.cache
def _patterns() -> list[tuple[str, str, re.Pattern[str]]]:
    compiled = [(v, u, re.compile(re.sub(r"\{\w+\}", "[^/]+", u) + r"\Z")) for v, u in routes()]
    return sorted(compiled, key=lambda r: r[1].count("{"))  # literal paths before templates


def check_request(verb: str, path: str, params: Mapping[str, Any], *, strict: bool = True) -> None:
    """Raises unless Stripe would take these parameters; `strict=False` for what came through a form."""
    url = next((u for v, u, rx in _patterns() if v == verb and rx.match(path)), None)
    assert url, f"no such endpoint: {verb} {path}"
    options = set(params) & set(request_options.RequestOptions.__annotations__)
    assert not options, f"request option inside params: {options}"
    _adapter(*routes()[verb, url]).validate_python(dict(params), strict=strict, extra="forbid")


def _optional(annotation: Any) -> bool:
    return get_origin(annotation) is Union and type(None) in get_args(annotation)


def _is_class_var(annotation: Any) -> bool:
    origin: Any = get_origin(annotation)
    return origin is ClassVar


@functools.cache
def _fields(cls: type) -> dict[str, Any]:
    return {
        key: annotation
        for base in reversed(cls.__mro__)
        if base.__module__.startswith("stripe.") and base.__module__ != "stripe._stripe_object"
        for key, annotation in inspect.get_annotations(base).items()
        if not key.startswith("_") and key != "OBJECT_NAME" and not _is_class_var(annotation)
    }


def check_response(value: Mapping[str, Any], path: str = "$", cls: Any = None) -> list[str]:
    """What is wrong with an answer, at any depth: unknown, missing, null or wrongly typed fields."""
    kind = value.get("object")
    if kind in ("list", "search_result"):
        faults = [f"{path}.{k}: missing" for k in ("data", "has_more", "url") if k not in value]
        return faults + [
            f for i, o in enumerate(value.get("data", [])) for f in check_response(o, f"{path}.data[{i}]")
        ]
    cls = cls or get_object_class("V1", str(kind))
    known = _fields(cls)
    if not known or value.get("deleted"):
        return []
    faults = [f"{path}.{k}: missing" for k, a in known.items() if k not in value and not _optional(a)]
    for key, held in value.items():
        if key in known:
            faults += _check_field(held, f"{path}.{key}", cls, key, known[key])
        else:
            faults.append(f"{path}.{key}: unknown")
    return faults


def _check_field(held: Any, path: str, cls: Any, key: str, annotation: Any) -> list[str]:
    if held is None:
        return [] if _optional(annotation) else [f"{path}: null"]
    inner = cls._inner_class_types.get(key)
    faults: list[str] = []
    for item in held if isinstance(held, list) else [held]:
        if isinstance(item, dict):
            typed = isinstance(item.get("object"), str) and item["object"] in OBJECT_CLASSES
            if typed or inner:
                faults += check_response(item, path, None if typed else inner)
    options = get_args(annotation) if _optional(annotation) else (annotation,)
    want = next((t for t in options if t in (int, str, bool)), None)
    if cls._field_encodings.get(key) == "decimal_string":
        want = str  # Decimal only after parsing
    expanded = isinstance(held, dict) and any(isinstance(o, ForwardRef) for o in options)
    if want and type(held) is not want and not expanded:
        faults.append(f"{path}: {type(held).__name__}, not {want.__name__}")
    return faults + _check_enum(held, path, options)


def _check_enum(held: Any, path: str, options: tuple[Any, ...]) -> list[str]:
    """A closed or open enum of the SDK: a value outside it is one that Stripe never sends."""
    allowed = {v for t in _flat(options) if get_origin(t) is Literal for v in get_args(t)}
    if allowed and isinstance(held, str | bool) and held not in allowed:
        return [f"{path}: {held!r} is none of the enum"]
    return []


def _flat(options: tuple[Any, ...]) -> list[Any]:
    return [t for o in options for t in (_flat(get_args(o)) if get_origin(o) is Union else [o])]


class Judge:
    """Collects what is wrong with the traffic of a sandbox; `faults` must stay empty."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.seen: set[Route] = set()

    def install(self, app: Flask) -> None:
        """Judges every call that the sandbox accepted, and every answer it gives to one."""
        app.after_request(self._check)

    def _check(self, response: Response) -> Response:
        if request.path.startswith("/v1/") and response.status_code == 200:
            pairs = request.args if request.method == "GET" else request.form
            where = f"{request.method} {request.path}"
            try:
                check_request(
                    request.method.lower(), request.path, decode(pairs.items(multi=True)), strict=False
                )
            except (AssertionError, ValidationError) as error:
                self.faults.append(f"{where}: {error}")
            self.faults += [f"{where}: {fault}" for fault in check_response(response.get_json())]
            self.seen.add((request.method, request.path))
        return response
