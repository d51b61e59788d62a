"""The invented service account of the contract server: a key computed anew from a seed, so that
every process has the same one and none is kept in a file. It opens invented figures only."""

from __future__ import annotations

import hashlib
import json
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

EMAIL = "register@severny-chai.iam.gserviceaccount.example"
_EXPONENT = 65537
_BITS = 512
_SMALL = [n for n in range(3, 2000) if all(n % d for d in range(2, int(n**0.5) + 1))]


@cache
def private_key(seed: int) -> rsa.RSAPrivateKey:
    """The account's key for this seed."""
    p, q = _prime(f"ga4:{seed}:p"), _prime(f"ga4:{seed}:q")
    d = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=d,
        dmp1=rsa.rsa_crt_dmp1(d, p),
        dmq1=rsa.rsa_crt_dmq1(d, q),
        iqmp=rsa.rsa_crt_iqmp(p, q),
        public_numbers=rsa.RSAPublicNumbers(_EXPONENT, p * q),
    ).private_key()


@cache
def public_pem(seed: int) -> bytes:
    """What the token service checks signatures with."""
    return (
        private_key(seed)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


@cache
def key_file(seed: int, *, email: str = EMAIL) -> str:
    """The JSON file Google would let its owner download."""
    pem = private_key(seed).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "severny-chai",
            "private_key_id": hashlib.sha256(pem).hexdigest()[:40],
            "private_key": pem.decode(),
            "client_email": email,
            "client_id": "100000000000000000001",
            "token_uri": "https://oauth2.googleapis.com/token",
        }
    )


def _prime(name: str) -> int:
    """The first prime after a number made of ``name``; its two highest bits are set."""
    blocks = (hashlib.sha512(f"{name}:{n}".encode()).digest() for n in range(_BITS // 512))
    candidate = int.from_bytes(b"".join(blocks), "big") | (3 << (_BITS - 2)) | 1
    while not _looks_prime(candidate):
        candidate += 2
    return candidate


def _looks_prime(n: int) -> bool:
    if any(n % small == 0 for small in _SMALL) or (n - 1) % _EXPONENT == 0:
        return False
    return all(pow(base, n - 1, n) == 1 for base in (2, 3, 5))
