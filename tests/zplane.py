"""How tests drive the program: one process in batch mode, and single runs."""
import json
import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ZPLANE = os.path.abspath(os.environ.get("ZPLANE", os.path.join(ROOT, "build", "zplane")))

# The environment of a test: no settings of the user, and one locale.
ENV = {k: v for k, v in os.environ.items() if not k.startswith("ZPLANE") and k not in ("XDG_CONFIG_HOME",)}
ENV.update(LC_ALL="C.UTF-8", HOME="/nonexistent", TZ="UTC")

PLACE = re.compile(r"^Error: (?:(?:[^\s:]+:)?\d+\.\d+(?:-\d+(?:\.\d+)?)?: )?")


def run(*args, input=None, cwd=None, env=None, timeout=60):
    """One process: (status, standard output, standard error)."""
    environment = dict(ENV, **(env or {}))
    p = subprocess.run([ZPLANE, *args], input=input, cwd=cwd, env=environment, timeout=timeout,
                       stdin=subprocess.DEVNULL if input is None else None,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
    return p.returncode, p.stdout, p.stderr


class Batch:
    """`zplane eval --batch --reports`, started again when it dies."""

    def __init__(self, cwd):
        self.cwd, self.process = cwd, None

    def ask(self, expr):
        """(output, error?, report)"""
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen([ZPLANE, "eval", "--batch", "--reports"], cwd=self.cwd, env=ENV,
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        try:
            self.process.stdin.write(json.dumps({"id": "t", "expr": expr}) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except OSError:
            line = ""
        if not line:
            status = self.process.wait(10)
            self.process = None
            return "", True, "the process ended with status %s" % status
        answer = json.loads(line)
        return answer["out"], answer["err"], answer["report"]

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait(10)


def error_text(report):
    """The text of an error without its place, source lines and hints."""
    lines = report.splitlines()
    heads = [line for line in lines if line.startswith(("Error", "syntax error"))]
    return PLACE.sub("", heads[-1] if heads else lines[0] if lines else "")
