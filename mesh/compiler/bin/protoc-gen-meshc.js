#!/usr/bin/env node
// The plugin of buf and protoc.

import { start } from "./start.js";

const plugin = await start("protoc-gen-meshc", "plugin");
await plugin.main(process.argv.slice(2));
