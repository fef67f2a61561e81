// The way in for devices as text and as meaning. What Istio itself makes of it is in test/live.

import { join } from "node:path";
import { expect, test } from "vitest";
import { parseEnvironment } from "../../environment.ts";
import { contractOf, repository } from "../testing/contract.ts";
import { library, libraryFiles, libraryWithGatesText } from "../testing/library.ts";
import { type Any, objectsIn } from "../testing/manifests.ts";
import { emitIstio } from "./index.ts";

const contract = library();
const gates = (method: string) => `/acme.gates.v1.GatesService/${method}`;
const theirs = ["Follow", "Pass", "Upload"].map(gates);
const withGates = (change: (text: string) => string = (text) => text) =>
  emitIstio(contract, parseEnvironment(change(libraryWithGatesText), "library.yaml"));
const made = objectsIn(withGates());
const rules: Any[] = made["AuthorizationPolicy/gates"].spec.rules;
const byIngress = () =>
  rules.filter(({ from }) =>
    from?.some(({ source }: Any) => source.principals?.includes("library.test/ns/ingress/sa/ingress")),
  );

test("devices have the text on record", async () => {
  const golden = join(repository, "mesh/compiler/testdata/emit/istio/gates.yaml");
  await expect(withGates().get("gates.yaml")).toMatchFileSnapshot(golden);
});

test("devices come in at a port of their own, by mutual TLS 1.3 with the authority in a secret of its own", () => {
  expect(made["Gateway/gates-devices"].spec).toEqual({
    selector: { istio: "ingress" },
    servers: [
      {
        port: { number: 18445, name: "https-devices", protocol: "HTTPS" },
        hosts: ["reading/gates.library.test"],
        tls: { mode: "MUTUAL", credentialName: "gates-certificate", minProtocolVersion: "TLSV1_3" },
      },
    ],
  });
  expect(made["PeerAuthentication/default"].spec).toEqual({ mtls: { mode: "STRICT" } });
});

test("devices have routes to what is for them and to nothing else, without the word of a user", () => {
  const { hosts, gateways, http } = made["VirtualService/gates-devices"].spec;
  expect([hosts, gateways]).toEqual([["gates.library.test"], ["gates-devices"]]);
  expect(http.map(({ match }: Any) => match)).toEqual(theirs.map((exact) => [{ uri: { exact } }]));
  for (const each of http) {
    expect(each.headers.request.remove).toEqual(["x-library-user"]);
    expect(each.retries).toMatchObject({ attempts: 1 });
  }
});

test("devices are named by the ingress in place of whatever they sent, and the workload takes nobody else from it", () => {
  const { http } = made["VirtualService/gates-devices"].spec;
  for (const { headers } of http) {
    expect(headers.request.set).toEqual({ "x-forwarded-client-cert": "URI=%DOWNSTREAM_PEER_URI_SAN%" });
  }
  const named = {
    key: "request.headers[x-forwarded-client-cert]",
    values: ["URI=spiffe://gates.library.test/*"],
  };
  for (const { when } of byIngress()) expect(when).toEqual([named]);
});

test("devices are refused at the ingress for what is not theirs, and so is whoever is none", () => {
  const { metadata, spec } = made["AuthorizationPolicy/reading-gates-devices"];
  const theirPlace = { hosts: ["gates.library.test", "gates.library.test:*"], ports: ["18445"] };
  expect(metadata.namespace).toBe("ingress");
  expect(spec).toEqual({
    selector: { matchLabels: { istio: "ingress" } },
    action: "DENY",
    rules: [
      { from: [{ source: { notPrincipals: ["gates.library.test/*"] } }], to: [{ operation: theirPlace }] },
      { to: [{ operation: { ...theirPlace, notPaths: theirs } }] },
    ],
  });
});

test("devices reach the workload by the ingress, which may pass on that and no more", () => {
  expect(byIngress().flatMap(({ to }) => to[0].operation.paths)).toEqual(theirs);
  const recall = rules.find(({ to }) => to?.[0].operation.paths?.includes(gates("Recall")));
  expect(recall.from).toEqual([{ source: { principals: ["library.test/ns/reading/sa/desk"] } }]);
});

test("devices need a way in, a host that nobody else has, and methods that are not for everybody too", () => {
  const without = (text: string) => text.replace(/^ {4}devices: .*\n/m, "");
  expect(() => withGates(without)).toThrow("gates has methods for @device, and cluster.ingress.devices is missing");
  expect(() => withGates((text) => text.replace("hosts: { gates: gates.", "hosts: { desk: gates."))).toThrow(
    "gates has methods for @device, and cluster.ingress.devices.hosts names no host for it",
  );
  expect(() => withGates((text) => text.replace("gates: gates.library", "gates: books.library"))).toThrow(
    "cluster.ingress.devices.hosts.gates is a host for everybody too",
  );
  const files = { ...libraryFiles };
  files["acme/gates/v1/gates.proto"] = files["acme/gates/v1/gates.proto"].replace(
    '{callers: ["@device"], deadline_ms: 1000}',
    '{callers: ["@device", "@edge"], scopes: ["gates.write"], deadline_ms: 1000}',
  );
  const environment = parseEnvironment(
    libraryWithGatesText.replace(
      "hosts: { desk: books.library.test }",
      "hosts: { desk: books.library.test, gates: g.library.test }",
    ),
    "library.yaml",
  );
  expect(() => emitIstio(contractOf(files), environment)).toThrow(
    "acme.gates.v1.GatesService/Pass is for @edge and for @device, which Istio's ingress does not keep apart",
  );
});
