import re
import unittest
from pathlib import Path

from larder_platform import ConfigError, Env

NEEDED = {"X_LISTEN": "unix:/run/x.sock", "X_OPS_LISTEN": "127.0.0.1:0"}


def problems(read) -> list[str]:
    env = read
    try:
        env.check()
    except ConfigError as error:
        return list(error.problems)
    return []


class Settings(unittest.TestCase):
    def test_are_read_with_their_defaults(self) -> None:
        env = Env(NEEDED)
        platform = env.platform("X")
        self.assertEqual(problems(env), [])
        self.assertEqual((platform.listen, platform.ops_listen), ("unix:/run/x.sock", "127.0.0.1:0"))
        self.assertEqual((platform.drain_seconds, platform.log_level, platform.build), (10, "info", "dev"))
        self.assertEqual((platform.namespace, platform.trust_domain), ("larder", "larder.local"))

    def test_are_taken_where_they_are_set_and_an_empty_one_is_not_set(self) -> None:
        env = Env(
            {**NEEDED, "X_DRAIN_SECONDS": "0.5", "X_LOG_LEVEL": "debug", "MESH_NAMESPACE": "", "LARDER_BUILD": "b7"}
        )
        platform = env.platform("X")
        self.assertEqual(problems(env), [])
        self.assertEqual((platform.drain_seconds, platform.log_level), (0.5, "debug"))
        self.assertEqual((platform.namespace, platform.build), ("larder", "b7"))

    def test_that_are_wrong_are_all_reported_at_once(self) -> None:
        env = Env({"X_OPS_LISTEN": "nowhere", "X_DRAIN_SECONDS": "soon", "X_LOG_LEVEL": "loud", "X_MOST": "0"})
        env.platform("X")
        env.secret("X_URL")
        env.count("X_MOST", 5, most=10)
        self.assertEqual(
            problems(env),
            [
                "X_LISTEN is not set",
                'X_OPS_LISTEN must be unix:/absolute/path or host:port, not "nowhere"',
                'X_DRAIN_SECONDS must be a number of seconds from 0 to 86400, not "soon"',
                'X_LOG_LEVEL must be one of debug, info, warn, error, not "loud"',
                "X_URL is not set",
                'X_MOST must be a whole number from 1 to 10, not "0"',
            ],
        )

    def test_in_seconds_are_finite_and_not_negative(self) -> None:
        for raw, good in {
            "0": True,
            "1.5": True,
            "-1": False,
            "nan": False,
            "inf": False,
            "1e9": False,
            "5s": False,
        }.items():
            env = Env({"X_PAUSE": raw})
            env.seconds("X_PAUSE", 1)
            self.assertEqual(problems(env) == [], good, raw)

    def test_that_are_addresses_are_a_socket_or_a_port(self) -> None:
        for raw, good in {
            "unix:/a.sock": True,
            "[::]:50051": True,
            ":50051": False,
            "unix:a": False,
            "host": False,
        }.items():
            env = Env({"X_AT": raw})
            env.address("X_AT")
            self.assertEqual(problems(env) == [], good, raw)

    def test_have_the_table_in_the_readme(self) -> None:
        readme = (Path(__file__).parents[1] / "README.md").read_text()
        env = Env(NEEDED)
        env.platform("X")
        declared = [(row.name, "required" if row.required else row.default or "none") for row in env.settings]
        self.assertEqual(re.findall(r"^\| `([^`]+)` \| (\S+) \|", readme, re.MULTILINE), declared)
