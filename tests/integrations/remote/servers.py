"""SFTP (paramiko), FTP and FTPS (pyftpdlib), S3 (moto), HTTP (http.server), and servers that misbehave."""

import http.server
import os
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import paramiko
import trustme
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import ThreadedFTPServer

ACCOUNT, SECRET = "shop", "open sesame"


class _Sign(paramiko.ServerInterface):
    def __init__(self, public_key):
        self._key = public_key

    def check_auth_password(self, username, password):
        good = (username, password) == (ACCOUNT, SECRET)
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username, key):
        good = username == ACCOUNT and self._key is not None and key == self._key
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED

    def get_allowed_auths(self, username):
        return "password,publickey"


class _Handle(paramiko.SFTPHandle):
    def __init__(self, stream, lies):
        super().__init__()
        self.readfile = self.writefile = stream
        self._lies = lies

    def read(self, offset, length):
        if self._lies.get("stall"):
            time.sleep(self._lies["stall"])
        return super().read(offset, length)


class _Files(paramiko.SFTPServerInterface):
    """A folder as SFTP; `lies` may promise more bytes than there are, or stall."""

    def __init__(self, server, *args, root=None, lies=None, **kwargs):
        super().__init__(server, *args, **kwargs)
        self._root, self._lies = root, lies if lies is not None else {}

    def _at(self, path):
        return self._root + self.canonicalize(path)

    def _stat(self, path):
        found = paramiko.SFTPAttributes.from_stat(Path(path).stat(), Path(path).name)
        found.st_size += self._lies.get("longer", 0)
        return found

    def list_folder(self, path):
        try:
            return [self._stat(entry.path) for entry in os.scandir(self._at(path))]
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def stat(self, path):
        try:
            return self._stat(self._at(path))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    lstat = stat

    def open(self, path, flags, attr):
        try:
            writes = flags & (os.O_WRONLY | os.O_RDWR)
            return _Handle(Path(self._at(path)).open("wb" if writes else "rb"), self._lies)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def _do(self, verb, *paths):
        try:
            verb(*(self._at(path) for path in paths))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        return paramiko.SFTP_OK

    def remove(self, path):
        return self._do(os.remove, path)

    def rename(self, old, new):
        if Path(self._at(new)).exists():
            return paramiko.SFTP_FAILURE
        return self._do(os.rename, old, new)

    def posix_rename(self, old, new):
        return self._do(os.replace, old, new)

    def mkdir(self, path, attr):
        return self._do(os.mkdir, path)


class SftpServer:
    """One folder behind SFTP."""

    def __init__(self, root, *, lies=None, public_key=None):
        self.key = paramiko.ECDSAKey.generate()
        self.lies = lies if lies is not None else {}
        self._root, self._public_key = str(root), public_key
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._open = []
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def line(self):
        return f"{self.key.get_name()} {self.key.get_base64()}"

    def _serve(self):
        while True:
            try:
                sock, _peer = self._listening.accept()
            except OSError:
                return
            transport = paramiko.Transport(sock)
            transport.add_server_key(self.key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files, root=self._root, lies=self.lies)
            self._open.append(transport)
            try:
                transport.start_server(server=_Sign(self._public_key))
            except (paramiko.SSHException, EOFError, OSError):
                transport.close()

    def close(self):
        self._listening.close()
        for transport in self._open:
            transport.close()


class FtpServer:
    """One folder behind FTP, with TLS when a certificate is given. One server of each kind serves all tests.

    pyftpdlib cannot be closed from another thread without now and then closing somebody else's connection.
    """

    _running = {}

    def __init__(self, root, *, certificate=None):
        if certificate not in self._running:
            self._running[certificate] = self._start(certificate)
        self.port, authorizer = self._running[certificate]
        if authorizer.has_user(ACCOUNT):
            authorizer.remove_user(ACCOUNT)
        authorizer.add_user(ACCOUNT, SECRET, str(root), perm="elradfmwMT")

    @staticmethod
    def _start(certificate):
        authorizer = DummyAuthorizer()
        handler = type("Handler", (TLS_FTPHandler if certificate else FTPHandler,), {"authorizer": authorizer})
        handler.auth_failed_timeout = 0.2
        if certificate:
            handler.certfile = str(certificate)
            handler.tls_control_required = handler.tls_data_required = True
        server = ThreadedFTPServer(("127.0.0.1", 0), handler, ioloop=IOLoop())
        threading.Thread(target=server.serve_forever, kwargs={"timeout": 0.1}, daemon=True).start()
        return server.socket.getsockname()[1], authorizer

    def close(self):
        """It goes on for the next test."""


class WebServer:
    """Answers by path: `routes[path] = (status, headers, body)` or a function that writes to the handler itself."""

    def __init__(self, *, certificate=None):
        routes = self.routes = {}
        self.asked = asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def _answer(self):
                asked.append((self.command, self.path, dict(self.headers)))
                route = routes.get(self.path, (404, {}, b""))
                if callable(route):
                    route(self)
                    return
                status, headers, body = route
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_GET = do_HEAD = _answer  # noqa: N815

            def log_message(self, *args):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def mute_server(*, hangs_up=False):
    """Takes connections and says nothing, or hangs up at once."""
    listening = socket.create_server(("127.0.0.1", 0))
    kept = []

    def serve():
        while True:
            try:
                sock, _peer = listening.accept()
            except OSError:
                return
            if hangs_up:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                sock.close()
            else:
                kept.append(sock)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()
        for sock in kept:
            sock.close()


def certificates(folder):
    """An authority of our own and a certificate of 127.0.0.1 by it: (authority's file, certificate with key)."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    mine = authority.issue_cert("127.0.0.1", "localhost")
    chain = folder / "server.pem"
    mine.private_key_and_cert_chain_pem.write_to_path(chain)
    return str(folder / "ca.pem"), str(chain)
