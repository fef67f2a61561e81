// The policy matrix where devices come in: a device calls every method there is, and nobody changes places.

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  BatchIngestReadingsRequestSchema,
  BatchIngestReadingsResponseSchema,
} from "@larder/contract/larder/telemetry/v1/ingestion_service_pb.js";
import { RefusalReason } from "@larder/contract/larder/telemetry/v1/reading_pb.js";
import { beforeAll, expect, test } from "vitest";
import { deviceCertificate, loadMeshEnvironment } from "../../mesh/runner/src/index.ts";
import { identityOf, readContract } from "../contract.ts";
import { sharedMesh } from "../mesh.ts";
import { framed, unframed, Wire } from "../wire.ts";
import { authorityOf, wrongIn } from "./callers.ts";

const mesh = sharedMesh();
const contract = readContract();
let device: Awaited<ReturnType<typeof deviceCertificate>>;

beforeAll(async () => {
  device = await deviceCertificate(await loadMeshEnvironment(), { data: mesh.data() }, "matrix-1");
});

const dial = (
  port: number,
  authority: string,
  { certificate, key }: { certificate: string; key: string },
  ca: string,
) => Wire.tls(port, authority, { cert: certificate, key, ca });

test("a device reaches the methods for devices, and no others", async () => {
  const wire = await dial(mesh.ports.devices, `localhost:${mesh.ports.devices}`, device, device.bundle);
  const allowed = ({ callers }: (typeof contract.methods)[number]) => callers.includes("@device");
  const { methods } = contract;
  expect(methods.filter(allowed).length).toBeGreaterThan(0);
  expect(await wrongIn(mesh, { title: device.id, callee: "ingestion", methods, wire, headers: {}, allowed })).toEqual(
    [],
  );
  wire.close();
});

test("a device does not get in where workloads do", async () => {
  for (const callee of contract.workloads) {
    const port = (await mesh.inboundPort(callee)) ?? 0;
    await expect(dial(port, authorityOf(callee), device, mesh.bundle), callee).rejects.toThrow(/unknown ca/);
  }
});

test("a workload does not get in where devices do", async () => {
  for (const name of ["gateway", "ingestion", "operator"]) {
    const own = await mesh.certificate(identityOf(name).id);
    const { devices } = mesh.ports;
    await expect(dial(devices, `localhost:${devices}`, own, device.bundle), name).rejects.toThrow(/unknown ca/);
  }
});

test("a device that says in its headers that it is another one is taken for itself", async () => {
  const wire = await dial(mesh.ports.devices, `localhost:${mesh.ports.devices}`, device, device.bundle);
  const reading = (name: string) => ({
    ...{ device: `devices/${name}`, sequence: 1n, celsius: 4 },
    measureTime: timestampFromMs(Date.now()),
  });
  const request = create(BatchIngestReadingsRequestSchema, { readings: [reading("matrix-1"), reading("matrix-2")] });
  const { code, body } = await wire.call(
    "/larder.telemetry.v1.IngestionService/BatchIngestReadings",
    { "x-forwarded-client-cert": "URI=spiffe://devices.larder.local/matrix-2" },
    framed(toBinary(BatchIngestReadingsRequestSchema, request)),
  );
  wire.close();
  expect(code).toBe("OK");
  const { accepted, refusals } = fromBinary(BatchIngestReadingsResponseSchema, unframed(body));
  expect(accepted).toBe(1);
  expect(refusals).toMatchObject([{ device: "devices/matrix-2", reason: RefusalReason.DEVICE_FOREIGN }]);
});
