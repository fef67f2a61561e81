// What Istio makes of a way in for devices: who gets through at its ingress, to what, and as whom the workload sees it. The contract is
// the compiler's own for tests.

import { expect, type TestContext, test, vi } from "vitest";
import { parseAllDocuments } from "yaml";
import { library, libraryWithGatesText } from "../../../mesh/compiler/src/emit/testing/library.ts";
import { emitters, parseEnvironment } from "../../../mesh/compiler/src/index.ts";
import { type Any, tool } from "./manifests.ts";
import { allows } from "./rbac.ts";
import { inboundFilter, ingress, type ProxyConfig, routesTo, translation } from "./translation.ts";

vi.setConfig({ testTimeout: 60_000 });

const environment = parseEnvironment(
  libraryWithGatesText
    .replace("namespace: ingress", `namespace: ${ingress.namespace}`)
    .replace("serviceAccount: ingress", `serviceAccount: ${ingress.serviceAccount}`),
  "library.yaml",
);
const gates = (method: string) => `/acme.gates.v1.GatesService/${method}`;
const theirs = ["Follow", "Pass", "Upload"].map(gates);
const host = "gates.library.test";
const device = "spiffe://gates.library.test/door-7";
const port = environment.devices?.port ?? 0;

const objectsOf = (target: string): Any[] =>
  [...(emitters[target]?.(library(), environment) ?? [])]
    .filter(([name]) => name !== "kustomization.yaml")
    .flatMap(([, text]) => parseAllDocuments(text).flatMap((it) => ("toJS" in it ? [it.toJS()] : [])));

let made: Readonly<Record<string, ProxyConfig>> | undefined;
const proxyOf = (context: TestContext, name: string): ProxyConfig => {
  const translate = tool(context, "istio-translate");
  made ??= translation(translate, environment.trustDomain, objectsOf("kubernetes"), objectsOf("istio"), [
    80,
    443,
    port,
  ]);
  const config = made[name];
  if (!config) throw new Error(`no proxy of ${name}`);
  return config;
};

/** The filter chain of the ingress for devices, and its connection manager. */
function wayIn(context: TestContext): { readonly tls: Any; readonly manager: Any } {
  const listeners = proxyOf(context, "ingress").listeners.filter(
    ({ address }) => address.socketAddress.portValue === port,
  );
  const chains = listeners.flatMap(({ filterChains }) => filterChains);
  expect(chains).toHaveLength(1);
  const [{ transportSocket, filters }] = chains;
  const manager = filters.find(({ name }: Any) => name.includes("http_connection_manager")).typedConfig;
  return { tls: transportSocket.typedConfig, manager };
}

test("the ingress takes certificates of the authority of devices, and says itself who they are", (context) => {
  const { tls, manager } = wayIn(context);
  expect(tls.requireClientCertificate).toBe(true);
  const common = tls.commonTlsContext;
  expect(common.tlsParams.tlsMinimumProtocolVersion).toBe("TLSv1_3");
  expect(JSON.stringify(common)).toContain("kubernetes://gates-certificate-cacert");
  expect(manager.forwardClientCertDetails).toBe("SANITIZE_SET");
  expect(manager.setCurrentClientCertDetails).toMatchObject({ uri: true });
});

test("no proxy of the mesh, and no other chain of the ingress, knows that authority", (context) => {
  for (const name of ["gates", "desk", "stock"]) {
    expect(JSON.stringify(proxyOf(context, name)), name).not.toContain("gates-certificate");
  }
  const others = proxyOf(context, "ingress").listeners.filter(
    ({ address }) => address.socketAddress.portValue !== port,
  );
  expect(others.length).toBeGreaterThan(0);
  expect(JSON.stringify(others)).not.toContain("gates-certificate");
});

test("the ingress refuses whoever is no device, and what is not for devices", (context) => {
  const filters: Any[] = wayIn(context).manager.httpFilters.filter(({ name }: Any) => name.endsWith(".rbac"));
  const refused = (principal: string, path: string) =>
    filters.some(({ typedConfig: { rules } }) => {
      expect(rules.action).toBe("DENY");
      return allows({ ...rules, action: "ALLOW" }, { principal, path, port, headers: { ":authority": host } });
    });
  for (const path of theirs) {
    expect(refused(device, path), path).toBe(false);
    for (const other of ["spiffe://library.test/ns/reading/sa/desk", "spiffe://gates.library.test.example/7", ""]) {
      expect(refused(other, path), other).toBe(true);
    }
  }
  for (const path of [gates("Recall"), gates("Pass/"), "/acme.desk.v1.DeskService/Lend", "/"]) {
    expect(refused(device, path), path).toBe(true);
  }
});

test("the ingress has routes to what is for devices, and none at another host", (context) => {
  const routes = routesTo(proxyOf(context, "ingress"), host) ?? [];
  expect(routes.map(({ match }) => match.path).sort()).toEqual(theirs);
  for (const { route, requestHeadersToRemove, requestHeadersToAdd } of routes) {
    expect(requestHeadersToAdd).toEqual([
      {
        header: { key: "x-forwarded-client-cert", value: "URI=%DOWNSTREAM_PEER_URI_SAN%" },
        appendAction: "OVERWRITE_IF_EXISTS_OR_ADD",
      },
    ]);
    expect(route.cluster).toContain("gates.reading.svc.cluster.local");
    expect(requestHeadersToRemove).toContain("x-library-user");
  }
  const books = JSON.stringify(routesTo(proxyOf(context, "ingress"), "books.library.test") ?? []);
  expect(books).not.toContain("GatesService");
});

test("the workload takes the ingress for the caller, on the methods for devices alone, and where it names one", (context) => {
  const { rules } = inboundFilter(proxyOf(context, "gates"), "rbac");
  const principal = `spiffe://library.test/ns/${ingress.namespace}/sa/${ingress.serviceAccount}`;
  const forwarded = (text: string) => ({ headers: { "x-forwarded-client-cert": text } });
  const own = `By=spiffe://library.test/ns/reading/sa/gates;Hash=ab;URI=${principal}`;
  const named = forwarded(`URI=${device},${own}`);
  for (const path of theirs) {
    expect(allows(rules, { principal, path, ...named }), path).toBe(true);
    for (const other of [own, `URI=,${own}`, `URI=spiffe://library.test/ns/reading/sa/desk,${own}`]) {
      expect(allows(rules, { principal, path, ...forwarded(other) }), other).toBe(false);
    }
  }
  expect(allows(rules, { principal, path: gates("Recall"), ...named })).toBe(false);
  for (const path of theirs.concat(gates("Recall")))
    expect(allows(rules, { principal: device, path, ...named }), path).toBe(false);
});
