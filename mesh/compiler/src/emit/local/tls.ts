// Mutual TLS between sidecars. Certificates come from files that are renewed in place while connections live on.

import { named, type Yaml } from "../yaml.ts";
import { extension } from "./http.ts";
import { paths, secrets } from "./names.ts";

const transportSocket = "envoy.transport_sockets.tls";

const secret = (name: string, path: string): Yaml =>
  named(`secret-${name}`, {
    name,
    sds_config: {
      path_config_source: { path, watched_directory: { path: paths.secrets } },
      resource_api_version: "V3",
    },
  });

const tls13 = { tls_minimum_protocol_version: "TLSv1_3", tls_maximum_protocol_version: "TLSv1_3" };

/** The inner side of a callee: TLS 1.3 and a certificate of the mesh, or no connection. A session is never resumed, so
 * that each connection shows a certificate that is valid now. */
export const meshServer = (): Yaml =>
  extension(transportSocket, "extensions.transport_sockets.tls.v3.DownstreamTlsContext", {
    require_client_certificate: true,
    disable_stateless_session_resumption: true,
    disable_stateful_session_resumption: true,
    common_tls_context: {
      tls_params: tls13,
      alpn_protocols: ["h2"],
      tls_certificate_sds_secret_configs: [secret(secrets.svid, paths.svid)],
      validation_context_sds_secret_config: secret(secrets.bundle, paths.bundle),
    },
  });

/** The side of a caller: the callee must have the identity that the contract says, whatever address it has. */
export const meshClient = (calleeId: string, host: string): Yaml =>
  extension(transportSocket, "extensions.transport_sockets.tls.v3.UpstreamTlsContext", {
    sni: host,
    max_session_keys: 0,
    common_tls_context: {
      tls_params: tls13,
      alpn_protocols: ["h2"],
      tls_certificate_sds_secret_configs: [secret(secrets.svid, paths.svid)],
      combined_validation_context: {
        default_validation_context: {
          match_typed_subject_alt_names: [{ san_type: "URI", matcher: { exact: calleeId } }],
        },
        validation_context_sds_secret_config: secret(secrets.bundle, paths.bundle),
      },
    },
  });

/**
 * The side that devices dial: TLS 1.3 and a certificate of a device, by its own authority, or no connection. The certificate that they
 * are shown is of that authority too: it is the only one they need to know.
 */
export const devicesServer = (ids: string): Yaml =>
  extension(transportSocket, "extensions.transport_sockets.tls.v3.DownstreamTlsContext", {
    require_client_certificate: true,
    disable_stateless_session_resumption: true,
    disable_stateful_session_resumption: true,
    common_tls_context: {
      tls_params: tls13,
      alpn_protocols: ["h2"],
      tls_certificate_sds_secret_configs: [secret(secrets.devices, paths.devicesCertificate)],
      combined_validation_context: {
        default_validation_context: {
          match_typed_subject_alt_names: [{ san_type: "URI", matcher: { safe_regex: { regex: ids } } }],
        },
        validation_context_sds_secret_config: secret(secrets.devicesBundle, paths.devicesBundle),
      },
    },
  });

/** The outer side of the edge: a server certificate only; who calls is known by the token. */
export const edgeServer = (): Yaml =>
  extension(transportSocket, "extensions.transport_sockets.tls.v3.DownstreamTlsContext", {
    common_tls_context: {
      tls_params: { tls_minimum_protocol_version: "TLSv1_2" },
      alpn_protocols: ["h2", "http/1.1"],
      tls_certificate_sds_secret_configs: [secret(secrets.edge, paths.edgeCertificate)],
    },
  });
