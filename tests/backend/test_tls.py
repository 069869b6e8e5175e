"""Databases over TLS.  With PostgreSQL the session is libpq's and the bytes are ours; with MariaDB all is its library's."""
import os
import pwd
import shutil
import socket
import subprocess

import backends_kit
from backends_kit import MariaDB, Postgres, shop_sql
from conftest import EVENTS, EVENT_COLUMNS
from test_streams import ONE, idle


def key_and_certificate(server, user):
    """For 127.0.0.1, in the folder of the server, and a free port."""
    key, cert = server.folder / "server.key", server.folder / "server.crt"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", str(key),
                    "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-out", str(cert)], check=True, stderr=subprocess.DEVNULL)
    key.chmod(0o600)
    if os.geteuid() == 0:
        owner = pwd.getpwnam(user)
        os.chown(key, owner.pw_uid, owner.pw_gid)
    with socket.create_server(("127.0.0.1", 0)) as s:
        return key, cert, s.getsockname()[1]


class Encrypted(Postgres):
    def start(self):
        key, cert, self.port = key_and_certificate(self, "postgres")
        self.spawn([f"{self.bin}/postgres", "-D", str(self.folder / "data"), "-k", str(self.folder), "-c", "listen_addresses=127.0.0.1",
                    "-p", str(self.port), "-c", "fsync=off", "-c", "ssl=on", "-c", f"ssl_key_file={key}", "-c", f"ssl_cert_file={cert}"])
        backends_kit._wait("PostgreSQL starts", 60, lambda: subprocess.run(
            [f"{self.bin}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode == 0)

    def sql(self, database, text=None, file=None):
        argv = [f"{self.bin}/psql", "-X", "-q", "-At", "-h", "127.0.0.1", "-p", str(self.port), "-U", "zplane", database]
        subprocess.run(argv + (["-c", text] if text else ["-f", str(file)]), check=True, stdout=subprocess.DEVNULL)


class EncryptedMariaDB(MariaDB):
    def start(self):
        key, self.cert, self.port = key_and_certificate(self, "mysql")
        self.socket = self.folder / "s"
        self.spawn([shutil.which("mariadbd") or "/usr/sbin/mariadbd", "--no-defaults", f"--datadir={self.folder}/data", f"--socket={self.socket}",
                    "--bind-address=127.0.0.1", f"--port={self.port}", "--skip-name-resolve", f"--ssl-key={key}", f"--ssl-cert={self.cert}",
                    "--innodb-log-file-size=4M", "--innodb-flush-method=nosync", f"--pid-file={self.folder}/pid", "--performance-schema=OFF"])
        backends_kit._wait("MariaDB starts", 60, lambda: subprocess.run(
            ["mariadb-admin", "--no-defaults", f"--socket={self.socket}", "-uroot", "ping"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL).returncode == 0)


def all_ways(probe, url, encrypted):
    """Rows, a slow reader, a cancel."""
    assert probe.pools(shop=(url, {"max": 2})) == {"configured": True}
    assert probe.rows("shop", *encrypted) == [{"a": 1}]
    assert len(probe.rows("shop", EVENTS, EVENT_COLUMNS, shape=1)) == 50000
    run = probe.start("shop", EVENTS, EVENT_COLUMNS, shape=1, hold=100000)
    probe.wait_full(run)
    while not probe.runs[run]["done"]:
        probe.runs[run]["full"] = False
        probe.send(op="resume", id=run, hold=500000)
        probe.pump(lambda: probe.runs[run]["full"] or probe.runs[run]["done"])
    assert probe.runs[run]["done"] == "ok" and len(probe.runs[run]["frames"]) == 50001
    run = probe.start("shop", EVENTS, EVENT_COLUMNS, hold=1)
    probe.wait_full(run)
    probe.send(op="cancel", id=run)
    assert probe.wait(run)["done"] == "cancelled"
    idle(probe)
    assert probe.rows("shop", *ONE) == [{"a": 1}]


def test_postgresql(probe):
    server = Encrypted()
    try:
        server.sql("postgres", "CREATE DATABASE shop")
        server.sql("shop", file=shop_sql("postgresql", "dev"))
        all_ways(probe, f"postgresql://zplane@127.0.0.1:{server.port}/shop?sslmode=require",
                 ("SELECT ssl::int FROM pg_stat_ssl WHERE pid = pg_backend_pid()", [("a", "int")]))
    finally:
        server.destroy()


def test_mariadb(probe):
    server = EncryptedMariaDB()
    try:
        server.create("shop", "dev")
        server.sql(None, "CREATE USER app@'127.0.0.1' IDENTIFIED BY 'secret' REQUIRE SSL; GRANT ALL ON shop.* TO app@'127.0.0.1'")
        url = f"mariadb://app:secret@127.0.0.1:{server.port}/shop"
        cipher = ("SELECT VARIABLE_VALUE <> '' FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_cipher'", [("a", "int")])
        for tls in ("tls=on", f"tls=verify&ca={server.cert}"):
            all_ways(probe, f"{url}?{tls}", cipher)
        for tls in ("tls=off", "tls=verify"):  # the account asks for TLS; nobody signed this certificate
            probe.pools(shop=(f"{url}?{tls}", {"max": 1}))
            assert probe.run("shop", *ONE)["done"] in ("unreachable", "backend")
    finally:
        server.destroy()
