// A workload for the runner's tests: answers Echo on X_LISTEN and readiness on X_OPS_LISTEN, and follows SIGTERM.
// TEST_CRASH=boot ends it at once with code 3; TEST_CRASH=settings with 64.
import { unlinkSync } from "node:fs";
import { createServer } from "node:http";
import { Server, ServerCredentials } from "@grpc/grpc-js";

const workload = process.env.TEST_WORKLOAD ?? "echo";
const prefix = workload.toUpperCase();
const listen = process.env[`${prefix}_LISTEN`] ?? "unix:app.sock";
const opsListen = process.env[`${prefix}_OPS_LISTEN`] ?? "unix:ops.sock";

console.log(JSON.stringify({ message: "starting", workload, pid: process.pid }));
if (process.env.TEST_CRASH === "boot") {
  console.error("the cupboard is bare");
  process.exit(3);
}
if (process.env.TEST_CRASH === "settings") process.exit(64);

const identity = (bytes: Buffer): Buffer => bytes;
const server = new Server();
server.addService(
  {
    echo: {
      path: "/larder.test.v1.EchoService/Echo",
      requestStream: false,
      responseStream: false,
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: identity,
      responseDeserialize: identity,
    },
  },
  {
    // Answers with who called, as the sidecar says, and with what was sent.
    echo: (call: any, callback: any) => {
      const caller = String(call.metadata.get("x-forwarded-client-cert")[0] ?? "");
      callback(null, Buffer.from(JSON.stringify({ pid: process.pid, caller, body: call.request.toString() })));
    },
  },
);

function remove(address: string): void {
  if (!address.startsWith("unix:")) return;
  try {
    unlinkSync(address.slice(5));
  } catch {
    // Nothing was left behind.
  }
}

const ops = createServer((request, response) => {
  if (request.url === "/env") return void response.end(JSON.stringify(process.env));
  response.statusCode = request.url === "/readyz" ? 200 : 404;
  response.end();
});

remove(listen);
server.bindAsync(listen, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
  remove(opsListen);
  ops.listen(opsListen.slice("unix:".length));
});

process.on("SIGTERM", () => {
  console.log(JSON.stringify({ message: "draining", workload }));
  ops.close();
  server.tryShutdown(() => process.exit(0));
});
