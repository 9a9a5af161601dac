"""TLS connects to the checked address, and the certificate must still fit the requested name."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

import pytest
import requests.adapters
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from core.outgoing.addresses import Address
from core.outgoing.targets import Guard
from wishlists.product_preview.fetching import fetch_page
from wishlists.tests.product_preview.web_servers import Serve, names, says

pytestmark = pytest.mark.once


def anything(address: Address) -> bool:
    return True


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and certificate for shop.test, trusted only by these tests."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop.test")])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shop.test")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path: Path = tmp_path_factory.mktemp("tls") / "shop.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + built.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize(
    ("host", "trusted", "fetched"),
    [
        ("shop.test", True, True),
        ("shop.test.", True, True),
        ("evil.test", True, False),
        ("shop.test", False, False),
    ],
)
def test_certificate_must_fit_the_name(
    host: str,
    trusted: bool,
    fetched: bool,
    serve: Serve,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked_for = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda sock, name, its_context: asked_for.append(name)
    if trusted:
        monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(certificate))
    server = serve(says(b"<p>x</p>"), tls=context)
    resolver = names(shop_test="127.0.0.1", shop_test_="127.0.0.1", evil_test="127.0.0.1")
    guard = Guard(allows=anything, ports=frozenset({server.port}), resolver=resolver)
    page = fetch_page(f"https://{host}:{server.port}/", guard=guard)
    assert (page is not None) is fetched
    assert asked_for == [host.removesuffix(".")]
    if fetched:
        assert f"Host: shop.test:{server.port}\r\n".encode() in server.visits[0].request
