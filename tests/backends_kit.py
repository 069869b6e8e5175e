"""Private database servers for tests: PostgreSQL and MariaDB in folders of their own, on Unix sockets, gone with the test.

    with Servers() as s:            # nothing starts before it is asked for
        s.postgres()                # a Postgres
        s.mariadb()                 # a MariaDB
        s.url("postgresql", "shop_dev")

Databases are made with the demo shop: shop_dev, shop_staging, other_dev.  A server that runs as root is no server: they
run as the users of their packages then."""
import glob
import os
import pathlib
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

SHOP = pathlib.Path(__file__).resolve().parent.parent / "examples" / "shop"
DATASETS = {"shop_dev": "dev", "shop_staging": "staging", "other_dev": "staging"}


def shop_sql(engine, dataset):
    return SHOP / f"{engine}.{dataset}.sql"


def _user(name):
    """The command prefix and the owner that a server needs: itself when we are somebody, the package's user when we are root."""
    dies_with_us = ["setpriv", "--pdeathsig", "QUIT"]  # also when a test is killed
    if os.geteuid() != 0:
        return dies_with_us, None
    for candidate in (name, "nobody"):
        try:
            who = pwd.getpwnam(candidate)
        except KeyError:
            continue
        return dies_with_us + [f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups"], who
    raise RuntimeError("no user to run a database server as")


def _wait(what, deadline, probe):
    until = time.monotonic() + deadline
    while time.monotonic() < until:
        if probe():
            return
        time.sleep(0.02)
    raise TimeoutError(what)


def _check(argv, **kw):
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/", **kw)
    if done.returncode:
        raise RuntimeError(f"{argv[0]}: {done.stdout.decode(errors='replace')[-2000:]}")
    return done.stdout


class Server:
    """A folder, a process in it, and how to stop it."""

    def __init__(self, name, user):
        self.prefix, owner = _user(user)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"zp-{name}-", dir="/tmp"))
        if owner:
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self.folder.chmod(0o755)
        self.process = None

    def spawn(self, argv):
        self.log = open(self.folder.parent / (self.folder.name + ".log"), "wb")
        self.process = subprocess.Popen(self.prefix + argv, stdout=self.log, stderr=subprocess.STDOUT,
                                        stdin=subprocess.DEVNULL, cwd="/", start_new_session=True)

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def destroy(self):
        self.stop(signal.SIGINT if isinstance(self, Postgres) else signal.SIGTERM)
        shutil.rmtree(self.folder, ignore_errors=True)
        log = self.folder.parent / (self.folder.name + ".log")
        log.unlink(missing_ok=True)


class Postgres(Server):
    def __init__(self):
        super().__init__("pg", "postgres")
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not found:
            raise RuntimeError("PostgreSQL is not installed (make deps)")
        self.bin = found[-1]
        _check(self.prefix + [f"{self.bin}/initdb", "-D", str(self.folder / "data"), "-U", "zplane", "-A", "trust", "-E", "UTF8",
                              "--locale=C.UTF-8", "--no-sync"])
        self.start()

    def start(self):
        self.spawn([f"{self.bin}/postgres", "-D", str(self.folder / "data"), "-k", str(self.folder), "-c", "listen_addresses=",
                    "-c", "fsync=off", "-c", "max_connections=60", "-c", "shared_buffers=32MB", "-c", "autovacuum=off"])
        _wait("PostgreSQL starts", 60, lambda: subprocess.run(
            [f"{self.bin}/pg_isready", "-q", "-h", str(self.folder)], stdout=subprocess.DEVNULL).returncode == 0)

    def url(self, database):
        return f"postgresql://zplane@/{database}?host={self.folder}"

    def sql(self, database, text=None, file=None):
        argv = [f"{self.bin}/psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-U", "zplane", database]
        return _check(argv + (["-c", text] if text else ["-f", str(file)])).decode().strip()

    def create(self, database, dataset):
        self.sql("postgres", f'CREATE DATABASE "{database}"')
        self.sql(database, file=shop_sql("postgresql", dataset))


class MariaDB(Server):
    def __init__(self):
        super().__init__("my", "mysql")
        data = self.folder / "data"
        install = shutil.which("mariadb-install-db")
        if not install:
            raise RuntimeError("MariaDB is not installed (make deps)")
        _check(self.prefix + [install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal",
                              "--skip-test-db", "--innodb-log-file-size=4M", "--innodb-flush-method=nosync"])
        self.start()

    def start(self):
        self.socket = self.folder / "s"
        server = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
        self.spawn([server, "--no-defaults", f"--datadir={self.folder}/data", f"--socket={self.socket}", "--skip-networking",
                    "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=4M",
                    f"--pid-file={self.folder}/pid", "--max-connections=60", "--performance-schema=OFF"])
        _wait("MariaDB starts", 60, lambda: subprocess.run(
            ["mariadb-admin", "--no-defaults", f"--socket={self.socket}", "-uroot", "ping"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL).returncode == 0)

    def url(self, database):
        return f"mariadb://root@localhost/{database}?unix_socket={self.socket}"

    def sql(self, database, text=None, file=None):
        argv = ["mariadb", "--no-defaults", f"--socket={self.socket}", "-uroot", "-N", "-B", "--default-character-set=utf8mb4"]
        argv += [database] if database else []
        if text:
            return _check(argv + ["-e", text]).decode().strip()
        with open(file, "rb") as f:
            return _check(argv, stdin=f).decode().strip()

    def create(self, database, dataset):
        self.sql(None, f"CREATE DATABASE `{database}`")
        self.sql(database, file=shop_sql("mariadb", dataset))


class Servers:
    """The servers of one test session; sqlite is a folder."""

    def __init__(self):
        self.made = {}
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="zp-lite-", dir="/tmp"))

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self):
        for server in self.made.values():
            server.destroy()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _get(self, name, kind):
        if name not in self.made:
            self.made[name] = server = kind()
            for database, dataset in DATASETS.items():
                server.create(database, dataset)
        return self.made[name]

    def postgres(self):
        return self._get("postgresql", Postgres)

    def mariadb(self):
        return self._get("mariadb", MariaDB)

    def sqlite(self, database):
        path = self.folder / f"{database}.db"
        if not path.exists():
            db = sqlite3.connect(path)
            db.executescript(shop_sql("sqlite", DATASETS[database]).read_text())
            db.close()
        return path

    def url(self, engine, database):
        if engine == "sqlite":
            return f"sqlite:{self.sqlite(database)}"
        return (self.postgres() if engine == "postgresql" else self.mariadb()).url(database)
