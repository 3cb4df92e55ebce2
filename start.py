#!/usr/bin/env python3
"""Everything from a clean clone, with nothing but Python 3.11 or newer.

    python3 start.py gaps             set up what is needed, then show the gaps
    python3 start.py test             set up what is needed, then run the tests
    python3 start.py install EXTRA    set up what draws pictures or writes documents: pictures, documents
    python3 start.py COMMAND ...      any other kzgraph command

Packages go into the folder .venv beside this file, pinned with hashes; nothing else on the machine is touched.
"""

import hashlib
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")


def stop(line):
    sys.stderr.write("start.py: " + line + "\n")
    sys.exit(2)


def say(line):
    sys.stderr.write("start.py: " + line + "\n")


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def last(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    wrong = [line for line in lines if "error" in line.lower()] or lines
    return wrong[-1] if wrong else "no message"


def set_up(kind):
    """A virtual environment with the packages of requirements/<kind>.txt; done once for each state of that file."""
    wanted = os.path.join(HERE, "requirements", kind + ".txt")
    with open(wanted, "rb") as stream:
        state = hashlib.sha256(stream.read() + sys.version.encode()).hexdigest()
    stamp = os.path.join(VENV, "kzgraph-" + kind + ".done")
    if os.path.exists(stamp) and os.path.exists(PYTHON):
        with open(stamp) as stream:
            if stream.read() == state:
                return
    say("setting up .venv (once; this takes a minute)")
    code, out = run(sys.executable, "-m", "venv", "--clear" if not os.path.exists(PYTHON) else "--upgrade", VENV)
    if code:
        stop("no virtual environment could be made (" + last(out) + "); install venv, on Debian and Ubuntu: apt install python3-venv")
    code, out = run(PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--require-hashes", "-r", wanted)
    if code:
        stop("packages could not be installed (" + last(out) + "); check the network or pip's index, then run the command again")
    with open(stamp, "w") as stream:
        stream.write(state)


def main():
    if sys.version_info < (3, 11):
        stop("Python %d.%d is too old; run it with Python 3.11 or newer" % sys.version_info[:2])
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.stdout.write(__doc__ or "")
        return 0 if arguments else 2
    if arguments[0] == "install":
        extras = sorted(name[:-4] for name in os.listdir(os.path.join(HERE, "requirements")) if name not in ("run.txt", "test.txt"))
        if len(arguments) != 2 or arguments[1] not in extras:
            stop("install takes one of " + ", ".join(extras) + "; for instance: python3 start.py install " + extras[-1])
        set_up("run")
        set_up(arguments[1])
        return 0
    testing = arguments[0] == "test"
    set_up("test" if testing else "run")
    environment = dict(os.environ)
    environment["PYTHONPATH"] = HERE + (os.pathsep + environment["PYTHONPATH"] if environment.get("PYTHONPATH") else "")
    if not testing:
        return ended(subprocess.Popen([PYTHON, "-m", "kzgraph", *arguments], env=environment))
    return ended(subprocess.Popen([PYTHON, "-m", "pytest", *arguments[1:]], env=environment, cwd=HERE))


def ended(child):
    """The exit code of the command; 128 and the signal, as a shell tells it, where one ended it."""
    try:
        code = child.wait()
    except KeyboardInterrupt:
        try:
            code = child.wait(timeout=3)  # the terminal told the command too, which says so itself
        except subprocess.TimeoutExpired:
            child.terminate()
            child.wait()
            raise KeyboardInterrupt from None
    if code < 0:
        say("the command was ended by signal %d" % -code)
        return 128 - code
    return code


def begin():
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        say("stopped")
        sys.exit(130)


if __name__ == "__main__":
    begin()
