// What the runner says no to, in one line that ends with what to do.

/** Thrown when something outside of the runner must change first. The command line prints the message alone and ends with 1. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

const OUT_OF_SPACE = new Set(["ENOSPC", "EDQUOT"]);
const NOT_WRITABLE = new Set(["EACCES", "EPERM", "EROFS"]);

/** Turns an error of the file system under `folder` into a Refusal; anything else is passed on as it is. */
export function refusalFor(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  if (OUT_OF_SPACE.has(code)) return new Refusal(`No space left under ${folder}: free some and start again.`);
  if (NOT_WRITABLE.has(code)) {
    return new Refusal(
      `${folder} is not writable (${code}): make it yours, or set XDG_RUNTIME_DIR to a folder that is.`,
    );
  }
  return error;
}

const EXPECTED = new Set(["Refusal", "StartFailure", "InputError"]);

/** True for errors whose message is written for people: no stack is shown. InputError is the compiler's. */
export function isExpected(error: unknown): error is Error {
  return error instanceof Error && EXPECTED.has(error.name);
}
