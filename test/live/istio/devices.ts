// Devices under Istio: from their own certificates through the ingress to the real ingestion, by the manifests of staging. They join a
// mesh that runs.

import { join } from "node:path";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Metadata } from "@grpc/grpc-js";
import {
  IngestionService,
  type StreamReadingsRequestSchema,
  type StreamReadingsResponseSchema,
} from "@larder/contract/larder/telemetry/v1/ingestion_service_pb.js";
import { RefusalReason } from "@larder/contract/larder/telemetry/v1/reading_pb.js";
import { startValkey } from "@larder/events/testing";
import { startServer } from "@larder/store/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authority, type Credentials } from "../../../mesh/compiler/src/emit/testing/certificates.ts";
import { cargoBuild, languages, root } from "../../clients/programs.ts";
import type { RawClient } from "../../equality/client.ts";
import { until } from "../../until.ts";
import { type Any, objectsIn } from "../manifests/manifests.ts";
import { inFolder } from "./control-plane.ts";
import type { IstioIngress } from "./ingress.ts";
import type { Mesh } from "./mesh.ts";

/** The workload with methods for devices. It needs a proxy in the mesh. */
export const INGESTION = "ingestion";

const HOST = "devices.staging.larder.example";
const DEVICES = "spiffe://devices.larder.staging";
const FORWARDED = "x-forwarded-client-cert";

const { input, output, parent, name } = IngestionService.method.streamReadings;
const PATH = `/${parent.typeName}/${name}`;
type Batch = MessageInitShape<typeof StreamReadingsRequestSchema>;

/** A mesh with the manifests of staging, and its ingress. */
interface Running {
  readonly mesh: Mesh;
  readonly ingress: IstioIngress;
}

/** The tests, in what runs by then. */
export function devicesSuite(running: () => Running): void {
  const why = languages.rust?.skip?.();
  if (why) test("devices", (context) => context.skip(why));
  else describe("with devices", () => suite(running));
}

function suite(running: () => Running): void {
  const mesh = () => running().mesh;
  const ends: (() => unknown)[] = [];
  let binary: string;
  let ingress: IstioIngress;
  let van: Credentials;

  beforeAll(async () => {
    binary = await cargoBuild(join(root, "services/ingestion"), "ingestion", join(mesh().plane.folder, "ingestion"));
  }, 1_200_000); // Its dependencies may have to be built first.
  beforeAll(async () => {
    const { plane, callee, proxy } = mesh();
    const valkey = await startValkey();
    ends.push(() => valkey.stop());
    // The real process instead of the one that only counts.
    await callee(INGESTION).close();
    const { app } = proxy(INGESTION);
    const settings = {
      ...settingsOf(INGESTION),
      INGESTION_LISTEN: app,
      INGESTION_OPS_LISTEN: `unix:${join(plane.folder, "ingestion-ops.sock")}`,
      INGESTION_EVENT_LOG_URL: valkey.url,
    };
    const process = startServer(binary, [], inFolder(plane.folder, settings));
    ends.push(() => process.child.kill("SIGKILL"));
    ingress = running().ingress;
    van = await ingress.devices.issue({ uri: `${DEVICES}/van-7` });
    await until(
      "a device to come in",
      async () => {
        if (process.child.exitCode !== null) throw new Error(`ingestion ended: ${process.output()}`);
        return (await stream(ingress.dial(HOST, van), [])).code === 0;
      },
      60_000,
    );
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  describe("a device", () => {
    test("streams its readings, and they are acknowledged; those of another one are refused", async () => {
      const { answers, code } = await stream(ingress.dial(HOST, van), [
        batch(1n, "van-7", "van-8"),
        batch(2n, "van-7.rear"),
      ]);
      expect(code).toBe(0);
      expect(answers.map(({ acknowledgedBatch }) => acknowledgedBatch)).toEqual([0n, 1n, 2n]);
      expect(answers.map(({ refusals }) => refusals.map(({ device, reason }) => [device, reason]))).toEqual([
        [],
        [["devices/van-8", RefusalReason.DEVICE_FOREIGN]],
        [],
      ]);
    });

    test.each([
      ["another device", `URI=${DEVICES}/van-8`],
      ["another device behind the ingress", `URI=${DEVICES}/van-8,${ofIngress}`],
      ["another device, and leaves a quote open", `URI=${DEVICES}/van-8;X="`],
    ])("that says it is %s stays who it is", async (_, header) => {
      const { answers, code } = await stream(ingress.dial(HOST, van), [batch(1n, "van-7", "van-8")], header);
      expect(code).toBe(0);
      expect(answers.at(-1)?.refusals.map(({ device }) => device)).toEqual(["devices/van-8"]);
    });

    test("needs a certificate, by the authority of devices, and with a name of theirs", async () => {
      const [other, mallory] = await Promise.all([authority("devices"), ingress.devices.issue({ uri: idOf("order") })]);
      for (const own of [
        undefined,
        await other.issue({ uri: `${DEVICES}/van-7` }),
        await mesh().plane.authority.issue({ uri: idOf("order") }),
      ]) {
        expect(await stream(ingress.dial(HOST, own), [])).toMatchObject({ code: UNAVAILABLE });
      }
      expect(await stream(ingress.dial(HOST, mallory), [])).toMatchObject(refusedByProxy);
    });
  });

  describe("nobody inside passes for a device", () => {
    const asIf = async (uri: string, header?: string) =>
      stream(await mesh().dialAs(INGESTION, uri), [batch(1n, "van-7")], header);

    test.each(["notification", "gateway"])("not %s, by a header that it writes", async (workload) => {
      for (const header of [undefined, `URI=${DEVICES}/van-7`, `URI=${DEVICES}/van-7,${ofIngress}`]) {
        expect(await asIf(idOf(workload), header), header).toMatchObject(refusedByProxy);
      }
    });

    test("nor what the ingress passes on for somebody else", async () => {
      const ofItself = idOf("istio-ingress", "istio-ingress");
      for (const header of [
        undefined,
        `URI=${idOf("order")}`,
        "URI=spiffe://devices.elsewhere/van-7",
        `Hash=ab;URI=${DEVICES}/van-7`,
      ]) {
        expect(await asIf(ofItself, header), header).toMatchObject(refusedByProxy);
      }
      // The proxy compares the beginning, the process all of it.
      for (const header of [
        `URI=${DEVICES}/van-7,URI=${DEVICES}/van-7`,
        `URI=${DEVICES}/van-7;URI=${DEVICES}/van-7`,
        `URI=${DEVICES}/ns/larder/sa/order`,
      ]) {
        expect(await asIf(ofItself, header), header).toMatchObject(refusedByProcess);
      }
      expect(await asIf(ofItself, `URI=${DEVICES}/van-7`)).toMatchObject({ code: 0 });
    });
  });
}

const idOf = (workload: string, namespace = "larder") => `spiffe://larder.staging/ns/${namespace}/sa/${workload}`;
/** As its sidecar would write it. */
const ofIngress = `By=${idOf(INGESTION)};Hash=ab;Subject="";URI=${idOf("istio-ingress", "istio-ingress")}`;

const [UNAVAILABLE, PERMISSION_DENIED] = [14, 7];
const refusedByProxy = { code: PERMISSION_DENIED, details: "RBAC: access denied" };
const refusedByProcess = { code: PERMISSION_DENIED, details: "the call carries no certificate of a device" };

/** What its Deployment tells the process, but for secrets. */
function settingsOf(workload: string): Record<string, string> {
  const deployment = objectsIn("mesh/kubernetes/staging").find(
    ({ kind, metadata }) => kind === "Deployment" && metadata.name === workload,
  );
  const env: Any[] = deployment.spec.template.spec.containers[0].env;
  return Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
}

let sequence = 0n;
const batch = (batch: bigint, ...devices: string[]): Batch => ({
  batch,
  readings: devices.map((device) => ({
    device: `devices/${device}`,
    sequence: ++sequence,
    measureTime: timestampFromMs(Date.now()),
    celsius: 4.5,
  })),
});

/** Streams batches, at once, and closes the client. Settles with all answers and how the stream ended. */
function stream(client: RawClient, batches: readonly Batch[], forwarded?: string) {
  const metadata = new Metadata();
  if (forwarded !== undefined) metadata.set(FORWARDED, forwarded);
  const call = client.stream(
    PATH,
    (request: Batch) => Buffer.from(toBinary(input, create(input, request))),
    (bytes) => fromBinary(output, bytes),
    metadata,
  );
  const answers: ReturnType<typeof fromBinary<typeof StreamReadingsResponseSchema>>[] = [];
  call.on("data", (answer) => answers.push(answer));
  call.on("error", () => {});
  for (const each of batches) call.write(each);
  call.end();
  return new Promise<{ answers: typeof answers; code: number; details: string }>((resolve) => {
    call.on("status", ({ code, details }) => {
      client.close();
      resolve({ answers, code, details });
    });
  });
}
