"""The administrator's commands."""
import json
import os
import stat

import pytest
from peers import DATABASE, SHOP
from zplane import run


class Vault:
    def __init__(self, folder):
        self.path = os.path.join(str(folder), "vault.db")
        self.say("init")

    def run(self, *args, **more):
        return run("vault", *args, "--vault=" + self.path, **more)

    def say(self, *args, **more):
        status, out, err = self.run(*args, **more)
        assert status == 0, err
        return out

    def fails(self, *args, status=1, **more):
        got, out, err = self.run(*args, **more)
        assert got == status and err.startswith("zplane: ") and not out, (got, out, err)
        return err

    def rows(self, *args):
        lines = self.say(*args).splitlines()
        return [line.split() for line in lines[1:]]


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path)


def keys_of(out):
    return dict(line.split("=", 1) for line in out.splitlines())


def test_init_makes_private_files(tmp_path, vault):
    for name in ("vault.db", "vault.db.key"):
        assert stat.S_IMODE(os.stat(tmp_path / name).st_mode) == 0o600
    assert "already" in vault.fails("init")


def test_init_makes_the_state_directory(tmp_path):
    status, out, _ = run("vault", "init", "--state.dir=%s/state" % tmp_path)
    assert status == 0 and "vault %s/state/vault.db\n" % tmp_path in out
    assert stat.S_IMODE(os.stat(tmp_path / "state").st_mode) == 0o700


def test_without_a_place(tmp_path):
    status, _, err = run("vault", "client", "list", cwd=tmp_path)
    assert status == 1 and "where is the vault?" in err
    status, _, err = run("vault", "client", "list", "--vault=none.db", cwd=tmp_path)
    assert status == 1 and "No such file" in err and "zplane vault init" in err


def test_clients(vault):
    web = keys_of(vault.say("client", "add", "web", "--rights=read,evaluate"))
    assert len(web["client_key"]) == len(web["access_key"]) == 26 and len(web["secret_key"]) == 64
    assert vault.rows("client", "list") == [["web", web["client_key"], "enabled", "no", "read,evaluate", "1", "active"]]
    vault.say("client", "disable", "web")
    vault.say("client", "allow-v1", "web", "yes")
    vault.say("client", "rights", "web", "none")
    assert vault.rows("client", "list") == [["web", web["client_key"], "disabled", "yes", "none", "1", "active"]]
    new = keys_of(vault.say("client", "rotate", "web"))
    assert [r[1:3] for r in vault.rows("credential", "list")] == [[web["access_key"], "active"], [new["access_key"], "active"]]
    vault.say("client", "retire", web["access_key"])
    assert [r[2] for r in vault.rows("credential", "list")] == ["inactive", "active"]
    last = keys_of(vault.say("client", "rotate", "web", "--now"))
    assert [r[2] for r in vault.rows("credential", "list")] == ["inactive", "inactive", "active"]
    everything = "".join(vault.say(*c) for c in (["client", "list"], ["credential", "list"], ["audit"]))
    for secret in (web, new, last):
        assert secret["secret_key"] not in everything
    vault.say("client", "remove", "web")
    assert vault.rows("client", "list") == [] and vault.rows("credential", "list") == []


def test_databases(vault):
    vault.say("database", "add", "shop", "--id=" + DATABASE)
    vault.say("client", "add", "web")
    vault.say("bind", "shop", "dev", "postgresql://joe:pass@db/shop", "pool-max=5")
    vault.say("bind", DATABASE, "prod", "-", input="mariadb://joe:other@db/shop\n")
    assert vault.rows("binding", "list") == [["shop", "dev", "postgresql://joe:***@db/shop", "pool-max=5"],
                                             ["shop", "prod", "mariadb://joe:***@db/shop"]]
    vault.say("grant", "web", "shop", "dev", "readwrite,schema")
    vault.say("grant", "web", "shop", "prod", "read")
    assert vault.rows("grant", "list") == [["web", "shop", "dev", "readwrite,schema"], ["web", "shop", "prod", "read"]]
    vault.say("revoke", "web", "shop", "prod")
    assert "no grant" in vault.fails("revoke", "web", "shop", "prod")
    vault.say("unbind", "shop", "prod")
    assert vault.rows("database", "list") == [["shop", DATABASE, "dev", "0"]]
    vault.say("database", "remove", "shop")
    assert vault.rows("grant", "list") == [] and vault.rows("binding", "list") == []


@pytest.mark.parametrize("args, text", [
    (["client", "add", "two words"], "may hold letters"),
    (["client", "disable", "nobody"], "no client 'nobody'"),
    (["client", "add", "x", "--rights=fly"], "unknown right 'fly': there are read, write, evaluate, administer"),
    (["client", "retire", "X"], "no active credential"),
    (["client", "allow-v1", "x", "maybe"], "say yes or no"),
    (["database", "add", ""], "1 to 64"),
    (["bind", "none", "dev", "sqlite:x"], "no database 'none'"),
    (["bind", "none", "test", "sqlite:x"], "unknown environment 'test'"),
    (["bind", "none", "dev", "oracle:x"], "sqlite:, postgresql://"),
    (["grant", "a", "b", "dev", "all"], "unknown access 'all'"),
    (["apply", "/nonexistent"], "cannot read /nonexistent"),
])
def test_mistakes(vault, args, text):
    assert text in vault.fails(*args)


@pytest.mark.parametrize("args, text", [
    (["client"], "unknown command 'vault client'"),
    (["clients", "list"], "did you mean 'vault client list'?"),
    (["client", "add"], "too few words\nUsage: zplane vault client add NAME"),
    (["client", "add", "a", "b"], "too many words"),
    (["client", "add", "a", "--rihgts=read"], "unknown option --rihgts=read"),
])
def test_wrong_words(vault, args, text):
    assert text in vault.fails(*args, status=2)


def test_words_alone_are_explained():
    status, out, err = run("vault")
    assert status == 2 and "zplane vault client add NAME" in err
    status, out, err = run("help", "vault")
    assert status == 0 and "docs/vault.md" in out


def test_apply_is_idempotent_and_prints_new_keys_once(vault, tmp_path):
    (tmp_path / "v.json").write_text(json.dumps({
        "format": "zplane-vault/1",
        "databases": [{"name": "shop", "database_id": DATABASE, "envs": {"dev": {"url": "sqlite:${DB}", "pool-max": 3}}}],
        "clients": [{"name": "web", "grants": [{"database": "shop", "env": "dev", "access": "read"}]}]}))
    assert "no DB" in vault.fails("apply", str(tmp_path / "v.json"))
    out = vault.say("apply", str(tmp_path / "v.json"), env={"DB": "a.db"})
    assert "secret_key=" in out and "v.json: 4 changes" in out
    assert vault.say("apply", str(tmp_path / "v.json"), env={"DB": "a.db"}).endswith("v.json: 0 changes\n")
    assert vault.say("apply", str(tmp_path / "v.json"), env={"DB": "b.db"}).endswith("v.json: 1 change\n")
    assert vault.rows("binding", "list") == [["shop", "dev", "sqlite:b.db", "pool-max=3"]]


@pytest.mark.parametrize("name", ["sqlite", "postgresql", "mariadb"])
def test_the_files_of_the_shop(vault, name):
    path = os.path.join(SHOP, name + ".json")
    assert ": 0 changes" not in vault.say("apply", path, env={"SHOP_DIR": "/srv"})
    assert vault.say("apply", path, env={"SHOP_DIR": "/srv"}) == path + ": 0 changes\n"
    assert len(vault.rows("client", "list")) == 4 and len(vault.rows("binding", "list")) == 3 + (name == "sqlite")


def test_the_master_key_by_other_ways(vault, tmp_path):
    key = (tmp_path / "vault.db.key").read_text().strip()
    os.rename(tmp_path / "vault.db.key", tmp_path / "elsewhere")
    assert "no master key" in vault.fails("client", "list")
    vault.say("client", "list", "--vault.key=%s" % (tmp_path / "elsewhere"))
    vault.say("client", "list", env={"ZPLANE_MASTER_KEY": key})
    assert "not that of the vault" in vault.fails("client", "list", env={"ZPLANE_MASTER_KEY": "0" * 64})
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "zplane-master-key").write_text(key)
    os.chmod(folder / "zplane-master-key", 0o400)
    vault.say("client", "list", env={"CREDENTIALS_DIRECTORY": str(folder)})
    os.chmod(tmp_path / "elsewhere", 0o644)
    assert "chmod 600" in vault.fails("client", "list", "--vault.key=%s" % (tmp_path / "elsewhere"))


def test_rekey(vault, tmp_path):
    vault.say("client", "add", "web")
    vault.say("database", "add", "shop")
    vault.say("bind", "shop", "dev", "sqlite:a.db")
    assert "cannot make" in vault.fails("rekey", str(tmp_path / "vault.db.key"))
    vault.say("rekey", str(tmp_path / "fresh"))
    assert "not that of the vault" in vault.fails("client", "list")
    os.rename(tmp_path / "fresh", tmp_path / "vault.db.key")
    assert len(vault.rows("client", "list")) == 1
    vault.say("bind", "shop", "dev", "sqlite:a.db")  # compares with what is sealed


# ---- schemas

def schema(vault, *args):
    return run("schema", *args, "--vault=" + vault.path)


@pytest.fixture
def shop_vault(vault):
    vault.say("apply", os.path.join(SHOP, "sqlite.json"), env={"SHOP_DIR": "/srv"})
    return vault


def test_schema_check(tmp_path):
    status, out, _ = run("schema", "check", os.path.join(SHOP, "schema.json"))
    assert status == 0 and out.endswith("schema.json: 6 schemas, 0 warnings\n")
    good = json.load(open(os.path.join(SHOP, "schema.json"), encoding="utf-8"))
    good["schemas"]["event"]["fields"]["limit"] = {"type": "int"}
    (tmp_path / "warn.json").write_text(json.dumps(good))
    status, out, _ = run("schema", "check", str(tmp_path / "warn.json"))
    assert status == 0 and "warning: " in out and "limit" in out
    good["schemas"]["event"]["fields"]["n"]["type"] = "integer"
    (tmp_path / "bad.json").write_text(json.dumps(good))
    status, out, err = run("schema", "check", str(tmp_path / "bad.json"))
    assert status == 1 and "event" in err and "bad.json" in err


def test_schema_phases(shop_vault, tmp_path):
    shop_vault.say("bind", "shop", "prod", "sqlite:p.db")
    changed = json.load(open(os.path.join(SHOP, "schema.json"), encoding="utf-8"))
    del changed["schemas"]["event"]["fields"]["label"]
    changed["schemas"]["user"]["fields"]["nick"] = {"type": "text"}
    (tmp_path / "new.json").write_text(json.dumps(changed))
    assert schema(shop_vault, "publish", "shop", "prod")[0] == 0
    assert schema(shop_vault, "diff", "shop:prod", os.path.join(SHOP, "schema.json"))[1] == "no difference\n"
    status, out, _ = schema(shop_vault, "diff", "shop:prod", str(tmp_path / "new.json"))
    assert status == 0 and [line[0] for line in sorted(out.splitlines())] == [" ", "!"]
    assert schema(shop_vault, "create", "shop", str(tmp_path / "new.json"))[1] == "2 new versions\n"
    assert schema(shop_vault, "create", "shop", str(tmp_path / "new.json"))[1] == "0 new versions\n"
    status, _, err = schema(shop_vault, "publish", "shop", "prod", "user")
    assert status == 1 and "version 2 of 'user' was not published in staging yet" in err
    assert schema(shop_vault, "publish", "shop", "dev")[0] == 0
    status, _, err = schema(shop_vault, "publish", "shop", "staging")
    assert status == 1 and "label" in err and "confirm" in err
    assert "staging" not in [r[4] for r in map(str.split, schema(shop_vault, "list")[1].splitlines()) if r[2] == "2"][0]
    assert schema(shop_vault, "publish", "shop", "staging", "--confirm")[0] == 0
    assert schema(shop_vault, "publish", "shop", "prod", "user=2")[1] == "user version 2 in prod\n"
    assert schema(shop_vault, "publish", "shop", "prod", "user=1", "--confirm")[1] == "user version 1 in prod\n"
    status, _, err = schema(shop_vault, "publish", "shop", "qa")
    assert status == 1 and "not bound in qa" in err


def test_schema_show_is_a_file(shop_vault, tmp_path):
    status, out, _ = schema(shop_vault, "show", "shop:dev")
    assert status == 0 and json.loads(out)["format"] == "zql-schema/1"
    (tmp_path / "out.json").write_text(out)
    assert schema(shop_vault, "create", "shop", str(tmp_path / "out.json"))[1] == "0 new versions\n"
