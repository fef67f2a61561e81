// An outside program: it knows the installed package and an address, and prints what the catalog said.

import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { CatalogService } from "@larder/contract/larder/catalog/v1/catalog_service_pb.js";

const [address, name] = process.argv.slice(2);
const catalog = createClient(CatalogService, createGrpcTransport({ baseUrl: `http://${address}` }));
const { product } = await catalog.getProduct({ name: name ?? "" });
const refused = await catalog.getProduct({ name: "products/no-such-thing" }).then(
  () => "nothing",
  (error) => Code[ConnectError.from(error).code],
);
console.log(JSON.stringify({ displayName: product?.displayName, units: String(product?.price?.units), refused }));
process.exit(0);
