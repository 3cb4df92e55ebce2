"""Every export of every kind, made by the command from a world with planted secrets: none of them is in any file, its name or its properties."""

import pytest
from planted import SECRETS, leaks, planted_rooms

from kzgraph.export import exchange, picture
from kzgraph.export.figure import FORMATS as PICTURES

AT = ("--at", "2021-12-31")
GAP = "gap/residual-only/new-law/art_1/sexual-orientation"
VIEWS = {
    "gaps": (), "provision": ("act/new-law/art_1",), "case": ("case/2021-001",), "ask": ("lineage/general-act",), "succession": (), "evidence": (GAP,),
    "whatif": ("DRAFT",),
}  # fmt: skip
FIGURES = {"matrix": (), "ask": ("lineage/general-act",), "gap": (GAP,), "complaints": (), "whatif": ("DRAFT",), "fields": ()}
FORMS = [*picture.FORMATS, *exchange.FORMATS, "html"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("leaks")
    planted_rooms(folder)
    draft = folder / "draft.toml"
    change = '[[change]]\nact = "new-law"\nprovision = "art_3"\nadd = ["ground/sexual-orientation"]\n'
    draft.write_text('from = 2025-06-01\n[title]\nen = "Draft"\n' + change, encoding="utf-8")
    return folder


@pytest.fixture
def made(world, tmp_path, run):
    """Runs a command over the planted world in a folder of its own; gives the files that it made."""

    def call(*arguments: str) -> list:
        filled = [str(world / "draft.toml") if argument == "DRAFT" else argument for argument in arguments]
        code, out, err = run("--data", world / "planted", *filled)
        assert code == 0, err
        (tmp_path / "stdout.txt").write_text(out, encoding="utf-8")
        (tmp_path / "stderr.txt").write_text(err.replace(str(world), ""), encoding="utf-8")
        return sorted(path for path in tmp_path.iterdir() if path.is_file())

    return call


def clean(files: list, kinds: int = 3) -> None:
    assert len(files) >= kinds, files
    assert {path.name: found for path in files if (found := leaks(path))} == {}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", VIEWS)
def test_views(made, tmp_path, name, form):
    clean(made("view", name, *VIEWS[name], *AT, "--most", "500", "-o", str(tmp_path / f"view.{form}")))


@pytest.mark.parametrize("form", PICTURES)
@pytest.mark.parametrize("name", FIGURES)
def test_figures(made, tmp_path, name, form):
    clean(made("figure", name, *FIGURES[name], *AT, "-o", str(tmp_path / f"figure.{form}")))


@pytest.mark.parametrize("name", FIGURES)
def test_table_twins(made, name):
    clean(made("figure", name, *FIGURES[name], *AT, "--table", "--format", "csv"), 2)


@pytest.mark.parametrize("lang", ["en", "ru", "kk"])
def test_workbook(made, tmp_path, lang):
    clean(made("export", str(tmp_path / "book.xlsx"), *AT, "--lang", lang))


@pytest.mark.parametrize("form", ["docx", "md", "pdf"])
def test_reports(made, tmp_path, form):
    clean(made("report", "--body", "committee", "--since", "2019-01-01", *AT, "-o", str(tmp_path / f"annex.{form}")))
    clean(made("report", "--gap", GAP, *AT, "-o", str(tmp_path / f"sheet.{form}")), 4)


def test_the_search_would_have_found_them(made, tmp_path, world):
    """The same command with the internal profile and restricted records lets secrets out: the search is no check that cannot fail."""
    files = made("--restricted", str(world / "planted"), "--show-restricted", "export", str(tmp_path / "book.xlsx"), "--profile", "internal", *AT)
    assert set(leaks(next(path for path in files if path.suffix == ".xlsx"))) & set(SECRETS)


def test_restricted_records_are_refused_to_the_public(run, world, tmp_path):
    code, out, err = run("--data", world / "planted", "--show-restricted", "view", "gaps", *AT, "-o", tmp_path / "x.svg")
    assert (code, out) == (2, "") and "internal alone" in err and list(tmp_path.iterdir()) == []
