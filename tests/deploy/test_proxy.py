"""What ``deploy/Caddyfile`` promises, asked of the proxy itself."""

import http.client
import json
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import Any

import pytest
import waitress

from config import Settings, server_options
from tests.deploy.conftest import NAME, Certificate, Proxy, client_context, tells_what_it_sees
from tests.support.browser import stop

pytestmark = [
    pytest.mark.one_database,
    pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning"),
]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_1_2_and_1_3_are_spoken(proxy: Proxy, version: ssl.TLSVersion) -> None:
    context = client_context(proxy.certificate, version)
    with (
        socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=NAME) as secure,
    ):
        assert secure.version() == version.name.replace("_", ".")


def test_tls_1_1_is_refused_though_the_client_speaks_it(
    proxy: Proxy, certificate: Certificate
) -> None:
    old = ssl.TLSVersion.TLSv1_1
    assert _handshake_with_an_old_server(certificate) == "TLSv1.1"
    context = client_context(certificate, old)
    with (
        socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as plain,
        pytest.raises(ssl.SSLError, match="alert protocol version"),
    ):
        context.wrap_socket(plain, server_hostname=NAME)


def test_plain_http_gets_no_page(proxy: Proxy) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)) as connection:
        connection.request("GET", "/login/")
        assert connection.getresponse().status == 400


def test_a_client_cannot_invent_where_it_comes_from(proxy: Proxy) -> None:
    told = _ask(
        proxy,
        headers={
            "X-Forwarded-For": "192.0.2.66",
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "http",
        },
    )
    assert told["address"] == "127.0.0.1"
    assert told["host"] == f"{NAME}:{proxy.port}"
    assert told["scheme"] == "https"


def test_without_a_proxy_nobodys_forwarding_headers_are_believed() -> None:
    server = waitress.create_server(tells_what_it_sees, **server_options({"PORT": "0"}))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", server.effective_port)) as connection:
            connection.request("GET", "/", headers={"X-Forwarded-For": "192.0.2.66"})
            told = json.loads(connection.getresponse().read())
        assert told["address"] == "127.0.0.1"
        assert told["headers"] == []
    finally:
        stop(server, thread)


def test_a_body_over_the_limit_is_refused_before_the_portal(proxy: Proxy) -> None:
    small = _ask(proxy, body=b"x" * 1024)
    assert small["bytes"] == 1024
    with _connected(proxy) as connection:
        connection.putrequest("POST", "/")
        connection.putheader("Content-Length", str(Settings.MAX_CONTENT_LENGTH + 4096))
        connection.endheaders()
        with suppress(OSError):  # the refusal may come while the body is still on its way
            connection.send(b"x" * (Settings.MAX_CONTENT_LENGTH + 4096))
        assert connection.getresponse().status == 413


def test_pages_are_never_compressed_and_nobody_names_the_server(proxy: Proxy) -> None:
    """A compressed page tells its length, and the length tells what it holds (BREACH)."""
    with _connected(proxy) as connection:
        connection.request("GET", "/cases/list/", headers={"Accept-Encoding": "gzip"})
        page = connection.getresponse()
        assert page.getheader("Content-Encoding") is None
        assert page.getheader("Server") is None
        page.read()
        connection.request("GET", "/static/portal.css", headers={"Accept-Encoding": "gzip"})
        assert connection.getresponse().getheader("Content-Encoding") == "gzip"


def test_the_log_of_the_proxy_holds_no_addresses_of_pages(proxy: Proxy) -> None:
    _ask(proxy, path="/cases/list/?secret=yamada")
    assert "yamada" not in proxy.log.read_text()


@contextmanager
def _connected(proxy: Proxy) -> Iterator[http.client.HTTPSConnection]:
    context = client_context(proxy.certificate, ssl.TLSVersion.TLSv1_3)
    with closing(
        http.client.HTTPSConnection(NAME, proxy.port, timeout=20, context=context)
    ) as connection:
        yield connection


def _ask(
    proxy: Proxy,
    *,
    path: str = "/",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What the application behind the proxy was told."""
    with _connected(proxy) as connection:
        connection.request("POST" if body else "GET", path, body, dict(headers or {}))
        told: dict[str, Any] = json.loads(connection.getresponse().read())
    return told


def _handshake_with_an_old_server(certificate: Certificate) -> str | None:
    """The version our old client agrees on with a server that still speaks TLS 1.1."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        serving.set_ciphers("ALL:@SECLEVEL=0")
        serving.minimum_version = ssl.TLSVersion.TLSv1_1
        serving.load_cert_chain(certificate.certificate, certificate.key)
        ours, theirs = socket.socketpair()
        thread = threading.Thread(target=_answer_once, args=(serving, theirs), daemon=True)
        thread.start()
        context = client_context(certificate, ssl.TLSVersion.TLSv1_1)
        with context.wrap_socket(ours, server_hostname=NAME) as secure:
            version = secure.version()
        thread.join(5)
    return version


def _answer_once(serving: ssl.SSLContext, socket_: socket.socket) -> None:
    with serving.wrap_socket(socket_, server_side=True) as secure:
        secure.recv(1)
