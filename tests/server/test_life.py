"""Start, stop, reload, log, what the service manager is told."""
import json
import os
import re
import signal
import socket
import stat

import pytest

from server_kit import DEADLINE, Server, wait_until
from zplane import run

PING = {"request_type": 7}


def test_stop_tells_strangers(tmp_path):
    with Server(tmp_path) as s:
        c = s.connect()
        assert c.ask(PING)["response_code"] == 0x10
        s.send_signal(signal.SIGTERM)
        answer = c.receive()
        assert answer["response_code"] == 0x0500 and "stopping" in answer["data"]["zteradb_error"]
        assert c.closed()
        assert s.process.wait(DEADLINE) == 0
        assert "stopped" in s.log.text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_that_stop(tmp_path, number):
    with Server(tmp_path) as s:
        assert s.stop(number) == 0


def test_the_port_is_free_again(tmp_path):
    with Server(tmp_path) as s:
        port = s.port
        c = s.connect()
        assert c.ask(PING)
        s.stop()
    with Server(tmp_path, "--port=%d" % port) as again:
        assert again.port == port


def test_a_port_that_is_taken(tmp_path):
    with Server(tmp_path) as s:
        status, out, err = run("serve", "--address=127.0.0.1", "--port=%d" % s.port, "--state-dir=" + str(tmp_path))
        assert status == 1
        assert "cannot listen on 127.0.0.1 port %d: Address already in use" % s.port in err
        assert "ready" not in out


@pytest.mark.parametrize("options, message", [
    (["--address=300.1.1.1"], "cannot listen on '300.1.1.1'"),
    (["--tls=perhaps"], "tls: off, optional or required, not 'perhaps'"),
    (["--tls=required"], "needs tls.cert and tls.key"),
    (["--tls=required", "--tls-cert=/nowhere", "--tls-key=/nowhere"], "cannot use the certificate '/nowhere'"),
    (["--log-format=xml"], "log.format: text or json, not 'xml'"),
    (["--log-to=mars"], "log.to: stderr or file, not 'mars'"),
    (["--http-listen=a:b"], "http.listen: PORT, ADDRESS:PORT or shared, not 'a:b'"),
    (["--unix-socket=/tmp/x", "--unix-mode=999"], "unix.mode: permissions in octal"),
    (["--address=none"], "nobody could come"),
    (["--vault=/nowhere/vault.db"], "/nowhere/vault.db"),
    (["--data=/proc/nothing"], "/proc/nothing"),
    (["--log-level=LOUD"], "unknown log level 'LOUD'"),
])
def test_what_cannot_start_says_why(tmp_path, options, message):
    base = [] if any(o.startswith("--address") for o in options) else ["--address=127.0.0.1"]
    status, out, err = run("serve", "--port=0", *base, *options, cwd=str(tmp_path))
    assert status in (1, 2)
    assert message in err
    assert "ready" not in out


def test_operands_are_refused(tmp_path):
    status, _, err = run("serve", "what", cwd=str(tmp_path))
    assert (status, err) == (2, "zplane: serve takes no operand: 'what'\n")


def test_letters_of_options(tmp_path):
    with Server(tmp_path, "-p", "0", "-a127.0.0.1", "-l", "DEBUG", "-i", "x <<- 6 * 7; x") as s:
        s.out.wait(r"^\[1\] 42$")


def test_a_program_of_the_start_that_fails(tmp_path):
    with Server(tmp_path, "--init-code=stop('no luck')") as s:
        assert s.log.wait(r"\[ERROR\]: init.code failed reason=.*no luck")


def test_unix_socket_of_a_killed_server_is_replaced(tmp_path):
    s = Server(tmp_path, "--unix-mode=0600", unix=True)
    assert stat.S_IMODE(os.stat(s.path).st_mode) == 0o600
    s.kill()
    assert os.path.exists(s.path)
    with Server(tmp_path, unix=True) as again:
        assert again.connect(unix=True).ask(PING)["response_code"] == 0x10
        assert stat.S_IMODE(os.stat(s.path).st_mode) == 0o660
        status, _, err = run("serve", "--address=none", "--unix-socket=" + s.path, cwd=str(tmp_path))
        assert status == 1 and "another process does" in err
    assert not os.path.exists(s.path)


def test_a_file_is_no_socket(tmp_path):
    (tmp_path / "f").write_text("precious")
    status, _, err = run("serve", "--address=none", "--unix-socket=" + str(tmp_path / "f"), cwd=str(tmp_path))
    assert status == 1 and "no socket" in err
    assert (tmp_path / "f").read_text() == "precious"


# ---------------------------------------------------------------- log

TEXT = re.compile(r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z \[(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\]: [^=]+( \w+=("[^"]*"|[^ ]+))*$')


def test_lines_of_text(tmp_path):
    with Server(tmp_path) as s:
        s.connect().write(b"\0\0\0\0")
        s.log.wait("connection refused")
    for line in s.log.text().splitlines():
        assert TEXT.match(line), line


def test_lines_of_json(tmp_path):
    with Server(tmp_path, "--log-format=json", "--log-level=DEBUG") as s:
        s.connect().write(b"\0\0\0\0")
        s.log.wait("connection refused")
    lines = [json.loads(line) for line in s.log.text().splitlines()]
    assert all(set(line) >= {"time", "level", "message"} for line in lines)
    assert [line for line in lines if line["message"] == "ready"][0]["pid"] == s.process.pid


def test_a_log_file_that_is_rotated(tmp_path):
    with Server(tmp_path, "--log-to=file", "--logfile-path=" + str(tmp_path), "--logfile-name=z.log") as s:
        log = tmp_path / "z.log"
        wait_until(lambda: "ready" in log.read_text())
        os.rename(log, tmp_path / "z.log.1")
        s.send_signal(signal.SIGHUP)
        wait_until(lambda: log.exists() and "reloaded" in log.read_text())
    assert "stopped" in log.read_text()
    assert "stopped" not in (tmp_path / "z.log.1").read_text()


def test_a_flood_of_lines_is_counted(tmp_path):
    with Server(tmp_path) as s:
        for _ in range(100):
            c = s.connect()
            c.write(b"\0\0\0\0")
            assert c.receive()
        assert s.metric("zplane_refused_total") == 100
        assert s.log.text().count("connection refused") == 10


# ---------------------------------------------------------------- reload

def test_reload_takes_the_new_settings(tmp_path):
    conf = tmp_path / "zplane.conf"
    conf.write_text("login.timeout = 3600\nlog.level = ERROR\n")
    with Server(tmp_path, "-C", str(tmp_path)) as s:
        c = s.connect()
        assert c.ask(PING)
        conf.write_text("login.timeout = 1\nlog.level = INFO\n")
        s.reload()
        late = s.connect()
        assert late.receive()["response_code"] == 0x0500  # after a second
        assert c.ask(PING)["response_code"] == 0x10  # what was there keeps its time


def test_reload_with_a_mistake_changes_nothing(tmp_path):
    conf = tmp_path / "zplane.conf"
    conf.write_text("login.timeout = 10\n")
    with Server(tmp_path, "-C", str(tmp_path)) as s:
        conf.write_text("login.timeout = soon\n")
        assert s.reload().string.count("reload failed")
        assert s.connect().ask(PING)["response_code"] == 0x10


def test_a_client_that_is_added_while_it_serves(tmp_path):
    with Server(tmp_path) as s:
        s.client("bob")
        s.reload()
        assert s.connect().login("bob", protocol="zplane/1")["error"] is False


# ---------------------------------------------------------------- systemd

def test_service_manager(tmp_path):
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        manager.settimeout(DEADLINE)
        with Server(tmp_path, env={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000"}) as s:
            assert manager.recv(1000).startswith(b"READY=1")
            assert manager.recv(1000) == b"WATCHDOG=1"
            s.send_signal(signal.SIGHUP)
            seen = []
            while seen[-2:] != ["RELOADING=1", "READY=1"]:
                word = manager.recv(1000).decode().split("\n")[0]
                if word != "WATCHDOG=1":
                    seen.append(word)
            s.stop()
            while manager.recv(1000) != b"STOPPING=1":
                pass


def test_the_unit_of_systemd():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    with open(os.path.join(root, "packaging", "zplane.service.in")) as f:
        text = f.read()
    for word in ("Type=notify", "ExecReload=", "NoNewPrivileges=yes", "ProtectSystem=strict", "WatchdogSec="):
        assert word in text
