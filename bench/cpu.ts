// CPU time of processes with all their descendants, and memory, from /proc.
import { readdirSync, readFileSync } from "node:fs";

// USER_HZ: what /proc counts in, 100 on every Linux that we know of.
const ticksPerSecond = 100;

interface Stat {
  readonly parent: number;
  readonly ticks: number;
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name may hold spaces and brackets: fields are counted from its end.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    // Its own time, and that of children that have ended: a database's connections come and go.
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), ticks };
  } catch {
    return undefined;
  }
}

/** The processes and everything that descends from them. */
export function familyOf(roots: readonly number[]): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? statOf(pid) : undefined;
    if (stat) parents.set(pid, stat.parent);
  }
  const known = new Set(roots);
  const belongs = (pid: number): boolean => {
    const parent = parents.get(pid);
    return known.has(pid) || (parent !== undefined && parent > 1 && belongs(parent));
  };
  return [...parents.keys()].filter(belongs);
}

/** CPU seconds that the processes and their descendants have used. */
export function cpuSeconds(roots: readonly number[]): number {
  const ticks = familyOf(roots).map((pid) => statOf(pid)?.ticks ?? 0);
  return ticks.reduce((sum, each) => sum + each, 0) / ticksPerSecond;
}

/** Memory in MiB with shared pages divided among those who share them (PSS). */
export function memoryMib(roots: readonly number[]): number {
  const kib = familyOf(roots).map((pid) => {
    try {
      return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "latin1"))?.[1] ?? 0);
    } catch {
      return 0;
    }
  });
  return kib.reduce((sum, each) => sum + each, 0) / 1024;
}

/** The most memory in MiB that a process has had at a time, shared pages included (VmHWM): what a limit has to hold. */
export function peakMib(pid: number): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0) / 1024;
}

/** The share of all CPUs that was busy for a while, 0 to 1: above a tenth, a measurement proves nothing. */
export async function busyShare(milliseconds: number): Promise<number> {
  const read = () => {
    const [, ...fields] = (readFileSync("/proc/stat", "latin1").split("\n")[0] ?? "").trim().split(/\s+/);
    const times = fields.slice(0, 8).map(Number);
    const idle = (times[3] ?? 0) + (times[4] ?? 0);
    return { idle, all: times.reduce((sum, each) => sum + each, 0) };
  };
  const before = read();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  const after = read();
  return 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
}
