// Topics and rights as text and as meaning.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repository } from "../testing/contract.ts";
import { libraryCluster } from "../testing/library.ts";
import { type Any, objectsIn } from "../testing/manifests.ts";
import { newsroom, newsroomEnvironment } from "../testing/newsroom.ts";
import { emitKafka } from "./index.ts";

const contract = newsroom();
const files = emitKafka(contract, newsroomEnvironment());
const objects = objectsIn(files);
const emit = (change: (text: string) => string) => objectsIn(emitKafka(contract, newsroomEnvironment(change)));
const trimming = (text: string) =>
  text.replace(
    "minInSyncReplicas: 2",
    'minInSyncReplicas: 2, trimmedByProducers: true, registers: ["{topic}.{consumer}.held"]',
  );

const rights = (workload: string, of = objects): string[] =>
  of[`KafkaUser/library-${workload}`].spec.authorization.acls.map(
    ({ resource, operations }: Any) => `${resource.type} ${resource.name}: ${operations.join(" ")}`,
  );

test.each(["topics", "desk", "press", "kustomization"])("the text of %s is the one on record", async (name) => {
  const golden = join(repository, "mesh/compiler/testdata/emit/kafka", `${name}.yaml`);
  await expect(files.get(`${name}.yaml`)).toMatchFileSnapshot(golden);
});

describe("topics", () => {
  test("are those of the contract, with one for what could not be handled", () => {
    const topics = Object.keys(objects).filter((key) => key.startsWith("KafkaTopic/"));
    expect(topics).toEqual([
      "KafkaTopic/news.story-written.v1",
      "KafkaTopic/news.story-written.v1.dead",
      "KafkaTopic/news.typo.v1",
    ]);
    expect(objects["KafkaTopic/news.story-written.v1"].spec).toEqual({
      topicName: "news.Story_written.v1",
      partitions: 3,
      replicas: 3,
      config: { "min.insync.replicas": 2, "cleanup.policy": "delete", "retention.ms": 86_400_000 },
    });
    expect(objects["KafkaTopic/news.typo.v1"].spec.config).not.toHaveProperty("retention.ms");
  });

  test("are kept until their producers trim them, where they do", () => {
    const trimmed = emit(trimming);
    expect(trimmed["KafkaTopic/news.story-written.v1"].spec.config["retention.ms"]).toBe(-1);
    expect(trimmed["KafkaTopic/news.story-written.v1.press.held"].spec).toMatchObject({
      partitions: 1,
      config: { "cleanup.policy": "compact" },
    });
  });
});

describe("what clients expect of topics", () => {
  const config = "topicConfig: { max.message.bytes: 5, compression.type: zstd }, registerConfig: { segment.ms: 7 }";
  const expecting = emit((text) => trimming(text).replace("trimmedByProducers", `${config}, trimmedByProducers`));

  test("stands in their manifests, and that of registers in theirs", () => {
    const topics = ["news.story-written.v1", "news.story-written.v1.dead", "news.typo.v1"];
    for (const name of topics)
      expect(expecting[`KafkaTopic/${name}`].spec.config).toMatchObject({
        "max.message.bytes": 5,
        "compression.type": "zstd",
      });
    const register = expecting["KafkaTopic/news.story-written.v1.press.held"].spec.config;
    expect(register).toMatchObject({ "segment.ms": 7 });
    expect(register).not.toHaveProperty("max.message.bytes");
  });

  test("may be looked at by those who use them, and by nobody where nothing is expected", () => {
    expect(rights("desk", expecting)).toContain(
      "topic news.Story_written.v1: Delete Describe DescribeConfigs Read Write",
    );
    expect(rights("press", expecting)).toContain("topic news.Story_written.v1: Describe DescribeConfigs Read");
    expect(rights("press", expecting)).toContain(
      "topic news.Story_written.v1.press.held: Describe DescribeConfigs Read Write",
    );
    expect(JSON.stringify(rights("desk", emit(trimming)))).not.toContain("DescribeConfigs");
  });
});

describe("a user", () => {
  test("writes what its workload produces and reads what it consumes, and nothing else", () => {
    expect(rights("desk")).toEqual([
      "topic news.Story_written.v1: Describe Write",
      "topic news.typo.v1: Describe Write",
    ]);
    expect(rights("press")).toEqual([
      "topic news.Story_written.v1: Describe Read",
      "topic news.Story_written.v1.dead: Describe Read Write",
      "group press: Describe Read",
      "topic news.typo.v1: Describe Write",
    ]);
  });

  test("who trims reads back, deletes, and looks at the groups", () => {
    expect(rights("desk", emit(trimming))).toContain("topic news.Story_written.v1: Delete Describe Read Write");
    expect(rights("desk", emit(trimming))).toContain("group press: Describe");
    expect(rights("press", emit(trimming))).toContain("topic news.Story_written.v1.press.held: Describe Read Write");
    expect(rights("press", emit(trimming))).toContain("topic news.Story_written.v1.dead: Delete Describe Read Write");
  });

  test("is not made for a workload without events", () => {
    expect(objects).not.toHaveProperty("KafkaUser/library-canteen");
    expect(files.has("canteen.yaml")).toBe(false);
  });
});

test("an environment without Kafka is refused, and one that asks for more copies than there are", () => {
  expect(() =>
    emitKafka(
      contract,
      libraryCluster((text) => text.replace(/workloads:.*/s, "workloads: { desk: {} }")),
    ),
  ).toThrow("needs the part kafka");
  expect(() => newsroomEnvironment((text) => text.replace("minInSyncReplicas: 2", "minInSyncReplicas: 4"))).toThrow(
    "kafka.minInSyncReplicas must not be above replicas",
  );
});
