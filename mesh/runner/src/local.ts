// The environment of this clone, or another one in the compiler's form, as the runner needs it.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Environment, loadEnvironment } from "@larder/meshc/environment";
import { parse } from "yaml";
import type { MeshEnvironment, Ports, Program, WorkloadRun } from "./environment.ts";
import { repository } from "./paths.ts";
