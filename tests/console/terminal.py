"""A terminal for tests: the program runs on a pseudo terminal, every wait has a deadline."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

from zplane import ENV, ZPLANE

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()=>][A-Z0-9]?|[\x07\x08]")


class Terminal:
    def __init__(self, *args, home, columns=80, rows=30, limit_s=20, term="xterm"):
        self.limit_s, self.seen, self.at = limit_s, "", 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            self.resize_fd(0, columns, rows)
            os.execve(ZPLANE, [ZPLANE, *args],
                      dict(ENV, TERM=term, HOME=home, XDG_STATE_HOME=os.path.join(home, "state")))

    @staticmethod
    def resize_fd(fd, columns, rows):
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns, rows=30):
        self.resize_fd(self.fd, columns, rows)

    def send(self, text):
        os.write(self.fd, text.encode())

    def line(self, text):
        self.send(text + "\r")

    def read(self, seconds):
        """More output into self.seen; False at the end of the program."""
        if not select.select([self.fd], [], [], max(seconds, 0))[0]:
            return True
        try:
            chunk = os.read(self.fd, 65536)
        except OSError:
            return False
        self.seen += ESCAPE.sub("", chunk.decode("utf-8", "replace")).replace("\r", "")
        return bool(chunk)

    def wait(self, seconds):
        """Takes what comes for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(end - time.monotonic())

    def expect(self, pattern):
        """Waits until the pattern appears after the last one; the match."""
        deadline = time.monotonic() + self.limit_s
        while True:
            m = re.compile(pattern, re.M).search(self.seen, self.at)
            if m:
                self.at = m.end()
                return m
            left = deadline - time.monotonic()
            if left <= 0 or not self.read(left):
                raise AssertionError("no %r in %r" % (pattern, self.seen[self.at:]))

    def prompt(self):
        """Waits until the next prompt is there and nothing follows."""
        self.expect(r"^> \Z")

    def interrupt(self):
        self.send("\x03")

    def end(self):
        """The exit status, after the program has ended by itself."""
        deadline = time.monotonic() + self.limit_s
        while time.monotonic() < deadline:
            self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("the program goes on: %r" % self.seen[self.at:])

    def close(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)
