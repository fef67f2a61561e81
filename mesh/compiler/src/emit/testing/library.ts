// The contract and the environment that most tests of emitters share: a library with a desk at the edge, a stock behind it, and gates
// that devices at its doors tell what goes in and out.

import { parseEnvironment } from "../../environment.ts";
import { contractOf, proto } from "./contract.ts";

export const libraryFiles = {
  "acme/stock/v1/stock.proto": proto(
    "acme.stock.v1",
    `
option (mesh.v1.workload) = {name: "stock"};
option (mesh.v1.external_workload) = {name: "archive", namespace: "legacy", trust_domain: "old.example"};

service StockService {
  rpc Find(FindRequest) returns (FindResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (mesh.v1.method) = {
      callers: ["desk", "archive"]
      deadline_ms: 400
      retry: {max_attempts: 3, on: [RETRY_CODE_UNAVAILABLE]}
    };
  }
  rpc Take(TakeRequest) returns (TakeResponse) {
    option idempotency_level = IDEMPOTENCY_UNKNOWN;
    option (mesh.v1.method) = {callers: ["desk"], deadline_ms: 1000};
  }
  rpc Shelve(ShelveRequest) returns (ShelveResponse) {
    option idempotency_level = IDEMPOTENT;
    option (mesh.v1.method) = {
      callers: ["desk"]
      deadline_ms: 1000
      retry: {max_attempts: 2, on: [RETRY_CODE_RESOURCE_EXHAUSTED]}
    };
  }
  rpc Count(CountRequest) returns (CountResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (mesh.v1.method) = {
      callers: ["@any"]
      any_caller: {reason: "a number that is no secret"}
      deadline_ms: 1000
    };
  }
  rpc Scrap(ScrapRequest) returns (ScrapResponse) {
    option idempotency_level = IDEMPOTENT;
    option (mesh.v1.method) = {callers: ["desk"], deadline_ms: 1000};
  }
  rpc Loans(LoansRequest) returns (LoansResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (mesh.v1.method) = {callers: ["desk"], deadline_ms: 1000, end_user: END_USER_REQUIRED};
  }
  rpc Hints(HintsRequest) returns (HintsResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (mesh.v1.method) = {callers: ["desk"], deadline_ms: 1000, end_user: END_USER_OPTIONAL};
  }
  rpc Arrivals(ArrivalsRequest) returns (stream ArrivalsResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (mesh.v1.method) = {callers: ["desk"], stream: {idle_ms: 300, max_ms: 5000}};
  }
}`,
  ),
  "acme/desk/v1/desk.proto": proto(
    "acme.desk.v1",
    `
option (mesh.v1.workload) = {
  name: "desk"
  jobs: [{name: "inventory", limit_ms: 5000, calls: [{method: "acme.stock.v1.StockService/Count"}]}]
};

service DeskService {
  rpc GetBook(GetBookRequest) returns (GetBookResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = {get: "/v1/{name=books/*}"};
    option (mesh.v1.method) = {
      callers: ["@edge"]
      deadline_ms: 1000
      calls: [
        {method: "acme.stock.v1.StockService/Find"},
        {method: "acme.stock.v1.StockService/Take", stage: 1},
        {method: "acme.stock.v1.StockService/Shelve", stage: 2},
        {method: "acme.stock.v1.StockService/Loans", stage: 3},
        {method: "acme.stock.v1.StockService/Hints", stage: 4},
        {method: "acme.stock.v1.StockService/Arrivals", stage: 5}
      ]
    };
  }
  rpc SearchBooks(SearchBooksRequest) returns (SearchBooksResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = {get: "/v1/books/search"};
    option (mesh.v1.method) = {callers: ["@edge"], scopes: ["books.search"], deadline_ms: 1000};
  }
  rpc Lend(LendRequest) returns (LendResponse) {
    option idempotency_level = IDEMPOTENT;
    option (google.api.http) = {post: "/v1/{name=books/*}:lend", body: "*"};
    option (mesh.v1.method) = {callers: ["@edge", "clerk"], scopes: ["books.write", "loans.write"], deadline_ms: 1000};
  }
  rpc Scan(stream ScanRequest) returns (ScanResponse) {
    option idempotency_level = IDEMPOTENCY_UNKNOWN;
    option (mesh.v1.method) = {callers: ["@edge"], scopes: ["books.write"], deadline_ms: 2000};
  }
}`,
  ),
  "acme/gates/v1/gates.proto": proto(
    "acme.gates.v1",
    `
option (mesh.v1.workload) = {name: "gates"};

service GatesService {
  rpc Pass(PassRequest) returns (PassResponse) {
    option idempotency_level = IDEMPOTENT;
    option (mesh.v1.method) = {callers: ["@device"], deadline_ms: 1000};
  }
  rpc Follow(FollowRequest) returns (stream FollowResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (mesh.v1.method) = {callers: ["@device"], stream: {idle_ms: 300, max_ms: 5000}};
  }
  rpc Upload(stream UploadRequest) returns (UploadResponse) {
    option idempotency_level = IDEMPOTENT;
    option (mesh.v1.method) = {callers: ["@device", "desk"], deadline_ms: 2000};
  }
  rpc Recall(RecallRequest) returns (RecallResponse) {
    option idempotency_level = IDEMPOTENT;
    option (mesh.v1.method) = {callers: ["desk"], deadline_ms: 1000};
  }
}`,
  ),
  "acme/clerk/v1/clerk.proto": proto("acme.clerk.v1", `option (mesh.v1.workload) = {name: "clerk"};`),
};

export const library = () => contractOf(libraryFiles);

export const libraryEnvironmentText = `
namespace: reading
trustDomain: library.test
clusterDomain: cluster.local
operator: operator
userAssertion: { header: x-library-user, issuer: desk, audience: inner }
edge:
  port: 18080
  tlsPort: 18443
  issuer: { url: "https://issuer.library.test", audience: library }
  rateLimit: { requestsPerSecond: 1000, burst: 1000 }
  maxRequestBytes: 100000
  allowOrigin: https://shop.test
  passthrough: { paths: [/, /healthz], prefixes: [/console/] }
devices:
  trustDomain: gates.library.test
  port: 18445
  rateLimit: { requestsPerSecond: 1000, burst: 1000 }
  maxStreams: 8
  maxRequestBytes: 100000
defaults:
  concurrency: { maxRequests: 64, maxPending: 64, maxConnections: 8 }
  outlierDetection: { consecutiveErrors: 20, intervalMs: 100, ejectionMs: 400, maxEjectionPercent: 50 }
workloads:
  desk: { runtime: node, entry: desk/main.ts }
  stock: { runtime: go, entry: stock, stores: [database], concurrency: { maxRequests: 4 } }
`;

export const libraryEnvironment = () => parseEnvironment(libraryEnvironmentText, "library.yaml");

/** The library in a cluster: Istio, an ingress, a database inside and a post office outside. */
export const libraryClusterText = libraryEnvironmentText
  .replace("stock: {", "stock: { uses: [mail], files: { /etc/library/keys: { configMap: user-keys } },")
  .replace(
    "defaults:",
    `cluster:
  system: library
  mesh: istio
  images: { registry: registry.library.test/library, tag: 1.2.3 }
  ingress:
    namespace: ingress
    labels: { istio: ingress }
    serviceAccount: ingress
    hosts: { desk: books.library.test }
    tlsSecret: books-certificate
  monitoring: { namespace: monitoring, labels: { app.kubernetes.io/name: prometheus } }
destinations:
  database:
    host: postgres.data.svc.cluster.local
    port: 5432
    pods: { namespace: data, labels: { app.kubernetes.io/name: postgres } }
    secrets: { "{WORKLOAD}_DATABASE_URL": { name: "{workload}-database", key: url } }
  mail: { host: smtp.library.test, port: 465, tls: true, cidrs: [192.0.2.25/32] }
defaults:
  replicas: 2
  resources: { requests: { cpu: 100m, memory: 64Mi }, limits: { memory: 128Mi } }
  settings: { "{WORKLOAD}_LISTEN": "0.0.0.0:50051" }`,
  );

/** The same with the gates, and a way in for devices. */
export const libraryWithGatesText = libraryClusterText
  .replace(
    "tlsSecret: books-certificate",
    "tlsSecret: books-certificate\n    devices: { hosts: { gates: gates.library.test }, tlsSecret: gates-certificate }",
  )
  .concat("  gates: {}\n");

/** `change` gets the text of the environment file. */
export const libraryCluster = (change: (text: string) => string = (text) => text) =>
  parseEnvironment(change(libraryClusterText), "library.yaml");
