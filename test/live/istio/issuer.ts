// The identity provider that an environment names, outside of the cluster: the one of `make up`, with a certificate for that name. The name
// leads nowhere here, so istiod is given a proxy to the outside, as in clusters that have one, and this leads there.

import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import { importJWK, type JWTPayload, SignJWT } from "jose";
import { authority } from "../../../mesh/compiler/src/emit/testing/certificates.ts";
import { startIssuer } from "../../../mesh/runner/src/issuer/issuer.ts";

export interface OutsideIssuer {
  /** What istiod has to be told to find it, and to believe its certificate. */
  readonly environment: Readonly<Record<string, string>>;
  /** The paths that were asked for through the proxy. */
  readonly asked: readonly string[];
  /** What it gives a demo user. */
  token(user: string, scope: string): Promise<string>;
  /** A token by its own key, of somebody with all claims that are not given as it gives them. */
  signed(claims: JWTPayload): Promise<string>;
  stop(): Promise<void>;
}

/** Starts it, as the issuer with this URL. */
export async function startOutsideIssuer(url: string, audience: string): Promise<OutsideIssuer> {
  const { hostname } = new URL(url);
  const folder = mkdtempSync(join(tmpdir(), "larder-issuer-"));
  const outside = await authority("the outside");
  const { key, certificate } = await outside.issue({ dns: hostname });
  const bundle = join(folder, "authority.pem");
  writeFileSync(bundle, outside.bundle);
  const answer = await startIssuer({ url, folder, edgeUrl: "https://shop.invalid", audience });
  const asked: string[] = [];
  const issuer = createSecureServer({ key, cert: certificate }, (incoming, response) => {
    asked.push(incoming.url ?? "");
    answer(incoming, response);
  });
  const port = await listening(issuer);
  const proxy = createServer((_, response) => response.writeHead(403).end());
  const open = new Set<Socket>();
  proxy.on("connect", ({ url: wanted }: IncomingMessage, client: Socket) => {
    if (wanted !== `${hostname}:443`) return void client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    const server = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(server).pipe(client);
    });
    for (const socket of [client, server]) {
      open.add(socket);
      socket.on("error", () => {}).on("close", () => open.delete(socket));
    }
  });
  const environment = {
    HTTPS_PROXY: `http://127.0.0.1:${await listening(proxy)}`,
    SSL_CERT_FILE: bundle,
  };
  const { signing } = JSON.parse(readFileSync(join(folder, "keys.json"), "utf8"));
  return {
    environment,
    asked,
    async token(user, scope) {
      const form = { client_id: "larder-cli", grant_type: "password", username: user, password: "larder", scope };
      const socket = connectTls({ host: "127.0.0.1", port, servername: hostname, ca: outside.bundle });
      const headers = { host: hostname, "content-type": "application/x-www-form-urlencoded" };
      const request = httpRequest({ method: "POST", path: "/token", headers, createConnection: () => socket });
      request.end(new URLSearchParams(form).toString());
      const [response] = (await once(request, "response")) as [IncomingMessage];
      const answered = await text(response);
      const { access_token } = JSON.parse(answered) as { access_token?: string };
      if (!access_token) throw new Error(`the issuer gave no token: ${answered}`);
      return access_token;
    },
    async signed(claims) {
      const payload = { iss: url, aud: audience, sub: "ada", exp: Math.floor(Date.now() / 1000) + 600, ...claims };
      const header = { alg: "ES256", kid: signing.kid, typ: "at+jwt" };
      return new SignJWT(payload).setProtectedHeader(header).sign(await importJWK(signing, "ES256"));
    },
    async stop() {
      for (const socket of open) socket.destroy();
      issuer.closeAllConnections();
      for (const server of [issuer, proxy]) await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The port that it got. */
async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
