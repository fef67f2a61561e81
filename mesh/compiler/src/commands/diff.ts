// meshc diff: what changed in the policy of the workspace, against a commit or an image.

import { readBase } from "../base.ts";
import { diff, fails } from "../diff/index.ts";
import { changesAsJson, changesAsSarif, changesAsText, tallyOf } from "../diff/report.ts";
import { readImage } from "../read.ts";
import type { Format } from "../report.ts";
import { openWorkspace, readImages } from "../workspace.ts";
import type { ExitCode, Io } from "./command.ts";

export interface DiffOptions {
  /** A file that holds an image, or a commit. */
  readonly against: string;
  /** The new contract: files, or `-`; none means the workspace. */
  readonly images: readonly string[];
  readonly format: Format;
}

/** Answers 1 when a change fails: one that breaks, or what mesh.yaml says, and that nobody accepts. */
export function runDiff(io: Io, { against, images, format }: DiffOptions): ExitCode {
  const workspace = openWorkspace(io.folder);
  const { settings, show } = workspace;
  // The new contract first: what does not build here is to be said before anything about the old one.
  const now = readImage(readImages(workspace, io.folder, images), settings);
  const old = readImage(readBase(workspace, io.folder, against), settings);
  const changes = diff(old, now, settings.diff);
  if (format === "json") io.out(changesAsJson(changes, show));
  else if (format === "sarif") io.out(changesAsSarif(changes, show, settings.diff));
  else {
    io.out(changesAsText(changes, show, io.paint));
    const { breaking, loosening, safe } = tallyOf(changes);
    const result =
      changes.length === 0 ? "no change of policy" : `${breaking} breaking, ${loosening} loosening, ${safe} safe`;
    io.err(`against ${against}: ${result}\n`);
  }
  return changes.some((change) => fails(change, settings.diff)) ? 1 : 0;
}
