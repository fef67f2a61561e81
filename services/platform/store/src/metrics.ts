// Counts that are kept anyway, shown among the metrics of the process when somebody asks for them.

import { metrics } from "@larder/platform";

/** A count, with the labels that tell it from others of the same name. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Adds a counter to the metrics of the process. `read` is called for every scrape; nothing is paid in between. */
export const exposeCounter = (name: string, help: string, read: () => readonly Sample[]): void =>
  expose({ name, help, type: "counter", aggregator: "sum" }, read);

/** The same for what may fall as well as rise; of several processes that see the same, the highest counts. */
export const exposeGauge = (name: string, help: string, read: () => readonly Sample[]): void =>
  expose({ name, help, type: "gauge", aggregator: "max" }, read);

function expose(
  description: { readonly name: string; readonly [part: string]: string },
  read: () => readonly Sample[],
) {
  // All that the registry wants of a metric is its name and its values.
  const metric = { ...description, get: async () => ({ ...description, values: read() }) };
  metrics.registerMetric(metric as unknown as Parameters<typeof metrics.registerMetric>[0]);
}

/** A counter with labels, for parts that keep no count of their own. */
export class Counts {
  readonly #byLabels = new Map<string, Sample & { value: number }>();

  add(labels: Readonly<Record<string, string>>, value = 1): void {
    const key = Object.values(labels).join("\n");
    const sample = this.#byLabels.get(key);
    if (sample) sample.value += value;
    else this.#byLabels.set(key, { labels, value });
  }

  read(): Sample[] {
    return [...this.#byLabels.values()];
  }
}
