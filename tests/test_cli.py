"""The command as its users run it: output contracts, exit codes, one clear line for every wrong use."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest
from conftest import HERE

TOY = ("--data", str(HERE / "toy"))
AT = ("--at", "2021-02-01")
ROOT = HERE.parent


def fresh(*arguments: str, **options) -> subprocess.CompletedProcess:
    """The command in a process of its own."""
    env = os.environ | {"PYTHONPATH": str(ROOT)} | options.pop("env", {})
    return subprocess.run([sys.executable, "-m", "kzgraph", *arguments], capture_output=True, env=env, timeout=60, **options)


def table(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out)))


def test_gaps_contract(run):
    code, out, err = run(*TOY, "gaps", *AT, "--format", "csv")
    assert code == 0
    assert out.splitlines()[0].startswith("gap,type,provision,ground,since,until,verdict")
    rows = table(out)
    assert {row["provision"] for row in rows if row["type"] == "no-instrument"} == {"area/anti-discrimination-act"}
    assert [row["type"] for row in rows] == sorted(row["type"] for row in rows), "rows are grouped by type"
    assert "law as of 2021-02-01" in err and "10 rows" in err


def test_matrix_contract(run):
    code, out, _ = run(*TOY, "matrix", *AT, "--format", "csv")
    assert code == 0
    assert out.splitlines()[0].startswith("at,provision,ground,verdict")
    assert all(row["at"] == "2021-02-01" for row in table(out))


def test_piped_output_is_csv_and_talk_goes_to_stderr():
    done = fresh(*TOY, "gaps", *AT)
    assert done.returncode == 0
    assert done.stdout.decode().startswith("gap,type,")
    assert b"data " in done.stderr and b"data " not in done.stdout


def test_json_is_an_array_of_rows(run):
    _, out, _ = run(*TOY, "gaps", *AT, "--format", "json")
    assert {row["gap"] for row in json.loads(out)} == {row["gap"] for row in table(run(*TOY, "gaps", *AT, "--format", "csv")[1])}


def test_markdown_and_text_show_every_row_and_the_data_version(run):
    for form in ("md", "table"):
        _, out, _ = run(*TOY, "gaps", *AT, "--format", form)
        assert out.count("sexual orientation") >= 5 and "law as of 2021-02-01" in out


def test_same_bytes_on_every_run():
    first, second = (fresh(*TOY, "gaps", *AT, env={"PYTHONHASHSEED": seed}).stdout for seed in ("1", "2"))
    assert first == second


@pytest.mark.parametrize(("lang", "word"), [("en", "sexual orientation"), ("ru", "сексуальная ориентация"), ("kk", "сексуалдық бағдар")])
def test_labels_in_three_languages(run, lang, word):
    assert word in run(*TOY, "gaps", *AT, "--lang", lang, "--format", "csv")[1]


def test_a_set_stands_for_its_members(run):
    both = table(run(*TOY, "matrix", *AT, "--ground", "ground/sogi", "--format", "csv")[1])
    assert {row["ground"] for row in both} == {"ground/sexual-orientation", "ground/gender-identity"}
    each = run(*TOY, "matrix", *AT, "--ground", "ground/sexual-orientation", "--ground", "ground/gender-identity", "--format", "csv")[1]
    assert table(each) == both


def test_an_article_selects_its_parts_and_an_act_its_articles(run):
    rows = table(run(*TOY, "gaps", *AT, "--provision", "act/new-law/art_6", "--format", "csv")[1])
    assert [row["provision"] for row in rows] == ["act/new-law/art_6__point_1"]
    rows = table(run(*TOY, "gaps", *AT, "--provision", "act/new-law", "--provision", "area/anti-discrimination-act", "--format", "csv")[1])
    assert len(rows) == 10


def test_show_a_provision_a_ground_and_an_article_by_its_parts(run):
    _, out, _ = run(*TOY, "show", "act/new-law/art_1", *AT, "--format", "table")
    for expected in ("Old Law, Art. 1", "restated", "«расы»", "2022-01-01", "official text in a dated mirror"):
        assert expected in out
    assert "New Law, Art. 3" in run(*TOY, "show", "ground/race", *AT, "--format", "table")[1]
    assert "art_6__point_1" in run(*TOY, "show", "act/new-law/art_6", *AT, "--format", "csv")[1]
    assert "Comment 1, para. 1" in run(*TOY, "show", "reading/comment-1", *AT, "--format", "csv")[1]


def test_explain_names_each_source(run):
    code, out, _ = run(*TOY, "explain", "gap/motive-omission/new-law/art_3/sexual-orientation", *AT, "--format", "table")
    assert code == 0
    for expected in ("1. Duty", "2000-01-01", "C/GC/1, para. 1", "New Law, Art. 3", "Nothing may be added", "absent", "Caveat", "What would close it"):
        assert expected in out
    steps = json.loads(run(*TOY, "explain", "gap/motive-omission/new-law/art_3/sexual-orientation", *AT, "--format", "json")[1])
    assert [step["step"] for step in steps] == [str(n) for n in range(1, len(steps) + 1)]
    assert "сексуальная ориентация" in run(*TOY, "explain", "gap/motive-omission/new-law/art_3/sexual-orientation", *AT, "--lang", "ru")[1]


def test_list_and_ask_without_a_name_say_what_there_is(run):
    assert "provisions" in run(*TOY, "list")[1].split()
    assert "gap-spells" in run(*TOY, "ask", "--format", "csv")[1]
    assert "ground/sex" in run(*TOY, "list", "grounds", "--format", "csv")[1]
    assert run(*TOY, "ask", "gap-spells", "--format", "csv")[0] == 0


def test_each_question_is_a_command_with_the_options_of_its_header(run):
    _, out, _ = run(*TOY, "ask", "list-asks", "--help")
    for expected in ("--issuer REF", "--year INT", "--stance CODE", "N or N..N", "Not shown:"):
        assert expected in out
    everything = table(run(*TOY, "ask", "list-asks", "--format", "csv")[1])
    years = sorted({int(row["year"]) for row in everything})
    late = table(run(*TOY, "ask", "list-asks", "--year", f"{years[-1]}..", "--format", "csv")[1])
    assert 0 < len(late) < len(everything) and {row["year"] for row in late} == {str(years[-1])}
    assert table(run(*TOY, "ask", "list-asks", "--year", f"..{years[0]}", "--year", f"{years[-1]}", "--format", "csv")[1])


def test_gaps_by_type_set_of_grounds_and_first_year(run):
    rows = table(run(*TOY, "ask", "gaps", *AT, "--type", "residual-only", "--ground", "ground/sogi", "--since", "..2020", "--format", "csv")[1])
    assert rows and {row["type"] for row in rows} == {"residual-only"}
    assert {row["ground"] for row in rows} <= {"ground/sexual-orientation", "ground/gender-identity"}
    assert all(row["since"] < "2021" for row in rows)


def test_rows_that_hold_a_text(run):
    everything = table(run(*TOY, "ask", "list-asks", "--format", "csv")[1])
    some = table(run(*TOY, "ask", "list-asks", "--contains", "GENERAL ACT", "--format", "csv")[1])
    assert 0 < len(some) < len(everything) and all("general act" in " ".join(row.values()).lower() for row in some)


def test_an_answer_says_version_day_language_and_what_was_not_checked(run):
    _, out, err = run(*TOY, "ask", "matrix", *AT, "--lang", "ru", "--format", "csv")
    unchecked = sum(row["verdict"] == "not-checked" for row in table(out))
    assert "law as of 2021-02-01, language ru" in err and f"{unchecked} of them not checked" in err and unchecked
    assert "no day asked about" in run(*TOY, "ask", "list-asks", "--format", "csv")[2]


def test_an_empty_answer_says_among_how_many_it_looked(run):
    _, out, err = run(*TOY, "ask", "gaps", "--at", "1900-01-01", "--format", "csv")
    assert len(out.splitlines()) == 1 and "looked among" in err


def test_sparql_from_a_file(run, tmp_path):
    query = tmp_path / "q.rq"
    query.write_text("SELECT (COUNT(*) AS ?n) WHERE { ?g a <https://w3id.org/kzgraph/ns#Gap> }")
    code, out, _ = run(*TOY, "sparql", query, "--format", "csv")
    assert (code, out) == (0, "n\n14\n")


def test_output_to_a_file_is_whole_and_its_format_follows_the_suffix(run, tmp_path):
    target = tmp_path / "gaps.json"
    code, out, _ = run(*TOY, "gaps", *AT, "-o", target)
    assert (code, out) == (0, "")
    assert len(json.loads(target.read_text(encoding="utf-8"))) == 10
    assert [path.name for path in tmp_path.iterdir()] == ["gaps.json"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("gaps", "--at", "2021-02-30"), "2021-02-30: not a date"),
        (("gaps", "--at", "yesterday"), "yesterday: not a date"),
        (("gaps", "--at", "20210201"), "20210201: not a date"),
        (("gaps", "--ground", "ground/sexual-orientaton"), "nearest: ground/sexual-orientation"),
        (("gaps", "--provision", "act/new-low/art_1"), "nearest: act/new-law/art_1"),
        (("gaps", "--lang", "fr"), "--lang"),
        (("gaps", "--format", "xml"), "--format"),
        (("show", "art_3"), "nearest: act/new-law/art_3"),
        (("show", "no such thing"), "not an address"),
        (("explain", "gap/nothing/here"), "no such address"),
        (("explain", "gap/residual-only/new-law/art_1/sexual-orientation", "--at", "2023-01-01"), "from 2020-01-01 until 2022-01-01"),
        (("explain", "ground/sex"), "not a gap"),
        (("list", "unicorns"), "take one of acts"),
        (("list", "bodies", "--ground", "ground/sex"), "no column of that kind"),
        (("ask", "gapz"), "nearest: gaps"),
        (("ask", "gaps", "--colour", "red"), "unrecognized arguments: --colour red; see 'kzgraph ask gaps --help'"),
        (("ask", "show-provision"), "required: --thing"),
        (("ask", "show-provision", "--thing", "act/new-low/art_1"), "nearest: act/new-law/art_1"),
        (("ask", "--at", "2021-02-01", "gaps"), "unrecognized"),
        (("ask", "list-asks", "--year", "soon"), "not a whole number"),
        (("ask", "list-asks", "--stance", "hostil"), "nearest: hostile"),
        (("ask", "gaps", "--since", "May"), "not a date"),
        (("ask", "gaps", "--typ", "residual-only"), "unrecognized"),
        (("sparql", "missing.rq"), "missing.rq: No such file"),
        (("sparql", "missing.rq", "--timeout", "0"), "above 0"),
        (("sparql", "missing.rq", "--timeout", "soon"), "above 0"),
        (("sparql", "missing.rq", "--max-rows", "-1"), "from 1 on"),
        (("gaps", "-o", "no/such/folder/x.csv"), "choose a place that can be written"),
        (("ask", "gaps", "--since", "2020-13"), "--since 2020-13: not a date"),
        (("ask", "gaps", "--since", "2020-00.."), "--since 2020-00: not a date"),
        (("ask", "gaps", "--since", "2026..2020"), "--since 2026..2020: ends before it begins"),
        (("ask", "list-asks", "--year", "2026..2020"), "--year 2026..2020: ends before it begins"),
        (("list", "cases", "--at", "nonsense"), "--at: 'list cases' asks about no day; leave the option out"),
        (("list", "--at", "2021-02-01"), "--at: 'list' without a kind only names the kinds"),
        (("list", "--format", "json"), "--format: 'list' without"),
        (("ask", "--cookbook", "--format", "csv"), "--format: the cookbook is Markdown"),
        (("ask", "--cookbook", "gaps"), "--cookbook: tells all questions"),
        (("whatif", "--list", "--at", "99"), "--at: '--list' only names"),
        (("whatif", "--list", "--rank"), "--rank: '--list' only names"),
        (("whatif", "--list", "hate-motives"), "AMENDMENT: '--list' only names"),
        (("view", "-o", "x.svg"), "-o: 'view' without a name only names"),
        (("view", "--at", "99"), "--at: 'view' without a name only names"),
        (("figure", "--at", "99"), "--at: 'figure' without a name only names"),
        (("figure", "matrix", "--format", "csv", "-o", "x.svg"), "--format: is for '--table'"),
        (("figure", "matrix", "--table", "--style", "x.toml"), "--style: a table has no colours"),
        (("report", "--gap", "g", "--since", "yesterday", "-o", "x.md"), "--since: a fact sheet"),
        (("report", "--gap", "g", "--words", "10", "-o", "x.md"), "--words: a fact sheet"),
        (("report", "--gap", "g", "--ground", "ground/sex", "-o", "x.md"), "--ground: a fact sheet"),
        (("report", "--body", "committee", "--since", "2020-13", "-o", "x.md"), "--since 2020-13: not a date"),
        (("frobnicate",), "invalid choice"),
        ((), "required"),
    ],
)
def test_wrong_use_is_one_clear_line_and_exit_2(run, arguments, expected):
    code, out, err = run(*TOY, *arguments)
    assert code == 2
    assert out == ""
    assert len(err.strip().splitlines()) == 1 and err.startswith("kzgraph")
    assert expected in err
    assert "Traceback" not in err


def test_broken_turtle_names_file_and_line(run, tmp_path):
    (tmp_path / "act").mkdir()
    (tmp_path / "act" / "bad.ttl").write_text("@prefix a: <http://a/> .\na:b a:c .\n", encoding="utf-8")
    code, out, err = run("--data", tmp_path, "gaps")
    assert (code, out) == (2, "") and "data/act/bad.ttl:2:" in err and len(err.splitlines()) == 1
    (tmp_path / "act" / "bad.ttl").write_bytes(b"\xff\xfe")
    code, out, err = run("--data", tmp_path, "gaps")
    assert (code, out) == (2, "") and "bad.ttl" in err and len(err.splitlines()) == 1


def test_a_query_that_does_not_parse_names_the_file(run, tmp_path):
    query = tmp_path / "q.rq"
    query.write_text("SELECT ?x WHERE { ?x ?y }")
    code, out, err = run(*TOY, "sparql", query)
    assert (code, out) == (2, "") and "q.rq" in err and len(err.splitlines()) == 1
    query.write_text("DESCRIBE <http://a/>")
    assert run(*TOY, "sparql", query)[0] == 2


def test_an_unreadable_file_and_a_missing_folder(run, tmp_path):
    (tmp_path / "gone.ttl").symlink_to(tmp_path / "nowhere.ttl")
    code, _, err = run("--data", tmp_path, "gaps")
    assert code == 2 and "gone.ttl" in err and len(err.splitlines()) == 1
    code, _, err = run("--root", tmp_path / "none", "gaps")
    assert code == 2 and "no such folder" in err and len(err.splitlines()) == 1


@pytest.mark.parametrize("option", ["--root", "--data", "--restricted"])
def test_a_missing_folder_is_told_with_the_option_that_named_it(run, tmp_path, option):
    code, out, err = run(option, tmp_path / "none", "gaps")
    assert (code, out) == (2, "") and f"{tmp_path / 'none'}" in err and f"with {option}" in err and err.count("--") == 1 and len(err.splitlines()) == 1


def test_an_unwritable_place_leaves_no_partial_file(run, tmp_path):
    (tmp_path / "taken").mkdir()
    code, _, err = run(*TOY, "gaps", "-o", tmp_path / "taken")
    assert code == 2 and "taken" in err
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_closed_pipe_is_no_traceback():
    reader, writer = os.pipe()
    os.close(reader)
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-m", "kzgraph", *TOY, "gaps", *AT], stdout=writer, stderr=subprocess.PIPE, env=env, timeout=60)
    os.close(writer)
    assert done.returncode == 2
    assert len(done.stderr.decode().strip().splitlines()) <= 2 and b"Traceback" not in done.stderr and b"closed" in done.stderr


def test_a_full_disk_is_no_traceback():
    code = (
        "import errno, os, sys\nfrom kzgraph.cli import main\n"
        "class Full:\n def isatty(self): return False\n def flush(self): pass\n"
        " def write(self, text): raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))\n"
        f"sys.stdout = Full(); os._exit(main(['--data', {str(HERE / 'toy')!r}, 'gaps']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=60)
    assert done.returncode == 2 and b"Traceback" not in done.stderr and b"No space left" in done.stderr


def test_a_fault_of_the_program_is_one_line_and_exit_3(run, monkeypatch):
    def faulty(store, args):
        raise ZeroDivisionError("one\ntwo")

    monkeypatch.setattr("kzgraph.cli.answers.tabled", faulty)
    monkeypatch.delenv("KZGRAPH_TRACEBACK", raising=False)
    code, out, err = run(*TOY, "gaps", *AT)
    assert (code, out) == (3, "") and err.count("\n") == 1 and "ZeroDivisionError: one two" in err and "report" in err
    monkeypatch.setenv("KZGRAPH_TRACEBACK", "1")
    code, out, err = run(*TOY, "gaps", *AT)
    assert (code, out) == (3, "") and "in faulty" in err


@pytest.mark.parametrize(("at", "word"), [("1980-01-01", "before 1995-01-01"), ("2035-01-01", "after 2026-01-01")])
def test_a_date_outside_what_the_graph_knows_says_so(run, at, word):
    code, _, err = run(*TOY, "gaps", "--at", at)
    assert code == 0 and word in err


def test_help_and_version_import_no_heavy_library():
    code = (
        "import sys; sys.argv=['kzgraph','--help']\n"
        "from kzgraph.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "heavy = {'rdflib','pyshacl','networkx','pyoxigraph'} & set(sys.modules); assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    code = code.replace("'--help'", f"'--data', {str(HERE / 'toy')!r}, 'gaps'").replace(",'pyoxigraph'}", "}")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=60)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("command", ["gaps", "matrix", "show", "explain", "list", "ask", "sparql"])
def test_each_command_has_help_with_an_example(run, command):
    code, out, _ = run(command, "--help")
    assert code == 0 and "Example: kzgraph" in out


def test_the_cache_never_answers_from_stale_data(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    world = (HERE / "toy" / "world.ttl").read_text(encoding="utf-8")
    (data / "world.ttl").write_text(world, encoding="utf-8")
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "KZGRAPH_CACHE": "on"}
    ask = ("--data", str(data), "gaps", *AT)
    first = fresh(*ask, env=env).stdout
    assert list((tmp_path / "cache" / "kzgraph").glob("*/graph.nt"))
    assert fresh(*ask, env=env).stdout == first
    old = os.stat(data / "world.ttl")
    changed = world.replace("kz:imposes requirement:surgery", "kz:imposes requirement:no-mental-disorder")
    (data / "world.ttl").write_text(changed, encoding="utf-8")
    os.utime(data / "world.ttl", ns=(old.st_atime_ns, old.st_mtime_ns))  # the same time stamp proves nothing
    assert b"/surgery" in first and b"/surgery" not in fresh(*ask, env=env).stdout
    answered = fresh(*ask, env=env).stdout
    assert b"/surgery" not in answered
    for damaged in (lambda body: body[:-40], lambda body: b"", lambda body: b"\n".join(body.split(b"\n")[:50]), lambda body: body.partition(b"\n")[2]):
        for kept in (tmp_path / "cache" / "kzgraph").glob("*/*"):
            kept.write_bytes(damaged(kept.read_bytes()))  # a damaged cache is no cache
        assert fresh(*ask, env=env).stdout == answered


def test_a_graph_with_restricted_records_is_never_kept(tmp_path):
    (tmp_path / "restricted").mkdir()
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "KZGRAPH_CACHE": "on"}
    assert fresh("--data", str(HERE / "toy"), "--restricted", str(tmp_path / "restricted"), "--show-restricted", "gaps", *AT, env=env).returncode == 0
    assert not (tmp_path / "cache" / "kzgraph").exists()


def test_another_program_has_another_cache(monkeypatch):
    from kzgraph import store

    rooms = store.open_rooms()
    before = store.Cache(rooms).folder
    store._program.cache_clear()
    monkeypatch.setattr(store.ox, "__version__", "9.9")
    assert store.Cache(rooms).folder != before
    store._program.cache_clear()


@pytest.mark.parametrize(
    ("module", "arguments", "expected"),
    [
        ("pygraphviz", ("view", "gaps", "-o", "x.svg"), "pygraphviz: not installed; in a checkout run 'python3 start.py install pictures'"),
        ("vl_convert", ("figure", "matrix", "-o", "x.svg"), "vl-convert-python: not installed; in a checkout run 'python3 start.py install pictures'"),
        ("xlsxwriter", ("export", "x.xlsx"), "xlsxwriter: not installed; in a checkout run 'python3 start.py install documents'"),
        ("docx", ("report", "--body", "committee", "-o", "x.docx"), "python-docx: not installed; in a checkout run 'python3 start.py install documents'"),
        ("typst", ("report", "--body", "committee", "-o", "x.pdf"), "typst: not installed; in a checkout run 'python3 start.py install documents'"),
    ],
)
def test_what_is_not_installed_is_told_in_one_line_with_the_command(run, monkeypatch, tmp_path, module, arguments, expected):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*TOY, *arguments, "--at", "2021-12-31")
    assert (code, out) == (2, "") and expected in err and len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_views_and_figures_without_a_name_are_listed(run):
    assert "provision" in run(*TOY, "view")[1].split() and "complaints" in run(*TOY, "figure", "--format", "csv")[1]
    for arguments in (("view", "gaps"), ("figure", "matrix"), ("view", "gaps", "-o", "x.gif"), ("view", "gapz", "-o", "x.svg")):
        code, out, err = run(*TOY, *arguments, *AT)
        assert (code, out) == (2, "") and len(err.splitlines()) == 1, err


@pytest.mark.parametrize(("name", "names"), [("x.csv", ["x.edges.csv", "x.nodes.csv"]), ("x.ttl", ["x.ttl"])])
def test_the_files_really_written_are_told(run, tmp_path, name, names):
    code, _, err = run(*TOY, "view", "gaps", *AT, "-o", tmp_path / name)
    assert code == 0 and sorted(path.name for path in tmp_path.iterdir()) == names
    told = next(line for line in err.splitlines() if " written, " in line)
    assert all(str(tmp_path / name) in told for name in names) and (name in names or str(tmp_path / name) not in told)


@pytest.mark.parametrize("wrong", ["a{b", "a|b", "a`b", "a^b", 'a"b', "a<b", "a b", "\u0000", "https://x/{", "a\\b"])
@pytest.mark.parametrize(
    "asked",
    [("show",), ("explain",), ("gaps", "--ground"), ("matrix", "--provision"), ("ask", "show-thing", "--thing"), ("ask", "lineage-asks", "--thing")],
)
def test_what_is_no_address_is_told_in_one_line(run, asked, wrong):
    code, out, err = run(*asked, wrong)
    assert code == 2 and out == "" and err.count("\n") == 1 and "Traceback" not in err


@pytest.mark.parametrize("shut", ["2>&-", ">&-", ">&- 2>&-"])
def test_closed_streams_end_no_command_in_a_heap(shut):
    command = f'"{sys.executable}" -m kzgraph gaps {shut}'
    done = subprocess.run(["sh", "-c", command], cwd=HERE.parent, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stdout + done.stderr and done.returncode == (2 if ">&-" in shut.replace("2>&-", "") else 0)


def test_help_and_talk_can_be_read_in_a_code_page_without_our_letters():
    for arguments in (("--help",), ("gaps", "--lang", "kk"), ("whatif", "--list")):
        done = fresh(*arguments, env={"PYTHONIOENCODING": "cp1251"})
        assert done.returncode == 0 and b"Traceback" not in done.stderr


def test_a_link_stays_a_link_a_file_keeps_its_rights_and_a_pipe_is_written_to(run, tmp_path):
    there = tmp_path / "there.csv"
    there.write_text("old", encoding="utf-8")
    there.chmod(0o640)
    (tmp_path / "link.csv").symlink_to(there)
    assert run("gaps", *AT, "-o", tmp_path / "link.csv")[0] == 0
    assert (tmp_path / "link.csv").is_symlink() and there.read_text(encoding="utf-8").startswith("gap,") and there.stat().st_mode & 0o777 == 0o640
    assert run("gaps", *AT, "--format", "csv", "-o", "/dev/null")[0] == 0 and not os.path.isfile("/dev/null")
    assert run("gaps", *AT, "--format", "csv", "-o", "/dev/full")[0] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.csv", "there.csv"]


def test_rooms_without_rules_words_or_data_are_refused_and_linked_folders_are_read(run, tmp_path):
    root = HERE.parent
    for missing in ("ontology", "data", "queries"):
        top = tmp_path / missing
        top.mkdir()
        for room in ("ontology", "data", "queries"):
            (top / room).mkdir() if room == missing else (top / room).symlink_to(root / room)
        code, out, err = run("--root", top, "gaps", *AT)
        assert (code, out) == (2, "") and "file below it" in err, err
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "toy").symlink_to(HERE / "toy")
    (linked / "again").symlink_to(linked)  # leads back
    assert run("--data", linked, "gaps", *AT)[1] == run("--data", HERE / "toy", "gaps", *AT)[1] != ""


def test_a_set_of_grounds_stands_for_its_members_in_a_question_about_one_ground(run):
    for question, option in (("provisions-by-ground", "--ground"), ("show-ground", "--thing")):
        of_set = table(run("ask", question, option, "ground/sogi", "--at", "2026-11-20", "--format", "csv")[1])
        of_one = table(run("ask", question, option, "ground/sexual-orientation", "--at", "2026-11-20", "--format", "csv")[1])
        assert of_one and [row for row in of_one if row not in of_set] == []
    assert table(run("ask", "show-thing", "--thing", "ground/sogi", "--format", "csv")[1])
