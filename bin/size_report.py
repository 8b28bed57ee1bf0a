"""Functions and files that are large enough to ask which two things they are. A report, not a judge."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1] / "sidebar_app"
LONGEST_FUNCTION = 40
LONGEST_FILE = 250


def large_functions(tree: ast.AST) -> list[tuple[str, int]]:
    """(name, lines) of every function over the limit."""
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    sized = ((f.name, (f.end_lineno or f.lineno) - f.lineno + 1) for f in functions)
    return [(name, lines) for name, lines in sized if lines > LONGEST_FUNCTION]


def main() -> None:
    found, files = [], 0
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        lines, place = text.count("\n"), path.relative_to(ROOT.parent)
        found += [f"  {place}: {lines} lines"] if lines > LONGEST_FILE else []
        found += [f"  {place}: {name}() has {size} lines" for name, size in large_functions(ast.parse(text))]
        files += 1
    print(f"Sizes: {files} files, {len(found)} over {LONGEST_FILE} lines or {LONGEST_FUNCTION} a function")
    print("\n".join(found), end="\n" if found else "")


if __name__ == "__main__":
    main()
