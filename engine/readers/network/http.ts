/** Answers of web servers to GET requests that the host makes. */
import { defineReader, denied, value, type Answer } from '../../module/reader.ts';
import { parseFrame, type HttpAnswer } from './http-answer.ts';
import { httpCommand, type HttpRequest } from './http-request.ts';

export interface HttpKey {
  readonly request: HttpRequest;
  /** Nothing of the playbook changes the answer: check asks it whatever is planned. */
  readonly independent?: boolean;
}

export const http = defineReader<HttpKey, HttpAnswer>({
  name: 'http',
  scope: 'shared',
  last: true,
  script: (keys, mark) => keys.map((key) => httpCommand(key.request, mark, true)).join('\n'),
  parse: ({ stdout }, keys, mark) => {
    let rest = stdout;
    return keys.map((_, index): Answer<HttpAnswer> => {
      const end = rest.indexOf(`\n${mark}.\n`);
      if (end < 0) throw new Error(`answer ${index} is missing`);
      const frame = parseFrame(rest.subarray(0, end), mark);
      rest = rest.subarray(end + mark.length + 3);
      return frame.tool === 'none' ? denied(frame.said) : value(frame);
    });
  },
  dependsOnEverything: (key) => key.independent !== true,
});
