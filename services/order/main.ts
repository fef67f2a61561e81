// Starts the order service.
import { run, serve } from "@larder/platform";
import { loadConfig } from "./config.ts";
import { orderService } from "./service.ts";

await run(async () => {
  const config = loadConfig();
  await serve(config.platform, await orderService(config));
});
