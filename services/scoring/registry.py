"""Which model scores come from: the active one of the cache, on every instance, as far as it can be used."""

import asyncio
from collections.abc import Iterable

from larder_platform import Log, RpcError, store_unavailable

from cache import CacheError, ModelCache
from errors import model_corrupt, model_not_found, model_unavailable, model_unfit
from model_file import Known
from scorer import Scorer, UnfitError

_AGAIN_SECONDS = 1.0


class Registry:
    """Models that come with the service or are in the cache. A model that cannot be used is refused, and the one before stays."""

    def __init__(
        self, shipped: Iterable[tuple[Known, bytes]], cache: ModelCache, log: Log, *, follow_seconds: float
    ) -> None:
        self._cache = cache
        self._log = log
        self._follow_seconds = follow_seconds
        self._scorer: Scorer | None = None
        self._using = ""
        self._told: set[str] = set()
        self._lock = asyncio.Lock()
        self._shipped: dict[str, tuple[Known, bytes]] = {}
        for known, data in shipped:
            if known.is_file(data):
                self._shipped[known.id] = (known, data)
            else:
                log.error("a model that comes with the service is corrupt", model=known.name)

    def scorer(self) -> Scorer:
        """Return the model that scores come from; MODEL_UNAVAILABLE if there is none yet."""
        if self._scorer is None:
            raise model_unavailable()
        return self._scorer

    async def ready(self) -> None:
        """Raise if there is no model yet."""
        self.scorer()

    async def follow(self) -> None:
        """Use the active model of the cache, and whichever it becomes. Without the cache: the newest that comes with the service."""
        complained = False
        while True:
            try:
                async with self._cache.changes() as wait:
                    complained = False
                    while True:
                        await self._refresh()
                        await wait(self._follow_seconds)
            except CacheError as error:
                if not complained:
                    self._log.warning("the model cache is away", error=repr(error))
                complained = True
                if self._scorer is None and self._shipped:
                    await self._use(*self._newest())
                await asyncio.sleep(_AGAIN_SECONDS)

    async def activate(self, model: str) -> Known:
        """Make a model the active one everywhere, if it can be used here.

        Raises:
            RpcError: MODEL_NOT_FOUND, MODEL_CORRUPT, MODEL_UNFIT, STORE_UNAVAILABLE.

        """
        try:
            async with self._lock:
                await self._publish()
                known = await self._find(model)
                scorer = await self._load(known)
                await self._cache.activate(model)
                self._take(known, scorer)
                return known
        except CacheError as cause:
            raise store_unavailable("model cache") from cause

    async def models(self) -> tuple[list[Known], str]:
        """Return all models, newest first, and the id of the active one.

        Raises:
            RpcError: STORE_UNAVAILABLE.

        """
        try:
            await self._publish()
            known = await self._cache.known()
            active = await self._cache.active(self._using)
        except CacheError as cause:
            raise store_unavailable("model cache") from cause
        return sorted(known.values(), key=lambda each: (-each.created, each.id)), active

    async def _refresh(self) -> None:
        async with self._lock:
            await self._publish()
            active = await self._cache.active(self._using or (self._newest()[0].id if self._shipped else ""))
            if active == self._using:
                return
            try:
                known = await self._find(active)
                self._take(known, await self._load(known))
            except RpcError as error:
                self._tell("a model was refused", f"models/{active}", error.reason)
                if self._scorer is None and self._shipped and active not in self._shipped:
                    await self._use(*self._newest())

    async def _publish(self) -> None:
        """Put into the cache what it lacks of the models that come with the service."""
        there = await self._cache.known()
        for known, data in self._shipped.values():
            if known.id not in there:
                await self._cache.put(known, data)
            elif there[known.id].sha256 != known.sha256:
                self._tell("another model is known by this name", known.name)

    async def _find(self, model: str) -> Known:
        known = (await self._cache.known()).get(model)
        if known is None:
            raise model_not_found(f"models/{model}")
        return known

    async def _load(self, known: Known) -> Scorer:
        data = await self._cache.file(known)
        if not known.is_file(data):
            own, data = self._shipped.get(known.id, (known, None))
            if own != known or data is None:
                raise model_corrupt(known.name)
            await self._cache.put(known, data)
        return await self._fit(known, data)

    async def _fit(self, known: Known, data: bytes) -> Scorer:
        try:
            return await asyncio.to_thread(Scorer, known.name, data)
        except UnfitError as error:
            raise model_unfit(known.name, str(error)) from error

    async def _use(self, known: Known, data: bytes) -> None:
        try:
            self._take(known, await self._fit(known, data))
        except RpcError as error:
            self._tell("a model was refused", known.name, error.reason)

    def _take(self, known: Known, scorer: Scorer) -> None:
        if self._using != known.id:
            self._log.info("scores come from a model", model=known.name, sha256=known.sha256)
            self._told.clear()
        self._scorer, self._using = scorer, known.id

    def _tell(self, message: str, model: str, reason: str | None = None) -> None:
        """Write what is tried again all the time into the log, once until another model is used."""
        told = f"{message} {model} {reason}"
        if told not in self._told:
            self._log.error(message, model=model, reason=reason)
        self._told.add(told)

    def _newest(self) -> tuple[Known, bytes]:
        return max(self._shipped.values(), key=lambda each: (each[0].created, each[0].id))
