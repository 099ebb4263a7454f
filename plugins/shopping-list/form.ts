// What browsers send when somebody submits a form.

/** maxForm bounds a form, in bytes. The longest one of this app needs a fraction of it. */
export const maxForm = 16 * 1024;

/** Refused is a request that isn't answered with a page, but with a status. */
export class Refused extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** readForm returns the fields of a form that one of the app's own pages sent. */
export async function readForm(request: Request): Promise<URLSearchParams> {
  // Dropserver's cookie is SameSite=Strict, so forms on other pages come without a user. Browsers also say where a request
  // comes from, which holds even if a host sets its cookies otherwise.
  const site = request.headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") throw new Refused(403, "the form is on another site");
  const type = request.headers.get("content-type")?.split(";")[0].trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") throw new Refused(415, "the request isn't a form");
  return new URLSearchParams(await readText(request));
}

async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > maxForm) throw new Refused(413, "the form is too large");
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/**
 * oneLine returns what somebody typed as one tidy line: without control characters, line breaks, and the marks that reverse
 * the direction of text and could make a line look like another. A field that is missing is an empty line.
 */
export function oneLine(typed: string | null): string {
  return (typed ?? "").normalize("NFC").replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, " ").replace(
    /\s+/gu,
    " ",
  ).trim();
}

/** length counts characters as people do, nearly: an emoji is one, or a few, but not the bytes of it. */
export function length(text: string): number {
  return [...text].length;
}
