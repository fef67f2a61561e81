/** Images cannot be made here; the message says why and what to do. */
export class ImagesError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ImagesError";
  }
}
