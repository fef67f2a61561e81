// Where an object of the cluster is not what was generated.

/**
 * The first place, as a path with dots, where the cluster lacks what is wanted or has another value. A list must be the same
 * in length and order. A part that the cluster has beside what is wanted is a difference only where the kind has no defaults
 * that a cluster fills in: `strict`.
 */
export function firstDifference(wanted: unknown, live: unknown, strict: boolean, path = ""): string | undefined {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(live) || live.length !== wanted.length) return path;
    return first(wanted.map((part, i) => () => firstDifference(part, live[i], strict, `${path}[${i}]`)));
  }
  if (isMap(wanted)) {
    if (!isMap(live)) return path;
    const names = Object.keys(wanted);
    const more = strict ? Object.keys(live).filter((name) => !Object.hasOwn(wanted, name)) : [];
    const at = (name: string) => (path ? `${path}.${name}` : name);
    return first([
      ...names.map((name) => () => firstDifference(wanted[name], live[name], strict, at(name))),
      ...more.map((name) => () => at(name)),
    ]);
  }
  return wanted === live ? undefined : path;
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function first(looks: readonly (() => string | undefined)[]): string | undefined {
  for (const look of looks) {
    const found = look();
    if (found !== undefined) return found;
  }
  return undefined;
}
