// A letter as it goes over the wire (RFC 5322): text and HTML as alternatives, in one piece.

export interface Mail {
  /** `Name <address>`, or an address. */
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** In angle brackets. */
  readonly messageId: string;
  readonly time: Date;
}

/** The parts of `Name <address>`; the name is empty where an address stands alone. */
export function mailboxOf(text: string): { name: string; address: string } {
  const [, name = "", address = text] = /^\s*(.*?)\s*<([^<>]*)>\s*$/.exec(text) ?? [];
  return { name, address };
}

/** The mail as bytes. Whatever its parts hold, they cannot add a header or end a part. */
export function composeMail({ from, to, subject, text, html, messageId, time }: Mail): Buffer {
  const boundary = `=_${messageId.replace(/[^\w-]/g, "")}`;
  const part = (type: string, body: string) => {
    const { encoding, lines } = encoded(body, boundary);
    return `--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${lines}\r\n`;
  };
  const { name, address } = mailboxOf(from);
  return Buffer.from(
    `From: ${name && headerText(name, /^[\w -]*$/)} <${oneLine(address)}>\r
To: ${oneLine(to)}\r
Subject: ${headerText(subject, /^(?!.*=\?)[\x21-\x7e][\x20-\x7e]*$/)}\r
Message-ID: ${oneLine(messageId)}\r
Date: ${time.toUTCString().replace("GMT", "+0000")}\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary="${boundary}"\r
\r
${part("text/plain", text)}${part("text/html", html)}--${boundary}--\r\n`,
  );
}

const plain = /^[\t\n\x20-\x7e]*$/;
const longestLine = 900;

function encoded(body: string, boundary: string): { encoding: "7bit" | "base64"; lines: string } {
  const lines = body.split("\n");
  if (plain.test(body) && !body.includes(boundary) && lines.every(({ length }) => length <= longestLine))
    return { encoding: "7bit", lines: lines.join("\r\n") };
  const base64 = Buffer.from(body).toString("base64");
  return { encoding: "base64", lines: base64.match(/.{1,76}/g)?.join("\r\n") ?? "" };
}

// An encoded word has at most 75 characters, which leaves room for 45 bytes; no character is cut in two.
const bytesOfAWord = 45;

/** Text of a header: as it is where that is safe, and in encoded words (RFC 2047) otherwise. */
function headerText(text: string, safe: RegExp): string {
  if (safe.test(text) && text.length <= longestLine) return text;
  const words: string[] = [""];
  for (const character of text) {
    const last = words.at(-1) ?? "";
    if (Buffer.byteLength(last + character) > bytesOfAWord) words.push(character);
    else words[words.length - 1] = last + character;
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString("base64")}?=`).join("\r\n ");
}

/** What has a form of its own: anything in it that could begin another line is left out. */
const oneLine = (text: string): string => text.replace(/[^\x20-\x7e\u00a0-\uffff]/g, "");
