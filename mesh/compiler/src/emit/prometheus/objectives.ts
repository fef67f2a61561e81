// Which calls share an objective.

import type { Method, Service, Slo, Workload } from "../../model.ts";

/** What is promised of some methods of a service, of each by itself. */
export interface Objective {
  readonly service: Service;
  /** In the order of the contract; at least one. */
  readonly methods: readonly Method[];
  readonly slo: Slo;
}

/** One for each service, and one more for each method that differs from its service. A stream is never slow: it lasts. */
export const objectivesOf = ({ services }: Workload): Objective[] =>
  services.flatMap((service) => {
    const own = service.methods.filter(({ slo }) => slo);
    const others = service.methods.filter(({ slo }) => !slo);
    return [
      ...(service.slo && others.length > 0 ? [{ service, methods: others, slo: service.slo }] : []),
      ...own.map((method) => ({ service, methods: [method], slo: method.slo as Slo })),
    ];
  });

/** The labels that choose the methods. */
export function labelsOf(service: Service, methods: readonly Method[]): string {
  const names = methods.map(({ name }) => name);
  return `service="${service.id}",method${names.length > 1 ? "=~" : "="}"${names.join("|")}"`;
}

export const unary = (methods: readonly Method[]): Method[] =>
  methods.filter(({ kind }) => kind === "unary" || kind === "client");
