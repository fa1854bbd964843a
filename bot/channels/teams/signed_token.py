"""The Bot Framework's signed token.

The SDK checks issuer, key, endorsement, algorithm, signature, times and audience, with our own cache of the keys. Only
its check of what Microsoft's channels send is used: it would take the tokens of skills and of the emulator too, which
anybody who has the app's password can have made, and fetch other keys for them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from botframework.connector.auth import (
    AuthenticationConstants,
    ChannelValidation,
    ClaimsIdentity,
    SimpleCredentialProvider,
    VerifyOptions,
)
from botframework.connector.auth.jwt_token_extractor import JwtTokenExtractor
from jwt.exceptions import ExpiredSignatureError, ImmatureSignatureError, InvalidSignatureError

from bot.channels.teams.activity import Activity
from bot.channels.teams.authentication import NotAuthenticatedError, NotPermittedError
from bot.channels.teams.service_urls import Permits
from bot.channels.teams.signing_keys import SigningKeys, UnknownKeyError

METADATA_URL = AuthenticationConstants.TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL
CLOCKS_APART = timedelta(minutes=5)
CHANNEL = "msteams"
"""Web chat and Direct Line have tokens as good as Teams', but there whoever writes says who writes."""


class BotFrameworkAuthentication:
    """The token first, then what it does not say: channel, tenant and the address that is to be answered."""

    def __init__(self, app_id: str, tenants: frozenset[str], keys: SigningKeys, permits: Permits) -> None:
        self._credentials = SimpleCredentialProvider(app_id, "")
        self._tenants = tenants
        self._permits = permits
        issuer = [AuthenticationConstants.TO_BOT_FROM_CHANNEL_TOKEN_ISSUER]
        options = VerifyOptions(issuer, audience=None, clock_tolerance=CLOCKS_APART, ignore_expiration=False)
        self._extractor = JwtTokenExtractor(options, METADATA_URL, ["RS256"])
        self._extractor.open_id_metadata = keys

    async def check(self, activity: Activity, header: str) -> None:
        claims = await self._claims(activity.text("channelId"), header)
        if claims.get("serviceurl") != activity.text("serviceUrl"):
            raise NotAuthenticatedError("service_url_of_another_token")
        if activity.text("channelId") != CHANNEL:
            raise NotPermittedError("channel")
        if activity.tenant.casefold() not in self._tenants:
            raise NotPermittedError("tenant")
        if not self._permits(activity.text("serviceUrl")):
            raise NotPermittedError("service_url")

    async def _claims(self, channel: str, header: str) -> dict[str, Any]:
        """Raises NotAuthenticatedError: whatever goes wrong in the SDK means that the token was not good."""
        if not header.startswith("Bearer ") or header.count(".") != 2:
            raise NotAuthenticatedError("no_token")
        try:
            identity = await self._extractor.get_identity_from_auth_header(header, channel)
        except Exception as exc:
            raise NotAuthenticatedError(_reason(exc)) from None
        if identity is None:
            raise NotAuthenticatedError("issuer")
        if "exp" not in identity.claims:
            raise NotAuthenticatedError("no_end")
        return await self._for_this_bot(identity)

    async def _for_this_bot(self, identity: ClaimsIdentity) -> dict[str, Any]:
        try:
            await ChannelValidation.validate_identity(identity, self._credentials)
        except PermissionError:
            raise NotAuthenticatedError("audience") from None
        claims: dict[str, Any] = identity.claims
        return claims


_REASONS = {
    ExpiredSignatureError: "expired",
    ImmatureSignatureError: "not_yet_valid",
    InvalidSignatureError: "signature",
    UnknownKeyError: "unknown_key",
}


def _reason(exc: Exception) -> str:
    return _REASONS.get(type(exc), "malformed")
