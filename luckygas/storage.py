"""Static files for production: hashed, compressed, and a list of imports served as one file.

`css/customer.css` is nothing but `@import` lines and `js/app.js` nothing but `import` lines, so that each component
has a file of its own and no build is needed: plain storage (development, tests) serves them as they are. A browser
would fetch such a list one level after the other, six at a time; so collectstatic puts the parts into the list's
place. The parts must not import anything themselves, and a script's part must not export.

`js/driver/outbox.js` is a module that imports others, and they again: each goes into a function of its own, before
those that need it. A phone fetches one file for two dozen, and half the bytes.
"""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage

LISTS = (
    *("css/customer.css", "css/drive.css", "css/office.css", "css/paper.css", "css/style.css"),
    *("js/app.js", "js/office.js"),
)
MODULES = ("js/driver/outbox.js",)
IMPORT = re.compile(r"""^@?import ["'](?P<part>[^"']+)["'];$""", re.MULTILINE)
NAMED = re.compile(r"""^import (?:{(?P<names>[^}]*)} from )?["'](?P<part>[^"']+)["'];$""", re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) (?P<name>\w+))", re.MULTILINE)
COMMENT = re.compile(r"^\s*//.*\n", re.MULTILINE)


class Joined:
    """A source storage whose lists and modules open as one file. The source is read, never what was written before."""

    def __init__(self, storage: Any) -> None:
        self.storage = storage

    def open(self, path: str) -> File:
        text = bundle(self.storage, path) if path in MODULES else join(self.storage, path)
        return ContentFile(COMMENT.sub("", text).encode() if path.endswith(".js") else text.encode())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.storage, name)


def join(storage: Any, path: str) -> str:
    """The text of a list with each part in the place of its import."""

    def part(found: re.Match[str]) -> str:
        text = read(storage, beside(path, found["part"]))
        return f"{{\n{text}}}" if path.endswith(".js") else text  # a block of its own: two parts may use one name

    return IMPORT.sub(part, read(storage, path))


def bundle(storage: Any, path: str) -> str:
    """A module with all that it imports. A circle of imports is a mistake, as is what EXPORT does not read."""
    written: dict[str, str] = {}
    begun: list[str] = []

    def name_of(path: str) -> str:
        return f"m{begun.index(path)}"

    def write(path: str) -> None:
        if path in begun:
            if path not in written:
                raise ValueError(f"{path} imports itself, through others")
            return
        begun.append(path)
        text = read(storage, path)
        for found in NAMED.finditer(text):
            write(beside(path, found["part"]))
        names = ", ".join(found["name"] for found in EXPORT.finditer(text))
        text = NAMED.sub(lambda found: _taken(found["names"], name_of(beside(path, found["part"]))), text)
        written[path] = f"const {name_of(path)} = (() => {{\n{EXPORT.sub('', text)}return {{ {names} }};\n}})();\n"

    write(path)
    return "".join(written.values())


def _taken(names: str | None, module: str) -> str:
    return f"const {{{names.replace(' as ', ': ')}}} = {module};" if names else ""


def parts_of(storage: Any, path: str) -> set[str]:
    return {beside(path, name) for name in IMPORT.findall(read(storage, path))}


def beside(path: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), name))


def read(storage: Any, path: str) -> str:
    with storage.open(path) as file:
        return file.read().decode()


class ManifestStaticFiles(CompressedManifestStaticFilesStorage):
    """What STORAGES names. Parts that went into a list are neither hashed nor compressed: nobody asks for them."""

    support_js_module_import_aggregation = True  # the driver's modules import each other by their hashed names

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[Any]:
        lists = {name: source for name, source in paths.items() if name in LISTS}
        parts = set().union(*(parts_of(*source) for source in lists.values()))
        rest = {name: source for name, source in paths.items() if name not in parts}
        joined = {
            name: (Joined(storage), path) for name, (storage, path) in paths.items() if name in lists or name in MODULES
        }
        return super().post_process(rest | joined, *args, **options)
