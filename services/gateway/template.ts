// Path templates of google.api.http: `/v1/{name=orders/*}:cancel`. A template is read once, and then matches paths.

/** A template that was read. */
export interface Template {
  /** The values of the variables by field path, or undefined where the path does not fit. */
  match(path: string): Readonly<Record<string, string>> | undefined;
}

const variable = /\{([a-z0-9_.]+)(?:=([^}]*))?\}/g;

/**
 * Reads a template. `*` stands for one segment, `**` for the rest, a variable without a pattern for one segment.
 * Throws an Error for one that cannot be read, such as `/v1/{name`.
 */
export function readTemplate(template: string): Template {
  if (!template.startsWith("/") || /[{}]/.test(template.replace(variable, "")))
    throw new Error(`${template} is not a path template`);
  const fields: string[] = [];
  let pattern = "";
  let end = 0;
  for (const found of template.matchAll(variable)) {
    pattern += literal(template.slice(end, found.index));
    pattern += `(${literal(found[2] ?? "*")})`;
    fields.push(found[1] ?? "");
    end = found.index + found[0].length;
  }
  pattern += literal(template.slice(end));
  const form = new RegExp(`^${pattern}$`);

  return {
    match(path) {
      const found = form.exec(path);
      if (!found) return undefined;
      const values = found.slice(1).map(decode);
      if (values.includes(undefined)) return undefined;
      return Object.fromEntries(fields.map((field, index) => [field, values[index] ?? ""]));
    },
  };
}

// A verb (`:cancel`) ends the path, so that a segment never holds a colon.
const literal = (text: string): string =>
  text
    .split(/(\*\*|\*)/)
    .map((part) => (part === "**" ? ".+" : part === "*" ? "[^/:]+" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")))
    .join("");

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
