// Sets the clock of the process that loads this first (`node --import`), some time after its start: for a service whose machine has
// the wrong time. Reads CLOCK_AHEAD_MS and CLOCK_AFTER_MS. What measures spans of time by other means is not touched.

const aheadMs = Number(process.env.CLOCK_AHEAD_MS ?? 0);
const afterMs = Number(process.env.CLOCK_AFTER_MS ?? 0);
const RealDate = Date;
const now = (): number => RealDate.now() + (performance.now() >= afterMs ? aheadMs : 0);

globalThis.Date = new Proxy(RealDate, {
  // Without arguments a date is now; every other one says its time itself.
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});
