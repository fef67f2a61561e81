// The sign-in page of the demo provider.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import { demoPassword, demoUsers, signIn } from "./users.ts";

/** Shows the page on GET and signs in on POST. */
export function signInPage(provider: Provider) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const { uid } = await provider.interactionDetails(request, response);
      if (request.method !== "POST") return show(response, uid);
      const form = new URLSearchParams(await read(request));
      const user = signIn(form.get("user"), form.get("password"));
      if (!user) return show(response, uid, "User or password is wrong.");
      await provider.interactionFinished(request, response, { login: { accountId: user.id } });
    } catch {
      response.writeHead(400, { "content-type": "text/plain" }).end("This sign-in is over. Go back and start again.\n");
    }
  };
}

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) {
    text += chunk;
    if (text.length > 10_000) throw new Error("the form is too large");
  }
  return text;
}

function show(response: ServerResponse, uid: string, problem = ""): void {
  const options = demoUsers().map(({ id, displayName }) => `<option value="${id}">${displayName}</option>`);
  response.writeHead(problem ? 401 : 200, { "content-type": "text/html; charset=utf-8" }).end(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sign in to Larder</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 22rem; margin: 12vh auto; padding: 0 1rem; color: #1d2b24; }
  label { display: block; margin-top: 1rem; }
  select, input, button { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; }
  button { margin-top: 1.5rem; background: #1f6f4a; color: #fff; border: 0; border-radius: .3rem; }
</style>
<h1>Larder</h1>
<p>Demo users sign in with the password <code>${demoPassword}</code>.</p>
<p role="alert">${problem}</p>
<form method="post" action="/interaction/${uid}">
  <label>User <select name="user">${options.join("")}</select></label>
  <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
  <button>Sign in</button>
</form>
</html>
`);
}
