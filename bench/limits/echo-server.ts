// What the kit is measured against: GetProduct answered from a constant, by grpc-js alone (`bare`) or with the kit (`kit`).
import { create, toBinary } from "@bufbuild/protobuf";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { CatalogService, GetProductResponseSchema } from "@larder/contract/larder/catalog/v1/catalog_service_pb.js";
import { type Handler, implement, platformSettings, readEnv, serve } from "@larder/platform";

const [kind, address] = process.argv.slice(2);
const answer = create(GetProductResponseSchema, {
  product: { name: "products/one", displayName: "One", brand: "Bench", category: "dairy", unit: "g", packSize: 1 },
});

if (kind === "bare") {
  const server = new Server();
  const bytes = () => Buffer.from(toBinary(GetProductResponseSchema, answer));
  server.addService(
    {
      getProduct: {
        path: `/${CatalogService.typeName}/GetProduct`,
        requestStream: false,
        responseStream: false,
        requestSerialize: (value: Buffer) => value,
        requestDeserialize: (value: Buffer) => value,
        responseSerialize: (value: Buffer) => value,
        responseDeserialize: (value: Buffer) => value,
      },
    },
    { getProduct: (_call: unknown, respond: (error: null, value: Buffer) => void) => respond(null, bytes()) },
  );
  server.bindAsync(`unix:${address}`, ServerCredentials.createInsecure(), () => console.log("ready"));
} else {
  const { platform } = readEnv(platformSettings("BENCH"), {
    BENCH_LISTEN: `unix:${address}`,
    BENCH_OPS_LISTEN: `unix:${address}.ops`,
  });
  const handler = { getProduct: () => answer } as unknown as Handler<typeof CatalogService>;
  for (const { localName } of CatalogService.methods)
    if (localName !== "getProduct")
      Object.assign(handler, { [localName]: () => Promise.reject(new Error("not here")) });
  await serve(platform, { workload: "bench", routes: [implement(CatalogService, handler)] });
  console.log("ready");
}
