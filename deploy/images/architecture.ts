// The machines that images are made for.

export const architectures = ["amd64", "arm64"] as const;

/** A name as OCI, Go and Debian use it. */
export type Architecture = (typeof architectures)[number];

/** The same as Node.js and npm call it. */
export const nodeName: Record<Architecture, string> = { amd64: "x64", arm64: "arm64" };

/** That of this machine. Undefined: images for it are not made. */
export const ownArchitecture = (): Architecture | undefined =>
  architectures.find((architecture) => nodeName[architecture] === process.arch);
