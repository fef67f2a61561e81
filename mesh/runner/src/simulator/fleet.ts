// All sensors of a simulation, and what comes from them in its order.
import { type Habits, Sensor, type SensorPlan, type SimulatedReading, USUAL_HABITS } from "./sensor.ts";

export interface FleetOptions {
  readonly sensors: readonly SensorPlan[];
  /** Of all sensors together, in readings a second. */
  readonly rate: number;
  /** The same seed and start give the same readings. */
  readonly seed: number;
  /** In milliseconds since 1970. */
  readonly startMs: number;
  /** Absent: for ever. In milliseconds. */
  readonly durationMs?: number | undefined;
  /** Absent: the usual ones. */
  readonly habits?: Habits;
}

/** Yields readings in the order in which they reach us. */
export function* readings(options: FleetOptions): Generator<SimulatedReading, void, void> {
  const { rate, seed, startMs, durationMs = Number.POSITIVE_INFINITY, habits = USUAL_HABITS } = options;
  const sensors = options.sensors
    .map((plan) => new Sensor(plan, seed, startMs, habits))
    .sort((a, b) => a.phase - b.phase || (a.device < b.device ? -1 : 1));
  const everyMs = (sensors.length / rate) * 1000;
  const waiting: SimulatedReading[] = [];
  for (let round = 0; sensors.length > 0; round += 1) {
    for (const sensor of sensors) {
      const atMs = (round + sensor.phase) * everyMs;
      yield* due(waiting, Math.min(atMs, durationMs));
      if (atMs >= durationMs) return;
      for (const reading of sensor.measure(atMs)) insert(waiting, reading);
    }
  }
}

function* due(waiting: SimulatedReading[], untilMs: number): Generator<SimulatedReading, void, void> {
  let count = 0;
  for (const reading of waiting) {
    if (reading.dueMs >= untilMs) break;
    count += 1;
    yield reading;
  }
  waiting.splice(0, count);
}

/** Puts a reading behind all that are due before it or with it. */
function insert(waiting: SimulatedReading[], reading: SimulatedReading): void {
  const place = waiting.findLastIndex(({ dueMs }) => dueMs <= reading.dueMs) + 1;
  waiting.splice(place, 0, reading);
}
