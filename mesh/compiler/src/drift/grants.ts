// What the contract is held against: calls that were seen, or grants that others wrote by hand.

/** One caller of one method, and where that was found. */
export interface Grant {
  /** The name of a workload; `*` for everybody. */
  readonly caller: string;
  /** `package.Service/Method`. A `*` at the end stands for any rest. */
  readonly method: string;
  /** `file` or `file:line`. */
  readonly place: string;
  /** The workload that the method is asked of; absent where that is not known. */
  readonly callee?: string;
}

/** Whether a grant covers this method of this workload. */
export const coversMethod = ({ method, callee }: Grant, id: string, workload: string): boolean =>
  (callee === undefined || callee === workload) &&
  (method.endsWith("*") ? id.startsWith(method.slice(0, -1)) : method === id);
