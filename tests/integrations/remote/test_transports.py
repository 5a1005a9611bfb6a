"""Every protocol lists, takes, lays down, moves and deletes at a real server, and says in words what went wrong."""

import io
import time

import paramiko
import pytest

from altazion.lib.problems import Refused
from integrations.transports import RemoteFile, Target, TransportProblem, open_transport
from integrations.transports.reach import is_outside
from tests.integrations.remote.servers import ACCOUNT, SECRET, FtpServer, SftpServer, WebServer, mute_server

PAYLOAD = b"Code;Name\n" + b"A;Toys\n" * 50_000


def fetched(transport, file):
    into = io.BytesIO()
    transport.fetch(file, into)
    return into.getvalue()


def target(kind, server, **fields):
    return Target(kind, "127.0.0.1", server.port, ACCOUNT, fields.pop("secret", SECRET), **fields)


@pytest.fixture(params=["folder", "sftp", "ftp", "ftps", "s3"])
def place(request, outside, serve, settings, certificates, s3):
    """(target, write(name, bytes), names()) of a machine of each kind that files can be moved at."""
    settings.FLOWS_CA_FILE = certificates[0]

    def write(name, data):
        path = outside / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)

    def names():
        return sorted(str(path.relative_to(outside)) for path in outside.rglob("*") if path.is_file())

    if request.param == "folder":
        settings.FLOWS_ROOT = outside.parent
        return Target("folder", base="outside"), write, names
    if request.param == "sftp":
        server = serve(SftpServer, outside)
        return target("sftp", server, host_key=server.line), write, names
    if request.param == "s3":
        settings.FLOWS_CA_FILE = ""
        address, client = s3
        bucket = f"files{time.monotonic_ns()}"
        client.create_bucket(Bucket=bucket)

        def put(name, data):
            client.put_object(Bucket=bucket, Key=f"erp/{name}", Body=data)

        def keys():
            found = client.list_objects_v2(Bucket=bucket).get("Contents", [])
            return sorted(entry["Key"].removeprefix("erp/") for entry in found)

        return Target("s3", address, None, "shop", "x", base=f"{bucket}/erp"), put, keys
    server = serve(FtpServer, outside, certificate=certificates[1] if request.param == "ftps" else None)
    return target(request.param, server), write, names


def test_files_are_listed_taken_moved_and_deleted(place):
    where, write, names = place
    write("in/stock.csv", PAYLOAD)
    write("in/other.csv", b"x")
    for name in ("in/half.csv.part", "in/.hidden.csv", "in/notes.txt"):
        write(name, b"x")
    with open_transport(where) as transport:
        found = {file.name: file for file in transport.files("in", "*.csv")}
        assert set(found) == {"stock.csv", "other.csv"}
        assert found["stock.csv"].size == len(PAYLOAD)
        assert found["stock.csv"].stamp
        assert fetched(transport, found["stock.csv"]) == PAYLOAD
        transport.move_aside(found["stock.csv"])
        transport.delete(found["other.csv"])
        assert transport.files("in", "*.csv") == []
    assert "in/done/stock.csv" in names()
    assert "in/other.csv" not in names()


def test_a_file_is_laid_down_whole_over_one_of_the_same_name(place):
    where, write, names = place
    write("out/feed.csv", b"old")
    with open_transport(where) as transport:
        transport.put("out", "feed.csv", io.BytesIO(PAYLOAD))
        (file,) = transport.files("out", "feed.csv")
        assert fetched(transport, file) == PAYLOAD
    assert [name for name in names() if name.startswith("out/")] == ["out/feed.csv"]


def test_a_folder_that_is_not_there_and_one_that_climbs_out_are_refused(place):
    with open_transport(place[0]) as transport:
        if place[0].kind != "s3":  # a bucket has no folders: one that does not exist is empty
            with pytest.raises(TransportProblem, match="does not have this folder"):
                transport.files("nowhere", "*")
        with pytest.raises(Refused, match="climb out"):
            transport.files("../..", "*")


@pytest.mark.parametrize("kind", ["sftp", "ftp", "ftps"])
def test_a_wrong_secret_is_said_to_be_wrong(kind, outside, serve, settings, certificates):
    settings.FLOWS_CA_FILE = certificates[0]
    if kind == "sftp":
        server = serve(SftpServer, outside)
        where = target(kind, server, secret="no", host_key=server.line)
    else:
        server = serve(FtpServer, outside, certificate=certificates[1] if kind == "ftps" else None)
        where = target(kind, server, secret="no")
    with pytest.raises(TransportProblem, match="account or secret is wrong"), open_transport(where):
        pass


def test_an_unknown_machine_key_is_shown_and_a_changed_one_refused_before_signing_in(outside, serve):
    server = serve(SftpServer, outside)
    with pytest.raises(TransportProblem, match="Compare it") as found, open_transport(target("sftp", server)):
        pass
    assert found.value.details["host_key"] == server.line
    other = f"{server.line.split()[0]} {paramiko.ECDSAKey.generate().get_base64()}"
    with (
        pytest.raises(TransportProblem, match="somebody may stand in between"),
        open_transport(target("sftp", server, host_key=other)),
    ):
        pass


def test_a_private_key_signs_in(outside, serve):
    key = paramiko.RSAKey.generate(2048)
    text = io.StringIO()
    key.write_private_key(text)
    server = serve(SftpServer, outside, public_key=key)
    (outside / "a.csv").write_bytes(b"x")
    where = target("sftp", server, secret=text.getvalue(), host_key=server.line)
    with open_transport(where) as transport:
        assert [file.name for file in transport.files("", "*")] == ["a.csv"]
    with pytest.raises(TransportProblem, match="no private key"):  # noqa: SIM117
        with open_transport(target("sftp", server, secret="PRIVATE KEY rubbish", host_key=server.line)):
            pass


def test_a_certificate_of_nobody_we_know_is_refused(outside, serve, certificates):
    ftp = serve(FtpServer, outside, certificate=certificates[1])
    with pytest.raises(TransportProblem, match="cannot be trusted"), open_transport(target("ftps", ftp)):
        pass
    web = serve(WebServer, certificate=certificates[1])
    with open_transport(Target("http", base=f"https://127.0.0.1:{web.port}/")) as transport:  # noqa: SIM117
        with pytest.raises(TransportProblem, match="cannot be trusted"):
            transport.files("", "a.csv")


def test_a_certificate_of_our_own_authority_is_believed(serve, certificates, settings):
    settings.FLOWS_CA_FILE = certificates[0]
    web = serve(WebServer, certificate=certificates[1])
    web.routes["/a.csv"] = (200, {"ETag": '"1"'}, b"Code\nA\n")
    with open_transport(Target("http", base=f"https://127.0.0.1:{web.port}/")) as transport:
        (file,) = transport.files("", "a.csv")
        assert (file.stamp, file.size) == ('"1"', 7)
        assert fetched(transport, file) == b"Code\nA\n"


@pytest.mark.parametrize("kind", ["sftp", "ftp", "ftps", "s3", "http"])
def test_a_machine_that_says_nothing_is_given_up_in_bounded_time(kind):
    started = time.monotonic()
    with mute_server() as port:
        web = {"base": f"http://127.0.0.1:{port}/"} if kind == "http" else {"base": "files"}
        host = f"http://127.0.0.1:{port}" if kind == "s3" else "127.0.0.1"
        with pytest.raises(TransportProblem) as found, open_transport(Target(kind, host, port, "a", "b", **web)) as t:
            t.files("", "a.csv")
    assert time.monotonic() - started < 15
    assert found.value.code in ("silent", "broken"), found.value.message


@pytest.mark.parametrize("kind", ["sftp", "ftp", "s3", "http"])
def test_a_machine_that_hangs_up_is_told_of(kind):
    with mute_server(hangs_up=True) as port:
        web = {"base": f"http://127.0.0.1:{port}/"} if kind == "http" else {"base": "files"}
        host = f"http://127.0.0.1:{port}" if kind == "s3" else "127.0.0.1"
        with pytest.raises(TransportProblem, match=r"broke|refuses"):  # noqa: SIM117
            with open_transport(Target(kind, host, port, "a", "b", **web)) as transport:
                transport.files("", "a.csv")


def test_a_machine_that_promises_more_than_it_gives_is_not_believed(outside, serve):
    server = serve(SftpServer, outside, lies={"longer": 10})
    (outside / "a.csv").write_bytes(b"x" * 100)
    with open_transport(target("sftp", server, host_key=server.line)) as transport:
        (file,) = transport.files("", "*")
        with pytest.raises(TransportProblem, match="should have 110 bytes"):
            fetched(transport, file)


def test_a_web_server_that_cuts_off_lies_or_drips_is_not_believed(serve, settings):
    web = serve(WebServer)
    web.routes["/short"] = (200, {"Content-Length": "100"}, b"x" * 10)

    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    web.routes["/drip"] = drip
    with open_transport(Target("http", base=f"http://127.0.0.1:{web.port}/")) as transport:
        with pytest.raises(TransportProblem):
            fetched(transport, RemoteFile("short", f"http://127.0.0.1:{web.port}/short"))
        settings.FLOWS_TRANSFER_SECONDS = 0.3
        with pytest.raises(TransportProblem, match="given up"):
            fetched(transport, RemoteFile("drip", f"http://127.0.0.1:{web.port}/drip"))
        settings.FLOWS_LARGEST = 5
        with pytest.raises(TransportProblem, match="larger"):
            fetched(transport, RemoteFile("short", f"http://127.0.0.1:{web.port}/short"))


def test_sftp_that_stalls_in_the_middle_is_given_up(outside, serve):
    server = serve(SftpServer, outside, lies={"stall": 5})
    (outside / "a.csv").write_bytes(b"x" * 100)
    with open_transport(target("sftp", server, host_key=server.line)) as transport:
        (file,) = transport.files("", "*")
        started = time.monotonic()
        with pytest.raises(TransportProblem):
            fetched(transport, file)
        assert time.monotonic() - started < 4


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.1", "172.20.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1"),
        *("fe80::1", "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "224.0.0.1", "255.255.255.255"),
    ],
)
def test_addresses_of_our_own_network_are_not_outside(address):
    import ipaddress

    assert not is_outside(ipaddress.ip_address(address))


def test_the_internet_is_outside():
    import ipaddress

    for address in ("93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8"):
        assert is_outside(ipaddress.ip_address(address))


@pytest.mark.parametrize("kind", ["sftp", "ftp", "ftps", "s3", "http"])
def test_no_protocol_leads_into_our_own_network(kind, settings, serve):
    settings.FLOWS_PRIVATE_HOSTS = []
    web = serve(WebServer)
    base = f"http://localhost:{web.port}/" if kind == "http" else "files"
    host = f"http://localhost:{web.port}" if kind == "s3" else "localhost"
    with pytest.raises(TransportProblem, match="private network"):  # noqa: SIM117
        with open_transport(Target(kind, host, web.port, "a", "b", base=base)) as transport:
            transport.files("", "a.csv")
    assert web.asked == []


def test_a_redirect_into_our_own_network_is_refused_and_carries_no_secret(serve, settings):
    inner, outer = serve(WebServer), serve(WebServer)
    outer.routes["/a.csv"] = (302, {"Location": f"http://localhost:{inner.port}/meta"}, b"")
    where = Target("http", account="a", secret="b", base=f"http://127.0.0.1:{outer.port}/")
    with open_transport(where) as transport:
        with pytest.raises(TransportProblem, match="does not have"):
            transport.fetch(RemoteFile("a.csv", f"http://127.0.0.1:{outer.port}/a.csv"), io.BytesIO())
        assert "Authorization" in outer.asked[-1][2]
        assert "Authorization" not in inner.asked[-1][2]
        settings.FLOWS_PRIVATE_HOSTS = ["127.0.0.1"]
        outer.routes["/a.csv"] = (302, {"Location": "http://[::1]:1/"}, b"")
        with pytest.raises(TransportProblem, match="private network"):
            transport.files("", "a.csv")
        outer.routes["/a.csv"] = (302, {"Location": "file:///etc/passwd"}, b"")
        with pytest.raises(TransportProblem, match="no web address"):
            transport.files("", "a.csv")
        outer.routes["/a.csv"] = (302, {"Location": "/a.csv"}, b"")
        with pytest.raises(TransportProblem, match="without end"):
            transport.files("", "a.csv")


def test_a_name_server_that_changes_its_mind_gains_nothing(monkeypatch, settings, serve):
    """DNS rebinding: the name is asked once, and the connection goes to that answer."""
    import socket

    settings.FLOWS_PRIVATE_HOSTS = []
    web, answers = serve(WebServer), iter(["127.0.0.1"])
    real = socket.getaddrinfo

    def fickle(host, *args, **kwargs):
        if host == "evil.test":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), web.port))]
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", fickle)
    with open_transport(Target("http", base=f"http://evil.test:{web.port}/")) as transport:  # noqa: SIM117
        with pytest.raises(TransportProblem, match="private network"):
            transport.files("", "a.csv")
    asked = []
    monkeypatch.setattr("integrations.transports.reach.is_outside", lambda address: asked.append(address) or True)
    answers = iter(["127.0.0.1"])  # a second question would end the iterator
    web.routes["/a.csv"] = (200, {}, b"x")
    with open_transport(Target("http", base=f"http://evil.test:{web.port}/")) as transport:
        transport.fetch(RemoteFile("a.csv", f"http://evil.test:{web.port}/a.csv"), io.BytesIO())
    assert len(asked) == 1


def test_a_folder_link_that_leads_out_is_not_followed(settings, tmp_path):
    settings.FLOWS_ROOT = tmp_path / "flows"
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "etc").symlink_to("/etc")
    with pytest.raises(Refused, match="below"), open_transport(Target("folder", base="etc")):
        pass
