// The client behaviour that was generated from the contract: gRFC A6 JSON by full name of the service.

const generated = "@larder/contract/mesh/service_configs.js";
export const serviceConfigs: Readonly<Record<string, string>> = await import(generated).then(
  (module: { serviceConfigs: Record<string, string> }) => module.serviceConfigs,
  () => ({}),
);
