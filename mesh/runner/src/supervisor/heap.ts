/** For programs that have little to do and are to be small: the room of young objects, in MiB, of which Node takes some 50 more by itself. */
export const SMALL_HEAP = "--max-semi-space-size=1";
