// The inbox of a mesh on one machine: takes every mail and text message that a service sends, and shows it to a browser. Nothing leaves.
import { serveBoth } from "../serve-both.ts";
import { openInbox } from "./inbox.ts";
import { inboxPages } from "./pages.ts";
import { openSmsInbox } from "./sms.ts";
import { startSmtp } from "./smtp.ts";

const { LISTEN, SOCKET, DATA, SMTP_LISTEN, SMS_KEYS } = process.env;
if (!LISTEN || !SOCKET || !DATA || !SMTP_LISTEN || !SMS_KEYS) {
  process.stderr.write("LISTEN, SOCKET, DATA, SMTP_LISTEN and SMS_KEYS must be set\n");
  process.exit(64);
}
const inbox = openInbox(DATA);
const smtp = await startSmtp(inbox, SMTP_LISTEN);
process.once("SIGTERM", () => smtp.close());
await serveBoth(inboxPages(inbox, openSmsInbox(DATA), SMS_KEYS), LISTEN, SOCKET);
