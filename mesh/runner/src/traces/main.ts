// The trace store of a mesh on one machine: takes the spans of all services, keeps those of the last while, and shows them to
// a browser. Elsewhere any OTLP backend does this.
import { serveBoth } from "../serve-both.ts";
import { tracePages } from "./pages.ts";
import { startReceiver } from "./receiver.ts";
import { TraceStore } from "./store.ts";

const { LISTEN, SOCKET, OTLP_SOCKET } = process.env;
if (!LISTEN || !SOCKET || !OTLP_SOCKET) {
  process.stderr.write("LISTEN, SOCKET and OTLP_SOCKET must be set\n");
  process.exit(64);
}
const store = new TraceStore();
const stop = await startReceiver(store, OTLP_SOCKET);
process.once("SIGTERM", stop);
await serveBoth(tracePages(store), LISTEN, SOCKET);
