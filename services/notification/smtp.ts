// The client side of SMTP (RFC 5321): one connection that is kept, over which letters go one after the other. Where the server allows
// it (PIPELINING, RFC 2920), a letter leaves in one piece together with the envelope of the next one.
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { hostname } from "node:os";
import { connect as connectTls } from "node:tls";
import { domainToASCII } from "node:url";

export interface Letter {
  /** Plain addresses. */
  readonly from: string;
  readonly to: string;
  /** Headers and body as they are sent, with CRLF at the end of every line. */
  readonly content: Buffer;
}

/** What became of a letter. `refused`: it will not be taken however often it is sent. `later`: it was not taken now. */
export type Posted = { readonly what: "taken" } | { readonly what: "refused" | "later"; readonly reason: string };

export interface SmtpOptions {
  /** The longest wait for a connection, and for each reply, in ms. Absent: 10 s. */
  readonly patienceMs?: number;
  /** Certificates (PEM) to trust instead of those that everybody trusts. */
  readonly ca?: string;
}

interface Reply {
  readonly code: number;
  readonly text: string;
}

/** The server cannot be reached, ended the session, or will not talk to us: no letter is at fault. */
class SessionEnded extends Error {
  override name = "SessionEnded";
}

/**
 * A mail server at `smtp://host:port` or, with TLS from the beginning, `smtps://host:port`; `user:password@` in front of the host.
 * TLS is used wherever the server offers it; a password never goes without.
 */
export class MailServer {
  readonly #url: URL;
  readonly #options: SmtpOptions;
  #idle: Session[] = [];

  constructor(url: string, options: SmtpOptions = {}) {
    this.#url = new URL(url);
    this.#options = options;
    if (!/^smtps?:$/.test(this.#url.protocol)) throw new Error("a mail server has an address like smtp://host:port");
  }

  /** Sends letters over one connection and tells of each what became of it; never throws. */
  async post(letters: readonly Letter[]): Promise<Posted[]> {
    const posted: Posted[] = [];
    let session: Session | undefined;
    try {
      session = this.#reusable() ?? (await Session.open(this.#url, this.#options));
      await session.post(letters, posted, performance.now() + LONGEST_MS);
      this.#idle.push(session);
    } catch (error) {
      session?.close();
      // What was in the air may have been taken or not: it goes again, under the Message-ID that it has.
      while (posted.length < letters.length) posted.push({ what: "later", reason: String(error) });
    }
    return posted;
  }

  close(): void {
    for (const session of this.#idle.splice(0)) session.close();
  }

  #reusable(): Session | undefined {
    for (let session = this.#idle.pop(); session; session = this.#idle.pop()) if (session.alive) return session;
    return undefined;
  }
}

// Less than the time for which messages are taken out of the queue.
const LONGEST_MS = 40_000;
const LONGEST_LINE = 10_000;
const CRLF = "\r\n";

class Session {
  #socket: Socket;
  readonly #patienceMs: number;
  #features = new Set<string>();
  #received = "";
  #lines: string[] = [];
  #replies: Reply[] = [];
  #heard = () => {};
  #ended: Error | undefined;

  private constructor(socket: Socket, patienceMs: number) {
    this.#patienceMs = patienceMs;
    this.#socket = this.#listenTo(socket);
  }

  static async open(url: URL, { patienceMs = 10_000, ca }: SmtpOptions): Promise<Session> {
    const secure = url.protocol === "smtps:";
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
    const at = { host, port: Number(url.port || (secure ? 465 : 25)) };
    const tls = { host, ...(isIP(host) ? {} : { servername: host }), ...(ca ? { ca } : {}) };
    const session = new Session(secure ? connectTls({ ...at, ...tls }) : connectPlain(at), patienceMs);
    try {
      await session.#greet(url, secure, (socket) => connectTls({ socket, ...tls }));
      return session;
    } catch (error) {
      session.close();
      throw error;
    }
  }

  get alive(): boolean {
    return !this.#ended;
  }

  /** Adds to `posted` what becomes of each letter, in order. Throws `SessionEnded` as soon as nobody can tell. */
  async post(letters: readonly Letter[], posted: Posted[], until: number): Promise<void> {
    const waiting = letters.map((letter) => ({ letter, wrong: unfitIn(letter) }));
    const commands = (index: number) => {
      const next = waiting.slice(index).find(({ wrong }) => !wrong)?.letter;
      return next ? [`MAIL FROM:<${asciiOf(next.from)}>`, `RCPT TO:<${asciiOf(next.to)}>`, "DATA"] : [];
    };
    let envelope = await this.#exchange([], commands(0));
    for (const [index, { letter, wrong }] of waiting.entries()) {
      if (performance.now() > until) throw new SessionEnded("the server is too slow for all");
      if (wrong) {
        posted.push({ what: "refused", reason: wrong });
        continue;
      }
      const refusal = envelope.find(({ code }) => code >= 400);
      const begun = envelope.at(-1)?.code === 354;
      if (!refusal && !begun) throw new SessionEnded("the server answered out of turn");
      // A server that takes content for nobody gets none.
      const content = refusal
        ? [begun ? "." : "RSET"]
        : [letter.content.includes("\r\n.") ? stuffed(letter.content) : letter.content, "."];
      const [end, ...next] = await this.#exchange(content, commands(index + 1));
      posted.push(postedBy(refusal ?? (end as Reply)));
      envelope = next;
    }
  }

  close(): void {
    if (this.alive) this.#socket.end(`QUIT${CRLF}`);
    this.#end(new SessionEnded("the session was closed"));
  }

  async #greet(url: URL, secure: boolean, encrypt: (socket: Socket) => Socket): Promise<void> {
    this.#must(await this.#reply(), 220);
    await this.#hello();
    const encrypted = secure || this.#features.has("STARTTLS");
    if (!secure && encrypted) {
      this.#must(await this.#ask("STARTTLS"), 220);
      const plain = this.#socket;
      plain.removeAllListeners();
      // What came before the encryption was not from the one whose certificate is shown.
      if (this.#received || this.#lines.length || this.#replies.length) throw new SessionEnded("bytes before STARTTLS");
      this.#socket = this.#listenTo(encrypt(plain));
      await this.#hello();
    }
    if (!url.username) return;
    if (!encrypted) throw new SessionEnded("the server offers no TLS, and a password does not go without");
    const login = `\0${decodeURIComponent(url.username)}\0${decodeURIComponent(url.password)}`;
    this.#must(await this.#ask(`AUTH PLAIN ${Buffer.from(login).toString("base64")}`), 235);
  }

  async #hello(): Promise<void> {
    const { text } = this.#must(await this.#ask(`EHLO ${hostname().replace(/[^\w.-]/g, "-") || "localhost"}`), 250);
    this.#features = new Set(text.split("\n").map((line) => line.trim().split(" ")[0]?.toUpperCase() ?? ""));
  }

  #must(reply: Reply, code: number): Reply {
    if (reply.code !== code) throw new SessionEnded(`${reply.code} ${reply.text}`);
    return reply;
  }

  async #ask(command: string): Promise<Reply> {
    this.#socket.write(command + CRLF);
    return this.#reply();
  }

  /** Sends what ends the letter before (one reply) and the commands of the next one (a reply each), together where that is allowed. */
  async #exchange(ending: readonly (string | Buffer)[], commands: readonly string[]): Promise<Reply[]> {
    const end = Buffer.concat(ending.map((part) => (typeof part === "string" ? Buffer.from(part + CRLF) : part)));
    if (this.#features.has("PIPELINING")) {
      this.#socket.write(Buffer.concat([end, Buffer.from(commands.map((command) => command + CRLF).join(""))]));
      const replies: Reply[] = [];
      for (let left = commands.length + Math.min(1, ending.length); left > 0; left--) replies.push(await this.#reply());
      return replies;
    }
    const replies: Reply[] = [];
    if (end.length > 0) {
      this.#socket.write(end);
      replies.push(await this.#reply());
    }
    for (const command of commands) replies.push(await this.#ask(command));
    return replies;
  }

  async #reply(): Promise<Reply> {
    if (this.#replies.length === 0 && !this.#ended) {
      const heard = Promise.withResolvers<void>();
      this.#heard = heard.resolve;
      const timer = setTimeout(() => this.#end(new SessionEnded("the server does not answer")), this.#patienceMs);
      await heard.promise;
      clearTimeout(timer);
    }
    const reply = this.#replies.shift();
    if (!reply || Number.isNaN(reply.code)) throw this.#ended ?? new SessionEnded("the server does not answer");
    if (reply.code !== 421) return reply;
    // The server ends the session, whatever was asked.
    const error = new SessionEnded(`421 ${reply.text}`);
    this.#end(error);
    throw error;
  }

  #listenTo(socket: Socket): Socket {
    socket.setNoDelay(true);
    socket.setKeepAlive(true);
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => this.#end(new SessionEnded(error.message)));
    socket.on("close", () => this.#end(new SessionEnded("the server ended the connection")));
    return socket;
  }

  #take(chunk: Buffer): void {
    const lines = (this.#received + chunk.toString("latin1")).split(/\r?\n/);
    this.#received = lines.pop() ?? "";
    let understood = this.#received.length < LONGEST_LINE;
    for (const line of lines) {
      const [, code, more, text = ""] = /^(\d{3})([ -]?)(.*)$/.exec(line) ?? [];
      understood &&= code !== undefined;
      this.#lines.push(text);
      if (more === "-") continue;
      this.#replies.push({ code: Number(code), text: this.#lines.join("\n") });
      this.#lines = [];
    }
    if (!understood) this.#end(new SessionEnded("the server does not speak SMTP"));
    if (this.#replies.length > 0) this.#heard();
  }

  #end(error: Error): void {
    this.#ended ??= error;
    if (this.#socket && !this.#socket.writableEnded) this.#socket.destroy();
    this.#heard();
  }
}

const postedBy = ({ code, text }: Reply): Posted =>
  code < 400 ? { what: "taken" } : { what: code < 500 ? "later" : "refused", reason: `${code} ${text}` };

/** Why a letter cannot be sent to anyone; undefined for one that can. */
const unfitIn = ({ from, to }: Letter): string | undefined =>
  [from, to].every((address) => /^[\x21-\x7e]+@[^@<>]+$/.test(asciiOf(address)) && !/[<>\s]/.test(address))
    ? undefined
    : "an address that SMTP cannot take";

/** An address with the domain in the form that every server knows. */
function asciiOf(address: string): string {
  const at = address.lastIndexOf("@");
  return `${address.slice(0, at + 1)}${domainToASCII(address.slice(at + 1))}`;
}

/** A line that begins with a dot gets another one: a dot alone would end the letter. */
const stuffed = (content: Buffer): Buffer =>
  Buffer.from(content.toString("latin1").replaceAll("\r\n.", "\r\n.."), "latin1");
