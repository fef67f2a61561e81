// The gateway: the way in from outside the mesh.
import { Health, lifecycle, run } from "@larder/platform";
import { assertionSigner } from "./assertion.ts";
import { loadConfig } from "./config.ts";
import { edge, edgeServices } from "./edge.ts";
import { edgeListener } from "./listener.ts";
import { noLimit, rateLimit } from "./rate.ts";
import { tokenChecker } from "./token.ts";

await run(async () => {
  const config = loadConfig();
  const { cacheUrl, callsPerMinute } = config;
  const rate = cacheUrl && callsPerMinute > 0 ? rateLimit(cacheUrl, callsPerMinute) : noLimit;
  const gate = { checkToken: tokenChecker(config), assert: await assertionSigner(config.userKey), rate };
  const health = new Health(edgeServices);
  await lifecycle(config.platform, {
    workload: "gateway",
    listener: edgeListener(edge(config.platform, gate, health, config.corsOrigin), (up) => health.set(up)),
    close: rate.close,
  });
});
