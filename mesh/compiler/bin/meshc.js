#!/usr/bin/env node
// The command line.

import { start } from "./start.js";

await start("meshc", "main");
