/** The forms in which a secret travels: what programs commonly make of a text they print. */
import { insideSingle, shortestPart, tracedForms } from './traces.ts';

/** Of longer texts the rarer forms are left out: each costs memory as large as the text. */
const longText = 64 * 1024;
/** Longer texts are no passwords or tokens, which alone are shown byte by byte. */
const longToken = 256;

/**
 * Every form of a secret: of the whole text, and of each line of one that has several.
 * @param plain the secret
 * @returns texts to look for; none for an empty secret
 */
export function formsOf(plain: string): ReadonlySet<string> {
  const forms = new Set<string>();
  const whole = plain.trim();
  for (const text of [plain, whole]) {
    if (text === '') continue;
    for (const form of writtenForms(text)) forms.add(form);
    if (text.length <= longText) for (const form of rareForms(text)) forms.add(form);
  }
  const lines = plain.split(/\r?\n/);
  if (lines.length === 1) return forms;
  for (const line of lines.map((each) => each.trim())) {
    if (line.length < shortestPart) continue;
    for (const form of writtenForms(line)) forms.add(form);
  }
  return forms;
}

/** What bash puts a backslash before (`printf %q`, `declare -p`). */
const quotedByBash = /[\s"'\\|&;()<>!{}*[\]?^$`,]/g;

/**
 * The text as it is, in JSON once and twice, in a URL, quoted for sh or in a literal, in base64, and
 * as shells trace it.
 */
function* writtenForms(text: string): Generator<string> {
  yield text;
  const inJson = JSON.stringify(text).slice(1, -1);
  yield inJson;
  yield JSON.stringify(inJson).slice(1, -1);
  // A lone surrogate can't be in a URL.
  const inUrl = encodeURIComponent(Buffer.from(text).toString());
  yield inUrl;
  yield new URLSearchParams([['', text]]).toString().slice(1);
  yield insideSingle(text);
  yield text.replaceAll(quotedByBash, '\\$&');
  yield text.replaceAll('\\', '\\\\');
  yield* base64Forms(text);
  if (text.length <= longText) yield* tracedForms(text);
}

/** Bytes in hexadecimal and decimal, percent for each, other programs' JSON, and the other case of letters. */
function* rareForms(text: string): Generator<string> {
  const hex = Buffer.from(text).toString('hex');
  const inUrl = encodeURIComponent(Buffer.from(text).toString());
  yield inUrl.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase());
  const json = JSON.stringify(text).slice(1, -1);
  yield json.replaceAll('/', '\\/');
  yield json.replace(/[^ -~]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  if (text.length < shortestPart) return;
  for (const digits of [hex, hex.toUpperCase()]) {
    yield digits;
    if (text.length > longToken) continue;
    yield digits.replace(/../g, '%$&');
    yield digits.replace(/..(?!$)/g, '$& ');
    yield digits.replace(/..(?!$)/g, '$&:');
    yield digits.replace(/../g, '\\x$&');
  }
  if (text.length <= longToken)
    for (const between of [',', ', ']) yield Buffer.from(text).join(between);
  if (text.length < 8) return;
  yield text.toUpperCase();
  yield text.toLowerCase();
}

/**
 * Base64 of the text alone, and what of it is seen when it is encoded as part of something longer
 * (`user:password`): one form for each of the three alignments, without the characters that its
 * neighbours decide.
 */
function* base64Forms(text: string): Generator<string> {
  const bytes = Buffer.from(text);
  const alone = bytes.toString('base64');
  // Of a long text any part is found.
  const forms = text.length > longToken ? [] : [alone, alone.replace(/=+/, '')];
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor(((before + bytes.length) * 8) / 6);
    const inner = encoded.slice(from, to);
    if (inner.length >= 8) forms.push(inner);
  }
  for (const form of forms) {
    if (form.length < shortestPart) continue;
    yield form;
    yield form.replaceAll('+', '-').replaceAll('/', '_');
  }
}
