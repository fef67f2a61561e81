/** What was given cannot be used: a file that is no image, a setting that means nothing. The message is one clear line. */
export class InputError extends Error {
  override readonly name = "InputError";
}
