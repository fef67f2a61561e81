// What one sensor measures, as a function of time: the room around it, and its own faults.
import { Random } from "./random.ts";

/** What is known of a sensor before it measures. */
export interface SensorPlan {
  /** Format: `devices/{device}` or `devices/{device}.{probe}`. */
  readonly device: string;
  /** What the cooling is set to, in degrees Celsius. */
  readonly setCelsius: number;
  /** A door that somebody forgot to close; absent: all doors are closed in time. In milliseconds since the start. */
  readonly openDoor?: Opening | undefined;
}

/** A time for which a door is open, in milliseconds since the start. */
export interface Opening {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A reading, when the sensor would send it, and when that reaches us. */
export interface SimulatedReading {
  readonly device: string;
  readonly sequence: bigint;
  /** By the clock of the device, in milliseconds since 1970. */
  readonly measureMs: number;
  readonly celsius: number;
  /** In milliseconds since the start. */
  readonly dueMs: number;
}

/** How sensors of a kind misbehave: shares of sensors, or of their readings. */
export interface Habits {
  readonly dead: number;
  readonly drifting: number;
  readonly repeated: number;
  readonly late: number;
}

export const USUAL_HABITS: Habits = { dead: 0.01, drifting: 0.05, repeated: 0.005, late: 0.01 };
export const NO_HABITS: Habits = { dead: 0, drifting: 0, repeated: 0, late: 0 };

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const OUTSIDE_CELSIUS = 18;
const WARMS_UP_MS = 4 * MINUTE_MS;
const COOLS_DOWN_MS = 3 * MINUTE_MS;
const COMPRESSOR_MS = 11 * MINUTE_MS;
// What people take who come and go, on average, and how long they leave the door open at most.
const BETWEEN_DOORS_MS = 15 * MINUTE_MS;
const LONGEST_DOOR_MS = 20_000;
const LONGEST_DELAY_MS = 8_000;
const MOST_DRIFT = 2e-4;
const MOST_OFFSET_MS = 3_000;
/** A sensor that dies does so within this time after the start. */
const DIES_WITHIN_MS = 30 * MINUTE_MS;

/** How far the outside has come in, from 0 to 1, through a door that was open then. */
export function warmth({ fromMs, untilMs }: Opening, atMs: number): number {
  if (atMs <= fromMs) return 0;
  const most = 1 - Math.exp(-(Math.min(atMs, untilMs) - fromMs) / WARMS_UP_MS);
  return atMs <= untilMs ? most : most * Math.exp(-(atMs - untilMs) / COOLS_DOWN_MS);
}

export class Sensor {
  readonly device: string;
  readonly #plan: SensorPlan;
  readonly #startMs: number;
  readonly #habits: Habits;
  readonly #chance: Random;
  readonly #noise: Random;
  readonly #doors: Random;
  readonly #phase: number;
  readonly #drift: number;
  readonly #offsetMs: number;
  readonly #diesMs: number;
  #door: Opening;
  #count = 0;

  /** `startMs`: when the simulation begins, in milliseconds since 1970. What a sensor does depends on no other one. */
  constructor(plan: SensorPlan, seed: number, startMs: number, habits: Habits) {
    this.device = plan.device;
    this.#plan = plan;
    this.#startMs = startMs;
    this.#habits = habits;
    const nature = new Random(seed, `${plan.device} nature`);
    this.#chance = new Random(seed, `${plan.device} chance`);
    this.#noise = new Random(seed, `${plan.device} noise`);
    this.#doors = new Random(seed, `${plan.device} doors`);
    this.#phase = nature.next();
    const [drifts, dies] = [nature.chance(habits.drifting), nature.chance(habits.dead)];
    this.#drift = drifts ? nature.between(-MOST_DRIFT, MOST_DRIFT) : 0;
    this.#offsetMs = drifts ? nature.between(-MOST_OFFSET_MS, MOST_OFFSET_MS) : 0;
    this.#diesMs = dies && !plan.openDoor ? nature.between(0, DIES_WITHIN_MS) : Number.POSITIVE_INFINITY;
    this.#door = this.#nextDoor(0);
  }

  /** From 0 to 1: where in the time between two of its readings this sensor has its turn. */
  get phase(): number {
    return this.#phase;
  }

  /**
   * What comes of the turn of the sensor at a time since the start: its reading, the same once more, or none. Times must rise
   * from call to call.
   */
  measure(atMs: number): SimulatedReading[] {
    this.#count += 1;
    const { chance, celsius } = { chance: this.#chance, celsius: this.#celsius(atMs) };
    const late = chance.chance(this.#habits.late) ? chance.between(0, LONGEST_DELAY_MS) : 0;
    const repeated = chance.chance(this.#habits.repeated) ? chance.between(0, LONGEST_DELAY_MS) : undefined;
    if (atMs >= this.#diesMs) return [];
    const reading = {
      device: this.device,
      // A sensor counts on where it is started again: numbers that were seen would be dropped.
      sequence: BigInt(Math.floor(this.#startMs)) + BigInt(this.#count),
      measureMs: Math.round(this.#startMs + atMs * (1 + this.#drift) + this.#offsetMs),
      celsius,
      dueMs: atMs + late,
    };
    return repeated === undefined ? [reading] : [reading, { ...reading, dueMs: reading.dueMs + repeated }];
  }

  #celsius(atMs: number): number {
    const { setCelsius, openDoor } = this.#plan;
    while (atMs > this.#door.untilMs + 10 * COOLS_DOWN_MS) this.#door = this.#nextDoor(this.#door.untilMs);
    const day = Math.sin(2 * Math.PI * ((this.#startMs + atMs) / DAY_MS - 0.375));
    const compressor = Math.abs(((((atMs / COMPRESSOR_MS + this.#phase) % 1) + 1) % 1) - 0.5) - 0.25;
    const outside = Math.max(warmth(this.#door, atMs), openDoor ? warmth(openDoor, atMs) : 0);
    const kept = setCelsius + 0.3 * day + compressor;
    const felt = kept + Math.max(0, OUTSIDE_CELSIUS - kept) * outside + 0.1 * this.#noise.normal();
    return Math.round(felt * 100) / 100;
  }

  #nextDoor(afterMs: number): Opening {
    const fromMs = afterMs + this.#doors.waiting(BETWEEN_DOORS_MS);
    return { fromMs, untilMs: fromMs + this.#doors.between(3_000, LONGEST_DOOR_MS) };
  }
}
