/** Takes apart what `httpCommand` printed. */

export interface HttpAnswer {
  readonly tool: string;
  /** 0 where no server answered. */
  readonly status: number;
  /** Names in lower case; a header that came several times has its values joined by ', '. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty where it is not UTF-8 text. */
  readonly body: string;
  readonly binary: boolean;
  /** Bytes of the body. */
  readonly size: number;
  /** What the tool complained about. */
  readonly said: string;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * @param frame what was printed, without the closing line
 * @throws Error when it is not such a frame
 */
export function parseFrame(frame: Buffer, mark: string): HttpAnswer {
  const at = frame.lastIndexOf(`\n${mark} `);
  if (at < 0) throw new Error('the answer of the http reader is cut short');
  const raw = frame.subarray(0, at);
  const tail = frame.subarray(at + mark.length + 2).toString();
  const [tool = '', code = ''] = tail.split('\n', 1)[0]?.split(' ') ?? [];
  const said = tail.slice(tail.indexOf('\n') + 1).trim();
  const complaint = said === '' && code !== '0' ? `${tool} ended with code ${code}` : said;
  if (tool === 'curl') return fromCurl(raw, complaint);
  const head = said.match(/^\s*HTTP\/.*|^\s*[\w-]+: .*/gm) ?? [];
  const status = Number(/.*HTTP\/[\d.]+ (\d+)/s.exec(said)?.[1] ?? 0);
  return { tool, status, headers: toHeaders(head), ...toBody(raw), said: complaint };
}

/** curl says on a last line of its own how many bytes of header went before the body. */
function fromCurl(raw: Buffer, said: string): HttpAnswer {
  const at = raw.lastIndexOf('\n');
  const [status = '0', bytes = '0'] = raw
    .subarray(at + 1)
    .toString()
    .split(' ');
  const headers = toHeaders(raw.subarray(0, Number(bytes)).toString('latin1').split('\r\n'));
  const body = raw.subarray(Number(bytes), Math.max(at, 0));
  return { tool: 'curl', status: Number(status), headers, ...toBody(body), said };
}

/** Of the last response: redirects and interim responses go before it. */
function toHeaders(lines: readonly string[]): Record<string, string> {
  const last = lines.findLastIndex((line) => /^\s*HTTP\//.test(line));
  const headers: Record<string, string> = {};
  for (const line of lines.slice(last + 1)) {
    const [, name, text] = /^\s*([^:\s]+):\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || text === undefined) continue;
    const key = name.toLowerCase();
    headers[key] = headers[key] === undefined ? text : `${headers[key]}, ${text}`;
  }
  return headers;
}

function toBody(bytes: Buffer): Pick<HttpAnswer, 'body' | 'binary' | 'size'> {
  try {
    return { body: decoder.decode(bytes), binary: false, size: bytes.length };
  } catch {
    return { body: '', binary: true, size: bytes.length };
  }
}
