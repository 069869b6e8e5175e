"""PostgreSQL over TLS: the session is libpq's, the bytes are ours."""
import os
import pwd
import socket
import subprocess

from backends_kit import Postgres, shop_sql
from conftest import EVENTS, EVENT_COLUMNS
from test_streams import ONE, idle


class Encrypted(Postgres):
    def start(self):
        key, cert = self.folder / "server.key", self.folder / "server.crt"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", str(key),
                        "-out", str(cert)], check=True, stderr=subprocess.DEVNULL)
        key.chmod(0o600)
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(key, owner.pw_uid, owner.pw_gid)
        with socket.create_server(("127.0.0.1", 0)) as s:
            self.port = s.getsockname()[1]
        self.spawn([f"{self.bin}/postgres", "-D", str(self.folder / "data"), "-k", str(self.folder), "-c", "listen_addresses=127.0.0.1",
                    "-p", str(self.port), "-c", "fsync=off", "-c", "ssl=on", "-c", f"ssl_key_file={key}", "-c", f"ssl_cert_file={cert}"])
        import backends_kit
        backends_kit._wait("PostgreSQL starts", 60, lambda: subprocess.run(
            [f"{self.bin}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode == 0)

    def sql(self, database, text=None, file=None):
        argv = [f"{self.bin}/psql", "-X", "-q", "-At", "-h", "127.0.0.1", "-p", str(self.port), "-U", "zplane", database]
        subprocess.run(argv + (["-c", text] if text else ["-f", str(file)]), check=True, stdout=subprocess.DEVNULL)


def test_rows_streams_and_cancels_over_tls(probe):
    server = Encrypted()
    try:
        server.sql("postgres", "CREATE DATABASE shop")
        server.sql("shop", file=shop_sql("postgresql", "dev"))
        url = f"postgresql://zplane@127.0.0.1:{server.port}/shop?sslmode=require"
        assert probe.pools(shop=(url, {"max": 2})) == {"configured": True}
        assert probe.rows("shop", "SELECT ssl::int FROM pg_stat_ssl WHERE pid = pg_backend_pid()", [("a", "int")]) == [{"a": 1}]
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
    finally:
        server.destroy()
