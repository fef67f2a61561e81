// The images of an environment that are named by a tag, which may be another image when the next instance starts.

import type { InCluster } from "../emit/cluster.ts";
import type { Location } from "../model.ts";
import { compare } from "../names.ts";
import type { Finding } from "../rules/rule.ts";

export const imageUnpinned = {
  code: "image-unpinned",
  severity: "warning",
  refuses: "a workload, or a second version of one, whose image an environment names by a tag",
  mend: "give each its whole image: REGISTRY/NAME:TAG@sha256:DIGEST",
} as const;

const pinned = /@sha256:[0-9a-f]{64}$/;

/** One finding for all of them, sorted. */
export function unpinnedIn({ workloads }: InCluster, at: Location): Finding[] {
  const images = Object.entries(workloads).flatMap(([name, { image, canary }]) => [
    { name, image },
    ...(canary ? [{ name: `${name}-canary`, image: "image" in canary.image ? canary.image.image : undefined }] : []),
  ]);
  const open = images.filter(({ image }) => !pinned.test(image ?? "")).map(({ name }) => name);
  if (open.length === 0) return [];
  const { code, severity, mend } = imageUnpinned;
  const many = `${open.length} of ${images.length} images are named by a tag, which may be another image tomorrow`;
  return [{ code, severity, subject: "images", at, message: `${many}: ${open.sort(compare).join(", ")}`, mend }];
}
