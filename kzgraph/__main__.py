"""``python -m kzgraph``: the same as the ``kzgraph`` command."""

from kzgraph.cli import run

if __name__ == "__main__":
    run()
