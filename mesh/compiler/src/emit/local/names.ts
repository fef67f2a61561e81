// The names by which the parts of a local mesh know each other.
// Every path is relative: a sidecar runs in the folder of its instance, so one bootstrap serves every instance and clone.

export const paths = {
  app: "app.sock",
  outbound: "out.sock",
  admin: "admin.sock",
  accessLog: "access.log",
  secrets: "sds",
  svid: "sds/svid.yaml",
  bundle: "sds/bundle.yaml",
  edgeCertificate: "sds/edge.yaml",
  devicesCertificate: "sds/devices.yaml",
  devicesBundle: "sds/devices-bundle.yaml",
  userKeys: "../trust/user-jwks.json",
  issuer: "../issuer/app.sock",
  endpoints: (workload: string) => `../endpoints/${workload}.yaml`,
} as const;

/** The names of the secrets inside the files above. */
export const secrets = {
  svid: "svid",
  bundle: "bundle",
  edge: "edge",
  devices: "devices",
  devicesBundle: "devices-bundle",
} as const;

/** Clusters that are not a workload. The rules keep these names free: no workload may have them. */
export const clusters = { app: "app", issuer: "issuer" } as const;

/**
 * Set by the sidecar of a callee on the refusal that it gives for its process when it could not even connect. It tells
 * the sidecar of the caller that no handler saw the call. Neither process can set or see it.
 */
export const unreachedHeader = "x-mesh-unreached";

/** Headers by which Envoy would take orders from whoever sends a request: more tries, other time limits. */
export const envoyHeaderPrefix = "x-envoy-";
