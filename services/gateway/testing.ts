// A gateway for tests: the real edge with real protocols, in front of a handler of the test's own.
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DescService } from "@bufbuild/protobuf";
import { ColdChainService } from "@larder/contract/larder/storefront/v1/cold_chain_service_pb.js";
import { StorefrontService } from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { Health, type User } from "@larder/platform";
import { assertionSigner } from "./assertion.ts";
import { edgeServices, serveEdge } from "./edge.ts";
import { tokenInvalid } from "./errors.ts";
import { edgeListener } from "./listener.ts";
import { type EdgeHandler, type Gate, gated } from "./pipeline.ts";
import { noLimit } from "./rate.ts";

export interface TestGateway {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  close(): Promise<void>;
}

/** The tokens of tests are `<user>:<scope>,<scope>`; anything else is forged. */
export async function checkTestToken(token: string): Promise<User> {
  const [, subject, scopes] = /^([a-z]+):([a-z.,]*)$/.exec(token) ?? [];
  if (!subject) throw tokenInvalid(new Error("not a token of a test"));
  return { subject, scopes: (scopes ?? "").split(",").filter(Boolean) };
}

export type StorefrontHandler = Partial<EdgeHandler<typeof StorefrontService>>;
export type ColdChainHandler = Partial<EdgeHandler<typeof ColdChainService>>;

/** Serves the storefront and the cold chain; methods without a handler fail as an error of the program would. */
export async function startGateway(
  storefront: StorefrontHandler,
  gate: Partial<Gate> = {},
  coldChain: ColdChainHandler = {},
): Promise<TestGateway> {
  const folder = mkdtempSync(join(tmpdir(), "larder-gateway-"));
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(join(folder, "key.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
  const assert = await assertionSigner(join(folder, "key.pem"));
  const missing = () => Promise.reject(new Error("the test has no handler for this: secret detail"));
  const complete = <S extends DescService>({ methods }: S, handler: Partial<EdgeHandler<S>>) =>
    ({
      ...Object.fromEntries(methods.map(({ localName }) => [localName, missing])),
      ...handler,
    }) as unknown as EdgeHandler<S>;
  const behind: Gate = { checkToken: checkTestToken, assert, rate: noLimit, ...gate };
  const methods = [
    ...gated(StorefrontService, complete(StorefrontService, storefront), behind),
    ...gated(ColdChainService, complete(ColdChainService, coldChain), behind),
  ];
  const health = new Health(edgeServices);
  health.set(true);
  const listener = edgeListener(serveEdge(methods, health, "*"), () => {});
  const address = await listener.listen("127.0.0.1:0");
  return {
    url: `http://${address}`,
    async close() {
      listener.abort();
      await listener.drain();
      rmSync(folder, { recursive: true });
    },
  };
}
