"""Microsoft's sign-in on loopback: OpenID metadata, real RSA keys, tokens for us to check and tokens for us to bear."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

SERVICE = "https://smba.trafficmanager.net/emea/"
APP = "app-1"
PASSWORD = "appens-passord"
ISSUER = "https://api.botframework.com"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Microsoft:
    """`key` signs, `published` is what the key document says; `fetches` counts how often it was read."""

    def __init__(self) -> None:
        self.url = ""
        self.kid = "k1"
        self.key = new_key()
        self.published: list[dict[str, Any]] = []
        self.fetches = 0
        self.status = 200
        self.document: object = None  # in the place of the keys
        self.published_key()
        # The token endpoint
        self.asked: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = {"expires_in": 3600}
        self.token_status = 200

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/metadata", self._metadata),
            web.get("/keys", self._keys),
            web.post("/token", self._token),
        ]

    def registration(self, *tenants: str) -> dict[str, Any]:
        """Settings of a Teams registration whose keys and tokens come from here."""
        return {
            "teams_app_id": APP,
            "teams_app_password": PASSWORD,
            "teams_tenant_id": "Tenant-1",
            "teams_allowed_tenants": ", ".join(("tenant-2", *tenants)),
            "teams_openid_metadata_url": f"{self.url}/metadata",
            "teams_token_url": f"{self.url}/token",
        }

    def published_key(self, *, kid: str = "", key: rsa.RSAPrivateKey | None = None, **more: Any) -> None:
        """Puts one more key in the document; None leaves something out of it."""
        entry = json.loads(RSAAlgorithm.to_jwk((key or self.key).public_key()))
        entry |= {"kid": kid or self.kid, "use": "sig", "endorsements": ["msteams", "directline"], **more}
        self.published.append({name: value for name, value in entry.items() if value is not None})

    def rotate(self, kid: str) -> None:
        """From now on another key signs; the old one is gone."""
        self.kid, self.key, self.published = kid, new_key(), []
        self.published_key()

    async def _metadata(self, request: web.Request) -> web.Response:
        self.fetches += 1
        algorithms = ["RS256"]
        body = {"jwks_uri": f"{self.url}/keys", "id_token_signing_alg_values_supported": algorithms}
        return web.json_response(body, status=self.status)

    async def _keys(self, request: web.Request) -> web.Response:
        others = [{"kid": "ec", "kty": "EC"}, {"kid": "broken", "kty": "RSA", "n": "", "e": "AQAB"}, {"kty": "RSA"}]
        return web.json_response({"keys": [*others, *self.published]} if self.document is None else self.document)

    async def _token(self, request: web.Request) -> web.Response:
        self.asked.append(dict(await request.post()))
        await asyncio.sleep(0.02)
        if self.token_status in (302, 307):
            raise web.HTTPTemporaryRedirect("/elsewhere")
        token = {"access_token": f"token-{len(self.asked)}", "token_type": "Bearer"}
        return web.json_response(token | self.answer, status=self.token_status)

    def claims(self, **other: Any) -> dict[str, Any]:
        """What Microsoft says in a token; None leaves a claim out."""
        now = int(time.time())
        given = {"iss": ISSUER, "aud": APP, "nbf": now - 60, "exp": now + 600, "serviceurl": SERVICE} | other
        return {name: value for name, value in given.items() if value is not None}

    def token(self, *, kid: str | None = None, key: Any = None, algorithm: str = "RS256", **claims: Any) -> str:
        named = self.kid if kid is None else kid
        headers = {"kid": named} if named else None
        return jwt.encode(self.claims(**claims), key or self.key, algorithm=algorithm, headers=headers)

    def unsigned(self, **header: Any) -> str:
        """With `alg: none` and no signature, or whatever `header` says."""
        return f"{self._unsigned({'alg': 'none', 'kid': self.kid} | header)}."

    def confused(self) -> str:
        """Signed as with a shared secret, which is the public key that everybody knows."""
        content = self._unsigned({"alg": "HS256", "kid": self.kid})
        public = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return f"{content}.{_encoded(hmac.digest(public, content.encode(), 'sha256'))}"

    def _unsigned(self, header: dict[str, Any]) -> str:
        return ".".join(_encoded(json.dumps(part).encode()) for part in ({"typ": "JWT"} | header, self.claims()))


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


@asynccontextmanager
async def serving_microsoft() -> AsyncIterator[Microsoft]:
    made = Microsoft()
    app = web.Application()
    app.add_routes(made.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()
