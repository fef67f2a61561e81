// Money between the contract (units and nanos) and the databases (whole cents).
import { create } from "@bufbuild/protobuf";
import { type Money, MoneySchema } from "@larder/contract/larder/type/v1/money_pb.js";

/** The only currency of the shop. */
export const EUR = "EUR";

const nanosPerCent = 10_000_000;

/** The amount as the contract writes it. `cents` is a whole number; units and nanos carry its sign. */
export function fromCents(cents: number): Money {
  const units = Math.trunc(cents / 100);
  return create(MoneySchema, {
    currencyCode: EUR,
    units: BigInt(units),
    nanos: Math.round(cents - units * 100) * nanosPerCent,
  });
}

/**
 * The amount in cents; 0 where it is absent.
 *
 * Throws a RangeError for another currency than EUR and for parts of a cent: rules of the contract refuse both
 * before a handler sees them.
 */
export function toCents(money: Money | undefined): number {
  if (!money) return 0;
  if (money.currencyCode !== EUR) throw new RangeError(`currency ${money.currencyCode} is not ${EUR}`);
  if (money.nanos % nanosPerCent !== 0) throw new RangeError(`${money.nanos} nanos are not whole cents`);
  return Number(money.units) * 100 + money.nanos / nanosPerCent;
}
