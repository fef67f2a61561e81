"""The settings of the scoring service: the only place that reads the environment."""

from dataclasses import dataclass
from pathlib import Path

from larder_platform import Env, Platform


@dataclass(frozen=True, slots=True)
class Config:
    """What the service needs to know.

    Attributes:
        cache_url: The second Valkey, where models are shared.
        models: The folder of the models that come with the service.
        follow_seconds: How often to look which model is active, beside being told.

    """

    platform: Platform
    cache_url: str
    models: Path
    follow_seconds: float


def load_config(env: Env) -> Config:
    """Read the settings.

    Raises:
        ConfigError: Some are wrong.

    """
    config = Config(
        platform=env.platform("SCORING"),
        cache_url=env.secret("SCORING_CACHE_URL"),
        models=Path(env.text("SCORING_MODELS", "") or Path(__file__).with_name("models")),
        follow_seconds=env.seconds("SCORING_FOLLOW_SECONDS", 5),
    )
    env.check()
    return config
