"""The reverse proxy of ``deploy/`` in front of a waitress started as ``run.py`` starts it."""

import datetime as dt
import ipaddress
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import waitress
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.core import clock
from config import server_options
from tests.support.browser import stop

ROOT = Path(__file__).parents[2]
NAME = "localhost"
START_SECONDS = 30


@dataclass(frozen=True)
class Certificate:
    """Files in PEM; the certificate is its own authority."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Proxy:
    """Where the proxy listens, whom to trust, and what it wrote."""

    port: int
    certificate: Certificate
    log: Path


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """For ``localhost``, valid today."""
    directory = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    files = Certificate(directory / "certificate.pem", directory / "key.pem")
    files.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


@pytest.fixture(scope="session")
def proxy(certificate: Certificate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The proxy with its own configuration file, a telling application behind it."""
    binary = shutil.which("caddy", path=f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}")
    if binary is None:
        pytest.skip("no caddy: it comes with the test requirements")
    options = server_options({"PORT": "0", "TRUSTED_PROXY": "127.0.0.1"})
    server = waitress.create_server(tells_what_it_sees, **options)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    directory = tmp_path_factory.mktemp("proxy")
    log, port = directory / "log", _free_port()
    environment = {
        "PORTAL_NAME": NAME,
        "PORTAL_PORT": str(port),
        "TLS_CERTIFICATE": str(certificate.certificate),
        "TLS_KEY": str(certificate.key),
        "PORTAL_UPSTREAM": f"127.0.0.1:{server.effective_port}",
        "HOME": str(directory),
        "XDG_DATA_HOME": str(directory),
        "XDG_CONFIG_HOME": str(directory),
    }
    command = (binary, "run", "--config", str(ROOT / "deploy" / "Caddyfile"))
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        _wait_for(port, process, log)
        yield Proxy(port, certificate, log)
    finally:
        process.terminate()
        process.wait(10)
        stop(server, thread)


def tells_what_it_sees(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A WSGI application that answers with what its server told it."""
    body = environ["wsgi.input"].read()
    told = {
        "address": environ["REMOTE_ADDR"],
        "scheme": environ["wsgi.url_scheme"],
        "host": environ["HTTP_HOST"],
        "bytes": len(body),
        "headers": sorted(name for name in environ if name.startswith("HTTP_X_FORWARDED")),
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(told).encode() + b" " * 4096]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def client_context(certificate: Certificate, version: ssl.TLSVersion) -> ssl.SSLContext:
    """A client that speaks this version of TLS and no other, even one nobody should speak."""
    context = ssl.create_default_context(cafile=str(certificate.certificate))
    if version < ssl.TLSVersion.TLSv1_2:
        # OpenSSL 3 holds the old versions back; the test is about the server's refusal.
        context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = version
    context.maximum_version = version
    return context
