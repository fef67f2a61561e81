// What stands for the goods beside a sensor. Pure.
import { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import { ProductClass } from "@larder/contract/larder/scoring/v1/score_pb.js";

/** Goods as scoring looks at them. */
export interface Compartment {
  readonly productClass: ProductClass;
  /** How long they keep from now on if they are kept as they must be. */
  readonly keepsHours: number;
}

// Shipping knows how a box must be kept, and not what lies in it. So the most delicate of what may lie there stands for all of it, with half
// of the shortest shelf life that the assortment has of such goods: nothing is told too late, some of it may be told without need.
const compartments: ReadonlyMap<StorageClass, Compartment> = new Map([
  // Fish keeps four days from its arrival.
  [StorageClass.CHILLED, { productClass: ProductClass.FISH, keepsHours: 48 }],
  // Ice cream and the like keep three hundred.
  [StorageClass.FROZEN, { productClass: ProductClass.FROZEN, keepsHours: 3600 }],
  // Bread keeps three.
  [StorageClass.AMBIENT, { productClass: ProductClass.AMBIENT, keepsHours: 36 }],
]);

/** What stands for goods that must be kept so; undefined where nobody says how. */
export const compartmentOf = (storageClass: StorageClass): Compartment | undefined => compartments.get(storageClass);
