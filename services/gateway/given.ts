// Fields that are passed on where they are present.

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The same fields without those that are absent: a message says absent by leaving a field out. */
export function given<T extends object>(fields: T): Partial<Given<T>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Given<T>>;
}
