"""Starts the scoring service."""

from larder_platform import Env, Log, Service, run, serve
from prometheus_client import Histogram

from batch import MOST, Batcher
from cache import ModelCache
from config import load_config
from handler import Scoring
from model_file import shipped
from registry import Registry


async def main() -> None:
    """Build the service and run it until SIGTERM."""
    config = load_config(Env())
    log = Log(config.platform.log_level, "scoring", config.platform.build)
    cache = ModelCache(config.cache_url)
    registry = Registry(shipped(config.models), cache, log, follow_seconds=config.follow_seconds)
    rows = Histogram(
        "larder_scoring_run_goods",
        "Goods in one run of the model.",
        buckets=[1, 2, 4, 16, 64, MOST, 1000],
        registry=None,
    )
    batcher = Batcher(registry.scorer, rows.observe)
    service = Service(config.platform, "scoring", [Scoring(registry, batcher)], ready=registry.ready, log=log)
    service.metrics.registry.register(rows)
    await serve(service, background=[registry.follow], close=cache.close)


run(main)
