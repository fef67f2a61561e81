import asyncio
import hashlib
import os
import signal
import sys
import unittest
from pathlib import Path

import grpc
import onnx
from larder_contract.grpc.health.v1.health_pb import HealthCheckRequest
from larder_contract.grpc.health.v1.health_pb_grpc import HealthClient
from larder_contract.larder.scoring.v1.scoring_service_pb import ActivateModelRequest, ListModelsRequest, ScoreRequest
from larder_contract.larder.scoring.v1.scoring_service_pb_grpc import ScoringServiceClient

from model_file import Known
from running import NOON, SHIPPED, Instance, TestValkey, goods, new_folder, refusal, ship, variant

ONE = (SHIPPED / "spoilage-1.onnx").read_bytes()


def activate(scoring: Instance, model: str):
    return scoring.client.activate_model(ActivateModelRequest(model=f"models/{model}"))


def listed(scoring: Instance, **request):
    return scoring.client.list_models(ListModelsRequest(**request))


async def score(scoring: Instance):
    return (await scoring.client.score(ScoreRequest(goods=goods([12.0] * 6)))).score


class Models(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.valkey = TestValkey()
        await self.valkey.start()
        self.addAsyncCleanup(self.valkey.stop)

    async def running(self, models: Path = SHIPPED, uses: str = "", **options: float) -> Instance:
        instance = await self.enterAsyncContext(Instance(self.valkey.url, models, **options))
        if uses:
            await instance.uses(uses)
        return instance

    async def two(self) -> Path:
        return ship({"spoilage-1": ONE, "spoilage-2": variant(2, shift=1.0)})

    async def test_are_listed_newest_first_a_page_at_a_time(self) -> None:
        folder = ship({f"m-{each}": variant(each) for each in range(1, 6)})
        scoring = await self.running(folder, "m-5")
        every = await listed(scoring)
        self.assertEqual([each.name for each in every.models], [f"models/m-{each}" for each in (5, 4, 3, 2, 1)])
        self.assertEqual([each.active for each in every.models], [True, False, False, False, False])
        self.assertEqual(every.models[4].create_time.seconds, NOON)
        self.assertEqual(every.models[4].sha256, hashlib.sha256(variant(1)).hexdigest())
        names, token, pages = [], "", 0
        while pages == 0 or token:
            page = await listed(scoring, page_size=2, page_token=token)
            names, token, pages = [*names, *(each.name for each in page.models)], page.next_page_token, pages + 1
        self.assertEqual((names, pages), ([each.name for each in every.models], 3))
        code, reason, _, _ = await refusal(listed(scoring, page_token="m-9"))
        self.assertEqual((code, reason), ("INVALID_ARGUMENT", "PAGE_TOKEN_INVALID"))

    async def test_are_activated_on_one_instance_and_reach_the_others(self) -> None:
        folder = await self.two()
        # Far too seldom to look by itself: the other has to be told.
        one, other = [await self.running(folder, "spoilage-2", follow_seconds=3600) for _ in range(2)]
        worse = await score(other)
        for _ in range(2):
            answer = await activate(one, "spoilage-1")
            self.assertTrue(answer.model.active)
            self.assertEqual(answer.model.name, "models/spoilage-1")
        self.assertEqual((await score(one)).model, "models/spoilage-1")
        await other.uses("spoilage-1")
        better = await score(other)
        self.assertEqual((worse.model, better.model), ("models/spoilage-2", "models/spoilage-1"))
        self.assertLess(better.spoilage_risk, worse.spoilage_risk)

    async def test_reach_an_instance_that_missed_the_word_and_one_that_does_not_bring_them(self) -> None:
        newer = await self.running(await self.two(), "spoilage-2")
        older = await self.running(SHIPPED, "spoilage-2")
        await activate(newer, "spoilage-1")
        await older.uses("spoilage-1")
        await self.valkey.client.set("scoring:active", "spoilage-2")
        await older.uses("spoilage-2")
        started = await self.running(SHIPPED, "spoilage-2")
        self.assertEqual((await score(started)).model, "models/spoilage-2")
        bare = await self.running(new_folder(), "spoilage-2")
        self.assertEqual((await score(bare)).spoilage_risk, (await score(started)).spoilage_risk)

    async def test_that_nobody_knows_are_not_found(self) -> None:
        scoring = await self.running(SHIPPED, "spoilage-1")
        code, reason, metadata, _ = await refusal(activate(scoring, "spoilage-9"))
        self.assertEqual((code, reason, metadata), ("NOT_FOUND", "MODEL_NOT_FOUND", {"model": "models/spoilage-9"}))
        for bad in ("", "spoilage-1", "models/", "models/Ü", "models/" + "x" * 61):
            answer = refusal(scoring.client.activate_model(ActivateModelRequest(model=bad)))
            self.assertEqual((await answer)[1], "INVALID_REQUEST")
        self.assertEqual((await score(scoring)).model, "models/spoilage-1")

    async def test_with_a_file_that_is_corrupt_or_gone_are_refused_and_the_one_before_stays(self) -> None:
        newer = await self.running(await self.two(), "spoilage-2")
        scoring = await self.running(SHIPPED, "spoilage-2")
        await activate(newer, "spoilage-1")
        await scoring.uses("spoilage-1")
        await newer.__aexit__()
        key = "scoring:file:" + hashlib.sha256(variant(2, shift=1.0)).hexdigest()
        whole = await self.valkey.client.get(key)
        for broken in (whole[:-1], whole[:100] + b"\xff" + whole[101:], b"", None):
            await (self.valkey.client.delete(key) if broken is None else self.valkey.client.set(key, broken))
            code, reason, _, _ = await refusal(activate(scoring, "spoilage-2"))
            self.assertEqual((code, reason), ("FAILED_PRECONDITION", "MODEL_CORRUPT"))
            self.assertEqual((await score(scoring)).model, "models/spoilage-1")
        self.assertEqual(await self.valkey.client.get("scoring:active"), b"spoilage-1")
        await self.valkey.client.set(key, whole)
        await activate(scoring, "spoilage-2")
        self.assertEqual((await score(scoring)).model, "models/spoilage-2")

    async def test_that_the_service_brings_are_put_back_where_the_cache_spoilt_them(self) -> None:
        scoring = await self.running(await self.two(), "spoilage-2")
        key = "scoring:file:" + hashlib.sha256(ONE).hexdigest()
        await self.valkey.client.set(key, b"spoilt")
        await activate(scoring, "spoilage-1")
        self.assertEqual(await self.valkey.client.get(key), ONE)

    async def test_that_are_unfit_are_refused_and_the_one_before_stays(self) -> None:
        def renamed(model: onnx.ModelProto) -> None:
            model.graph.input[0].name = model.graph.node[0].input[0] = "other"

        def narrower(model: onnx.ModelProto) -> None:
            model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 3

        def other_features(model: onnx.ModelProto) -> None:
            model.metadata_props[0].value = "a,b"

        def no_probability(model: onnx.ModelProto) -> None:
            model.graph.node[1].op_type = "Neg"

        wrong = {
            "garbage": b"no model",
            "renamed": variant(2, change=renamed),
            "narrower": variant(2, change=narrower),
            "other-features": variant(2, change=other_features),
            "no-probability": variant(2, change=no_probability),
        }
        scoring = await self.running(ship({**wrong, "spoilage-1": ONE}), "spoilage-1")
        for name in wrong:
            code, reason, metadata, _ = await refusal(activate(scoring, name))
            self.assertEqual((code, reason), ("FAILED_PRECONDITION", "MODEL_UNFIT"), name)
            self.assertEqual(metadata, {"model": f"models/{name}"})
            self.assertEqual((await score(scoring)).model, "models/spoilage-1")
        self.assertEqual(await self.valkey.client.get("scoring:active"), b"spoilage-1")

    async def test_that_one_instance_alone_cannot_use_are_told_once_and_tried_again(self) -> None:
        scoring = await self.running(SHIPPED, "spoilage-1")
        known = Known("spoilage-2", hashlib.sha256(variant(2)).hexdigest(), NOON)
        await self.valkey.client.hset(
            "scoring:models", known.id, f'{{"id":"{known.id}","sha256":"{known.sha256}","created":1}}'
        )
        await self.valkey.client.set("scoring:active", known.id)
        line = await scoring.says("a model was refused")
        self.assertEqual((line["model"], line["reason"]), ("models/spoilage-2", "MODEL_CORRUPT"))
        self.assertEqual((await score(scoring)).model, "models/spoilage-1")
        await self.valkey.client.set(f"scoring:file:{known.sha256}", variant(2))
        await scoring.uses("spoilage-2")
        refused = [line for line in scoring.lines() if line["message"] == "a model was refused"]
        self.assertEqual(len(refused), 1)

    async def test_that_come_corrupt_with_the_service_are_left_out(self) -> None:
        folder = ship({"spoilage-1": ONE, "spoilage-2": variant(2)}, {"spoilage-2": "0" * 64})
        scoring = await self.running(folder, "spoilage-1")
        self.assertEqual([each.name for each in (await listed(scoring)).models], ["models/spoilage-1"])
        await scoring.says("a model that comes with the service is corrupt")

    async def test_keep_what_their_name_stands_for(self) -> None:
        first = await self.running(SHIPPED, "spoilage-1")
        second = await self.running(ship({"spoilage-1": variant(1, shift=2.0)}), "spoilage-1")
        await second.says("another model is known by this name")
        self.assertEqual((await score(second)).spoilage_risk, (await score(first)).spoilage_risk)

    async def test_are_learned_again_by_a_cache_that_lost_everything(self) -> None:
        scoring = await self.running(await self.two(), "spoilage-2")
        await activate(scoring, "spoilage-1")
        await self.valkey.client.flushall()
        while await self.valkey.client.get("scoring:active") != b"spoilage-1":
            await asyncio.sleep(0.005)
        self.assertEqual(len((await listed(scoring)).models), 2)
        self.assertEqual((await score(scoring)).model, "models/spoilage-1")


class WithoutCache(unittest.IsolatedAsyncioTestCase):
    async def test_scores_come_from_the_newest_model_that_the_service_brings(self) -> None:
        valkey = TestValkey()
        folder = ship({"spoilage-1": ONE, "spoilage-2": variant(2)})
        async with Instance(valkey.url, folder) as scoring:
            await scoring.uses("spoilage-2")
            self.assertEqual((await score(scoring)).model, "models/spoilage-2")
            for call in (listed(scoring), activate(scoring, "spoilage-1")):
                self.assertEqual((await refusal(call))[:2], ("UNAVAILABLE", "STORE_UNAVAILABLE"))
            # When it comes, all is well again.
            await valkey.start()
            while (await valkey.client.get("scoring:active")) != b"spoilage-2":
                await asyncio.sleep(0.005)
            await activate(scoring, "spoilage-1")
            # And it may go.
            await valkey.stop()
            self.assertEqual((await score(scoring)).model, "models/spoilage-1")

    async def test_nor_models_every_score_is_unavailable_and_the_service_not_ready(self) -> None:
        async with Instance(TestValkey().url, new_folder()) as scoring:
            await scoring.says("the model cache is away")
            code, reason, _, _ = await refusal(scoring.client.score(ScoreRequest(goods=goods([2.0]))))
            self.assertEqual((code, reason), ("UNAVAILABLE", "MODEL_UNAVAILABLE"))
            with self.assertRaisesRegex(Exception, "no model"):
                await scoring.registry.ready()


class Program(unittest.IsolatedAsyncioTestCase):
    async def test_serves_by_its_environment_alone_and_ends_with_0(self) -> None:
        valkey, folder = TestValkey(), new_folder()
        await valkey.start()
        self.addAsyncCleanup(valkey.stop)
        settings = {
            "SCORING_LISTEN": f"unix:{folder}/app.sock",
            "SCORING_OPS_LISTEN": f"unix:{folder}/ops.sock",
            "SCORING_CACHE_URL": valkey.url,
        }
        main = Path(__file__).with_name("main.py")
        child = await asyncio.create_subprocess_exec(
            sys.executable, main, cwd="/", env={**os.environ, **settings}, stdout=asyncio.subprocess.PIPE
        )
        async with grpc.aio.insecure_channel(settings["SCORING_LISTEN"]) as channel:
            await HealthClient(channel).check(HealthCheckRequest(), wait_for_ready=True)
            client = ScoringServiceClient(channel)
            while True:
                try:
                    answer = await client.score(ScoreRequest(goods=goods([2.0])))
                    break
                except grpc.aio.AioRpcError as error:
                    self.assertEqual(error.code(), grpc.StatusCode.UNAVAILABLE)
            self.assertEqual(answer.score.model, "models/spoilage-1")
            reader, writer = await asyncio.open_unix_connection(f"{folder}/ops.sock")
            writer.write(b"GET /metrics HTTP/1.1\r\n\r\n")
            self.assertIn(b"larder_scoring_run_goods_count 1.0", await reader.read())
            writer.close()
            await writer.wait_closed()
        child.send_signal(signal.SIGTERM)
        await child.communicate()
        self.assertEqual(child.returncode, 0)
