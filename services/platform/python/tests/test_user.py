import base64
import json
import time
import unittest

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from echo import Running, new_folder, refusal
from jwt.algorithms import ECAlgorithm


class Key:
    def __init__(self, kid: str, curve: ec.EllipticCurve | None = None) -> None:
        self.kid = kid
        self.private = ec.generate_private_key(curve or ec.SECP256R1())

    def jwk(self) -> dict:
        return {**json.loads(ECAlgorithm.to_jwk(self.private.public_key())), "kid": self.kid, "use": "sig"}

    def sign(self, algorithm: str = "ES256", **changed: object) -> str:
        claims = {"iss": "larder-gateway", "aud": "larder-internal", "sub": "ada", "exp": int(time.time()) + 60}
        claims |= {"scope": "echo:read echo:write", **changed}
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, self.private, algorithm, {"kid": self.kid})


class User(unittest.IsolatedAsyncioTestCase):
    def setUp(self) -> None:
        self.path = new_folder() / "jwks.json"
        self.key = Key("one")
        self.publish(self.key)

    def publish(self, *keys: Key) -> None:
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps({"keys": [key.jwk() for key in keys]}))
        new.rename(self.path)

    def running(self) -> Running:
        return Running(LARDER_USER_JWKS=str(self.path))

    async def test_is_known_from_a_valid_assertion_the_second_time_too(self) -> None:
        async with self.running() as echo:
            assertion = self.key.sign()
            for _ in range(2):
                self.assertEqual((await echo.echo(method="mine", x_larder_user=assertion)).user, "ada")

    async def test_that_is_required_must_be_there_and_one_that_is_optional_need_not(self) -> None:
        async with self.running() as echo:
            refused = await refusal(echo.echo(method="mine"))
            self.assertEqual((refused.code, refused.reason), ("UNAUTHENTICATED", "USER_ASSERTION_MISSING"))
            self.assertEqual((await echo.echo(method="maybe")).user, "")
            self.assertEqual((await echo.echo(method="maybe", x_larder_user=self.key.sign())).user, "ada")
            self.assertEqual(
                (await refusal(echo.echo(method="maybe", x_larder_user="no"))).reason, "USER_ASSERTION_INVALID"
            )

    async def test_is_not_told_to_a_method_that_asks_for_none(self) -> None:
        async with self.running() as echo:
            self.assertEqual((await echo.echo(x_larder_user=self.key.sign())).user, "")
            self.assertEqual((await echo.echo(x_larder_user="forged")).user, "")

    async def test_must_be_asserted_in_every_part(self) -> None:
        head, body, signature = self.key.sign().split(".")
        altered = json.loads(base64.urlsafe_b64decode(body + "==")) | {"sub": "bob"}
        forged = base64.urlsafe_b64encode(json.dumps(altered).encode()).decode().rstrip("=")
        unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
        other = Key("two", ec.SECP384R1())
        self.publish(self.key, other)
        refused = {
            "signed with another key": Key("one").sign(),
            "of a key that is not published": Key("three").sign(),
            "with altered claims": f"{head}.{forged}.{signature}",
            "unsigned": f"{unsigned}.{body}.",
            "of another algorithm": other.sign("ES384"),
            "expired": self.key.sign(exp=int(time.time()) - 10),
            "without end": self.key.sign(exp=None),
            "of another issuer": self.key.sign(iss="mallory"),
            "for another audience": self.key.sign(aud="public"),
            "without subject": self.key.sign(sub=None),
            "with an empty subject": self.key.sign(sub=""),
            "garbage": "not.a.token",
        }
        async with self.running() as echo:
            for what, assertion in refused.items():
                got = await refusal(echo.echo(method="mine", x_larder_user=assertion))
                self.assertEqual((got.code, got.reason), ("UNAUTHENTICATED", "USER_ASSERTION_INVALID"), what)

    async def test_needs_the_scopes_of_the_method(self) -> None:
        async with self.running() as echo:
            for scope in ("echo:write", None):
                got = await refusal(echo.echo(method="mine", x_larder_user=self.key.sign(scope=scope)))
                self.assertEqual((got.code, got.reason), ("PERMISSION_DENIED", "USER_SCOPE_MISSING"))
                self.assertIn("echo:read", got.message)

    async def test_is_known_by_a_new_key_and_no_longer_by_one_taken_away(self) -> None:
        async with self.running() as echo:
            fresh, stale = Key("next"), self.key.sign()
            self.assertEqual((await echo.echo(method="mine", x_larder_user=stale)).user, "ada")
            self.publish(fresh)
            self.assertEqual((await echo.echo(method="mine", x_larder_user=fresh.sign())).user, "ada")
            got = await refusal(echo.echo(method="mine", x_larder_user=stale))
            self.assertEqual(got.reason, "USER_ASSERTION_INVALID")

    async def test_is_refused_where_no_keys_are_configured(self) -> None:
        async with Running() as echo:
            got = await refusal(echo.echo(method="mine", x_larder_user=self.key.sign()))
            self.assertEqual(got.reason, "USER_ASSERTION_INVALID")
