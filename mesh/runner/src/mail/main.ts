// The inbox of a mesh on one machine: takes every mail that a service sends, and shows it to a browser. Nothing leaves.
import { serveBoth } from "../serve-both.ts";
import { openInbox } from "./inbox.ts";
import { inboxPages } from "./pages.ts";
import { startSmtp } from "./smtp.ts";

const { LISTEN, SOCKET, DATA, SMTP_LISTEN } = process.env;
if (!LISTEN || !SOCKET || !DATA || !SMTP_LISTEN) {
  process.stderr.write("LISTEN, SOCKET, DATA and SMTP_LISTEN must be set\n");
  process.exit(64);
}
const inbox = openInbox(DATA);
const smtp = await startSmtp(inbox, SMTP_LISTEN);
process.once("SIGTERM", () => smtp.close());
await serveBoth(inboxPages(inbox), LISTEN, SOCKET);
