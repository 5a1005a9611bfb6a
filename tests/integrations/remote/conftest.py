"""Transports to this machine are allowed, impatient, and need not wait for files to lie still."""

import pytest

from tests.integrations.remote import servers


@pytest.fixture(autouse=True)
def _nearby(settings):
    settings.FLOWS_PRIVATE_HOSTS = ["127.0.0.0/8"]
    settings.FLOWS_SILENCE_SECONDS = 1.0
    settings.FLOWS_STILL_SECONDS = 0.0


@pytest.fixture
def outside(tmp_path):
    """The folder of the machine outside."""
    folder = tmp_path / "outside"
    folder.mkdir()
    return folder


@pytest.fixture
def serve():
    """Start a server of a class; closed at the end."""
    running = []

    def start(kind, *args, **options):
        running.append(kind(*args, **options))
        return running[-1]

    yield start
    for server in running:
        server.close()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    return servers.certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def s3():
    """An S3 service with the bucket `files`; returns its address and a client."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _host, port = server.get_host_and_port()
    address = f"http://127.0.0.1:{port}"
    client = boto3.client(
        "s3", endpoint_url=address, aws_access_key_id="shop", aws_secret_access_key="x", region_name="us-east-1"
    )
    yield address, client
    server.stop()
