"""Logins as the drivers make them, and as nobody should make them."""
import concurrent.futures
import statistics
import time

import pytest
from conftest import make_shop
from peers import ALL, CODES, DATABASE, OTHER, DriverError, Node, Php, Python, Python0, signed
from server_kit import wait_until


def refused(kind, server, message, why, text=None):
    """The error of a refused login; the connection has ended."""
    with kind(server.port) as peer:
        with pytest.raises(DriverError) as e:
            peer.connect(message)
        assert e.value.code == CODES[why][peer.table]
        if text:
            assert text in str(e.value)
        assert peer.at_end()
        return e.value.answer


@pytest.mark.parametrize("kind", ALL)
def test_each_driver_is_let_in(shop, kind):
    with kind(shop.port) as peer:
        answer = peer.connect()
    expires = time.mktime(time.strptime(answer["data"]["access_token_expire"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert 890 < expires - time.time() < 910
    assert len(answer["data"]["access_token"]) == 64
    keys = str(answer).count("4UDEMOSHOPACCESSWRITER0001")
    assert keys == {Node: 0, Python: 0, Python0: 1, Php: 1}[kind]


@pytest.mark.parametrize("kind", ALL)
def test_each_driver_sees_its_refusal(shop, kind):
    with kind(shop.port) as peer:
        wrong = peer.message(secret="0" * 64)
    refused(kind, shop, wrong, "auth", "authentication failed")


@pytest.mark.parametrize("kind", [Node, Python, Python0])
def test_failures_read_alike(shop, kind):
    with kind(shop.port) as peer:
        messages = [peer.message(secret="0" * 64), dict(peer.message(), client_key="NOBODY"), peer.message("disabled"),
                    dict(peer.message(), signature="x"), dict(peer.message(), signature=peer.message()["signature"].upper())]
    answers = [refused(kind, shop, m, "auth") for m in messages]
    assert all(a == answers[0] for a in answers)


def test_failures_take_as_long(shop):
    """Medians of many, interleaved, with wide bounds: the work is counted elsewhere."""
    times = {"wrong": [], "unknown": [], "disabled": []}
    with Python(shop.port) as maker:
        makers = {"wrong": lambda: maker.message(secret="0" * 64),
                  "unknown": lambda: dict(maker.message(), client_key="4UDEMONOBODYCLIENT00000009"),
                  "disabled": lambda: maker.message("disabled")}
        for _ in range(60):
            for name, make in makers.items():
                with Python(shop.port) as peer:
                    message = make()
                    begin = time.perf_counter()
                    peer.send(message)
                    assert peer.receive()["error"]
                    times[name].append(time.perf_counter() - begin)
    medians = {name: statistics.median(t) for name, t in times.items()}
    assert max(medians.values()) < 3 * min(medians.values()) + 0.002, medians


@pytest.mark.parametrize("kind", [Node, Python, Python0])
def test_clock(shop, kind):
    with kind(shop.port) as peer:
        early, late = (peer.message(timestamp=int(time.time()) + d) for d in (-310, 310))
        good = peer.message(timestamp=int(time.time()) - 250)
    for message in (early, late):
        answer = refused(kind, shop, message, "auth", "clock")
        assert abs(answer["data"]["server_time"] - time.time()) < 30
    with kind(shop.port) as peer:
        peer.connect(good)


@pytest.mark.parametrize("kind", [Node, Python, Python0])
def test_a_message_is_good_once(shop, kind):
    with kind(shop.port) as peer:
        message = peer.message()
        peer.connect(message)
    for _ in range(3):
        refused(kind, shop, message, "auth", "used before")
    # the same nonce, freshly signed with another time
    with kind(shop.port) as peer:
        again = peer.message(nonce=message["nonce"], timestamp=message["timestamp"] - 1)
    refused(kind, shop, again, "auth", "used before")


def test_a_forger_cannot_burn_a_nonce(shop):
    with Python(shop.port) as peer:
        message = peer.message()
    refused(Python, shop, dict(message, signature="0" * 64), "auth")
    with Python(shop.port) as peer:
        peer.connect(message)


def test_of_racing_copies_one_wins(shop):
    with Node(shop.port) as peer:
        message = peer.message()

    def attempt(_):
        with Node(shop.port) as peer:
            try:
                return bool(peer.connect(message))
            except DriverError as e:
                assert e.code == 0x0502
                return False

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(attempt, range(48))) == 1


def test_a_restart_forgets_nothing(own_shop):
    with Python(own_shop.port) as peer:
        message = peer.message()
        peer.connect(message)
    own_shop.kill()
    own_shop.start()
    refused(Python, own_shop, message, "auth", "used before")
    assert own_shop.stop() == 0
    own_shop.start()
    refused(Python, own_shop, message, "auth", "used before")


def test_php_may_repeat_itself(shop):
    with Php(shop.port) as peer:
        message = peer.message(number=777)
    for _ in range(3):
        with Php(shop.port) as peer:
            peer.connect(message)


def test_php_needs_its_flag_and_its_keys(shop):
    with Php(shop.port) as peer:
        messages = [peer.message("other-tenant"), dict(peer.message(), access_key="X"), peer.message(secret="x" * 64),
                    peer.message("disabled")]
    answers = [refused(Php, shop, m, "auth") for m in messages]
    assert all(a == answers[0] for a in answers)


@pytest.mark.parametrize("change", [
    {"client_key": None}, {"client_key": 5}, {"client_key": ""}, {"client_key": "k" * 257}, {"nonce": None}, {"nonce": []},
    {"nonce": ""}, {"timestamp": None}, {"timestamp": 1.5}, {"timestamp": "12x"}, {"timestamp": "1" * 13},
    {"timestamp": True}, {"timestamp": ""}, {"signature": None}, {"signature": {}}, {"env": 5}, {"env": ""}, {"env": "test"},
    {"env": "developer"}, {"response_data_type": "xml"}, {"response_data_type": 1}, {"database_id": ""},
    {"database_id": None}, {"database_id": 4}])
def test_forms(shop, change):
    with Node(shop.port) as peer:
        message = dict(peer.message(), **change)
    for absent in ([False, True] if None in change.values() else [False]):
        key = next(iter(change))
        sent = {k: v for k, v in message.items() if not (absent and k == key)}
        kind = Node if not (absent and key in ("database_id", "signature")) else Python
        if absent and key == "database_id":
            continue  # that is Python's form
        refused(kind, shop, sent, "connect")


def test_node_without_an_environment(shop):
    for database, good in ((DATABASE, True), (OTHER, False)):
        with Node(shop.port) as peer:
            message = {k: v for k, v in peer.message(database=database).items() if k != "env"}
            if good:
                peer.connect(message)
        if not good:
            refused(Node, shop, message, "access")


def test_forms_that_are_good(shop):
    for change in ({"timestamp": lambda m: str(m["timestamp"])}, {"env": lambda m: "DEV"}, {"more": lambda m: [1, {}]},
                   {"response_data_type": lambda m: "json"}):
        with Python(shop.port) as peer:
            message = peer.message()
            message.update({k: f(message) for k, f in change.items()})
            peer.connect(message)


@pytest.mark.parametrize("env, database, who, good", [
    ("dev", DATABASE, "shop-writer", True), ("staging", DATABASE, "shop-writer", True),
    ("qa", DATABASE, "shop-writer", False), ("prod", DATABASE, "shop-writer", False),
    ("dev", OTHER, "shop-writer", False), ("dev", "NO-SUCH-DATABASE", "shop-writer", False),
    ("staging", DATABASE, "shop-reader", False), ("dev", DATABASE, "other-tenant", False),
    ("dev", OTHER, "other-tenant", True)])
def test_scope(shop, env, database, who, good):
    with Node(shop.port) as peer:
        message = peer.message(who, env, database)
        if good:
            peer.connect(message)
    if not good:
        foreign = refused(Node, shop, message, "access")
        assert "4UDEMO" not in str(foreign)


@pytest.mark.parametrize("env, who, good", [("dev", "shop-reader", True), ("staging", "shop-reader", False),
                                            ("qa", "shop-writer", False), ("Staging", "shop-writer", True)])
def test_scope_of_python(shop, env, who, good):
    with Python(shop.port) as peer:
        message = peer.message(who, env)
        if good:
            peer.connect(message, who)
    if not good:
        refused(Python, shop, message, "access")


def test_answers_come_in_one_piece(shop):
    """Node's reader wakes once per write: both frames of a login have to be whole in it."""
    for _ in range(20):
        with Node(shop.port) as peer:
            peer.send(peer.message())
            data = peer.sock.recv(65536)
            first = 4 + int.from_bytes(data[:4], "big")
            assert len(data) >= first + 4 and len(data) >= first + 4 + int.from_bytes(data[first:first + 4], "big")


def native(server, who):
    """A session of zplane's own protocol: the answer to its CONNECT, and the connection."""
    peer = Python(server.port)
    peer.send(dict(signed(who), request_type=1, protocol="zplane/1"))
    return peer.receive(), peer


def test_native_logins(shop):
    answer, peer = native(shop, "shop-reader")
    assert answer["data"]["protocol"] == "zplane/1" and answer["data"]["rights"] == ["read", "evaluate"]
    assert set(answer) == {"error", "response_code", "data"}
    peer.sock.close()
    answer, peer = native(shop, "other-tenant")
    assert answer["error"] and answer["response_code"] == 0x0400 and peer.at_end()
    peer.sock.close()


def test_too_many_sessions(tmp_path):
    with make_shop(tmp_path, "--max-client-sessions=3") as s:
        sessions = [native(s, "shop-writer") for _ in range(4)]
        assert [answer["error"] for answer, _ in sessions] == [False, False, False, True]
        assert sessions[3][0]["response_code"] == 0x0500 and "too many sessions" in str(sessions[3][0])
        answer, other = native(s, "shop-reader")  # another client has seats of its own
        assert not answer["error"]
        sessions[0][1].sock.close()

        def free():
            answer, peer = native(s, "shop-writer")
            peer.sock.close()
            return not answer["error"]

        wait_until(free, "a free seat")
        for _, peer in sessions + [(None, other)]:
            peer.sock.close()


def test_http_shares_the_nonces(shop):
    m = signed("shop-writer")
    headers = {"X-Client-Key": m["client_key"], "X-Nonce": m["nonce"], "X-Timestamp": m["timestamp"],
               "X-Signature": m["signature"]}
    status, _, _ = shop.http("POST", "/auth/login", "", headers)
    assert status == 200
    refused(Python, shop, dict(m, request_type=1, env="dev", response_data_type="json"), "auth", "used before")
