"""Each named question gives the same through a SPARQL 1.1 endpoint: the Oxigraph server, over the hand-made world and the real data."""

import http.server
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from engines import real_values
from hypothesis import given
from hypothesis import strategies as st
from rdflib.plugins.sparql.parser import parseQuery
from test_questions import NAMES, asked_with

from kzgraph.endpoint import answer_from, closed
from kzgraph.errors import BadFile, BadQuery, BadValue, OutOfTime
from kzgraph.questions import Question, answer, question


@pytest.fixture(scope="module")
def serve(tmp_path_factory):
    """Starts servers that hold a store, on loopback; ends them all."""
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    assert program, "the Oxigraph server is part of the test requirements"
    running = []

    def start(store) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        home = tmp_path_factory.mktemp("server")
        process = subprocess.Popen([program, "serve", "--bind", f"127.0.0.1:{port}"], cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        running.append(process)
        lines = "".join(f"<{s}> <{p}> {o if o.startswith(chr(34)) else f'<{o}>'} .\n" for s, p, o in store.statements()).encode()
        load = urllib.request.Request(f"http://127.0.0.1:{port}/store?default", lines, {"Content-Type": "application/n-triples"}, method="PUT")
        for attempt in range(100):
            try:
                with urllib.request.urlopen(load, timeout=60):
                    return f"http://127.0.0.1:{port}/query"
            except OSError:
                assert attempt < 99 and process.poll() is None
                time.sleep(0.1)
        raise AssertionError("the server did not start")

    yield start
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def toy_address(serve, toy):
    return serve(toy)


@pytest.fixture(scope="module")
def real_address(serve, store):
    return serve(store)


@pytest.mark.parametrize("name", NAMES)
def test_the_endpoint_gives_the_same_over_the_hand_made_world(name, toy, toy_address):
    values, _ = asked_with(name)
    assert answer_from(toy_address, toy.rooms, name, **values).rows == answer(toy, name, **values).rows


@pytest.mark.parametrize("name", NAMES)
def test_the_endpoint_gives_the_same_over_the_real_data(name, store, real_address):
    values = real_values(question(store.rooms, name))
    assert answer_from(real_address, store.rooms, name, timeout=60, **values).rows == answer(store, name, **values).rows


def test_a_closed_question_has_no_parameter_left_but_as_a_column(store):
    for name in NAMES:
        asked = question(store.rooms, name)
        text = re.sub(r"(?m)^#.*$", "", closed(asked, **real_values(asked)))
        for param in asked.params:
            assert len(re.findall(rf"\?{param}\b", text)) == 1 and f" AS ?{param})" in text, name


ASKED = Question("x", '# column: thing ref\n# param: thing ref\nSELECT ?thing WHERE { ?s ?p ?thing FILTER (?s != "?thing") } # ?thing\nORDER BY ?s ?thing')


@given(st.text(min_size=1, max_size=30))
def test_no_value_escapes_its_term(value):
    try:
        text = closed(ASKED, thing=value)
    except (BadValue, ValueError):
        return
    assert text.count('"?thing"') == 1 and text.endswith("# ?thing\nORDER BY ?s ")
    _, tree = parseQuery(text)
    assert tree.name == "SelectQuery" and len(tree.where.part) == 2


def test_an_endpoint_that_is_none_slow_or_unwilling_is_told_in_one_line(store, toy_address):
    class Slow(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            time.sleep(3)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(OutOfTime, match="no answer within"):
            answer_from(f"http://127.0.0.1:{server.server_port}/", store.rooms, "reach", timeout=0.3)
    finally:
        server.shutdown()
        server.server_close()
    with pytest.raises(BadFile, match="check the address"):
        answer_from("http://127.0.0.1:1/query", store.rooms, "reach", timeout=2)
    with pytest.raises(BadQuery, match="refused with 4"):
        answer_from(toy_address.replace("/query", "/nowhere"), store.rooms, "reach")
