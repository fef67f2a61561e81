// The way in for devices: the ingress of the mesh, where it takes certificates of their authority alone, in front of a workload's methods
// for them. The proxies of the mesh never hear of that authority; behind the ingress its identity is the caller, and tells the workload,
// in the first element of x-forwarded-client-cert, which device it speaks for.

import { InputError } from "../../input-error.ts";
import { EDGE, type Workload } from "../../model.ts";
import { from } from "../calls.ts";
import { type InCluster, object, selectorOf } from "../cluster.ts";
import { devicesOf } from "../devices.ts";
import { deviceMethods } from "../identity.ts";
import { devicesIngressOf } from "../ingress.ts";
import { note, type Yaml, type YamlMap } from "../yaml.ts";
import { networking, principal, security } from "./names.ts";
import { faultOf, limits, onlyUnreached, routesTo } from "./routes.ts";

/** Who calls, as each proxy on the way tells the next, in elements that commas separate. */
const certificateHeader = "x-forwarded-client-cert";
const identityIs = "URI=";

/** Throws InputError where the environment has no devices, no way in for them, or a method is for devices and for everybody. */
export function deviceObjects(environment: InCluster, workload: Workload): YamlMap[] {
  const methods = deviceMethods(workload);
  const { namespace, userAssertion } = environment;
  const { port, trustDomain } = devicesOf(environment, methods);
  const ingress = devicesIngressOf(environment, workload);
  const { host } = ingress;
  const name = `${workload.name}-devices`;
  const head = { apiVersion: networking, name, namespace, labels: selectorOf(workload.name) };
  const tls = { mode: "MUTUAL", credentialName: ingress.tlsSecret, minProtocolVersion: "TLSV1_3" };
  const gateway = object(
    { ...head, kind: "Gateway" },
    {
      spec: {
        selector: { ...ingress.labels },
        servers: [
          { port: { number: port, name: "https-devices", protocol: "HTTPS" }, hosts: [`${namespace}/${host}`], tls },
        ],
      },
    },
  );
  const request = {
    // Whatever the ingress is set to do with what comes from outside: the certificate's one identity, and no more.
    set: { [certificateHeader]: `${identityIs}%DOWNSTREAM_PEER_URI_SAN%` },
    remove: userAssertion ? [userAssertion.header] : undefined,
  };
  const http = methods.flatMap((method) =>
    routesTo(environment, workload, (headers, route) =>
      note(from(method), {
        match: [{ uri: { exact: method.path }, ...headers }],
        ...route,
        headers: { request },
        ...limits(method),
        ...faultOf(environment, method),
        ...onlyUnreached,
      }),
    ),
  );
  const routes = object({ ...head, kind: "VirtualService" }, { spec: { hosts: [host], gateways: [name], http } });
  // With the port: a rule to refuse that knows HTTP alone would refuse everything that is no HTTP, at every port of the ingress.
  const operation = { hosts: [host, `${host}:*`], ports: [`${port}`] };
  const refused = object(
    {
      apiVersion: security,
      kind: "AuthorizationPolicy",
      name: `${namespace}-${name}`,
      namespace: ingress.namespace,
      labels: selectorOf(workload.name),
    },
    {
      spec: {
        selector: { matchLabels: { ...ingress.labels } },
        action: "DENY",
        rules: [
          note("Whoever is no device, though the authority of devices signed for it.", {
            from: [{ source: { notPrincipals: [`${trustDomain}/*`] } }],
            to: [{ operation }],
          }),
          note("What is not for devices.", {
            to: [{ operation: { ...operation, notPaths: methods.map(({ path }) => path) } }],
          }),
        ],
      },
    },
  );
  return [gateway, routes, refused];
}

/** What the ingress may pass on, for devices alone. It is who calls for everybody else outside too, so a method cannot be for both. */
export function deviceRules(environment: InCluster, workload: Workload): Yaml[] {
  const { ingress } = environment.cluster;
  if (!ingress) throw new InputError(`${workload.name} has methods for @device, and cluster.ingress is missing`);
  const methods = deviceMethods(workload);
  const source = { principals: [principal({ ...ingress, trustDomain: environment.trustDomain })] };
  const { trustDomain } = devicesOf(environment, methods);
  const when = [{ key: `request.headers[${certificateHeader}]`, values: [`${identityIs}spiffe://${trustDomain}/*`] }];
  return methods.map((method) => {
    if (method.callers.includes(EDGE)) {
      throw new InputError(`${method.id} is for @edge and for @device, which Istio's ingress does not keep apart`);
    }
    return note(from(method), { from: [{ source }], to: [{ operation: { paths: [method.path] } }], when });
  });
}
