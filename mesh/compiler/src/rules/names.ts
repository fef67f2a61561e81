// Names that every target reads in the same way.

import type { Rule } from "./rule.ts";

/** A DNS label (RFC 1123) that begins with a letter, as the name of a Kubernetes Service must. */
const label = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** SPIFFE: lower case, digits, dots, hyphens and underscores. */
const trustDomain = /^[a-z0-9](?:[a-z0-9._-]{0,253}[a-z0-9])?$/;
const labelRule = "a DNS label: lower-case letters, digits and hyphens, a letter first, at most 63";

/** A sidecar has clusters of its own by these names, beside one for each workload. */
const reserved: ReadonlySet<string> = new Set(["app", "issuer"]);

const quoted = (name: string): string => (name === "" ? "an empty name" : `the name "${name}"`);

export const nameRules: readonly Rule[] = [
  {
    code: "workload-name",
    severity: "error",
    refuses:
      "a workload name that is no DNS label (it becomes a service account, a host name and the end of an identity), " +
      "or is `app` or `issuer`, which every sidecar keeps for itself",
    mend: `use ${labelRule}; not app or issuer`,
    *check({ contract }) {
      for (const { name, at } of contract.workloads) {
        if (!label.test(name) || reserved.has(name)) {
          yield { subject: name, at, message: `a workload has ${quoted(name)}` };
        }
      }
    },
  },
  {
    code: "job-name",
    severity: "error",
    refuses: "a job name that is no DNS label, or that its workload uses twice",
    mend: `use ${labelRule}, each once in a workload`,
    *check({ contract }) {
      for (const workload of contract.workloads) {
        const names = workload.jobs.map((job) => job.name);
        for (const [i, job] of workload.jobs.entries()) {
          const subject = `${workload.name}/${job.name}`;
          if (!label.test(job.name)) {
            yield { subject, at: job.at, message: `a job of ${workload.name} has ${quoted(job.name)}` };
          } else if (names.indexOf(job.name) !== i) {
            yield { subject, at: job.at, message: `${workload.name} has two jobs named "${job.name}"` };
          }
        }
      }
    },
  },
  {
    code: "external-workload-name",
    severity: "error",
    refuses: "an external workload whose name, namespace or trust domain a target would misread",
    mend: `use ${labelRule}, for name and namespace; a trust domain is a host name without spiffe:// and without a path`,
    *check({ contract }) {
      for (const { name, namespace, trustDomain: domain, at } of contract.externalWorkloads) {
        if (!label.test(name)) yield { subject: name, at, message: `an external workload has ${quoted(name)}` };
        if (!label.test(namespace)) {
          yield { subject: name, at, message: `external workload "${name}" has ${quoted(namespace)} as its namespace` };
        }
        if (domain !== undefined && !trustDomain.test(domain)) {
          yield { subject: name, at, message: `external workload "${name}" has the trust domain "${domain}"` };
        }
      }
    },
  },
  {
    code: "workload-duplicate",
    severity: "error",
    refuses: "a workload or external workload that is declared twice",
    mend: "declare it once; other files name it in option (mesh.v1.service).workload",
    *check({ contract }) {
      for (const { code, subject, message, at } of contract.problems) {
        if (code === "workload-duplicate") yield { subject: subject ?? "", at, message };
      }
    },
  },
];
