/** Line plots as SVG, with a logarithmic axis for times that lie far apart. */

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
}

const width = 640;
const height = 400;
const edge = { left: 64, right: 110, top: 40, bottom: 52 };
const colours = ['#666666', '#1b7837', '#e08214', '#b2182b', '#2166ac'];

/** @returns an SVG document */
export function plotSvg({ title, x, y, lines }: Plot): string {
  const points = lines.flatMap((line) => line.points);
  const xs = [...new Set(points.map(([at]) => at))].toSorted((a, b) => a - b);
  const times = points.map(([, time]) => time);
  const low = Math.floor(Math.log10(Math.min(...times)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...times))));
  const last = Math.max(...xs, 1);
  const atX = (value: number): number =>
    edge.left + (value / last) * (width - edge.left - edge.right);
  const atY = (value: number): number =>
    height -
    edge.bottom -
    ((Math.log10(value) - low) / (high - low)) * (height - edge.top - edge.bottom);
  const decades = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    label(edge.left, 22, title, 'start', 'font-weight="bold"'),
    label((edge.left + width - edge.right) / 2, height - 12, x, 'middle'),
    `<g transform="rotate(-90 16 ${height / 2})">${label(16, height / 2, y, 'middle')}</g>`,
    ...decades.flatMap((value) => [
      `<path d="M${edge.left} ${atY(value).toFixed(1)}H${width - edge.right}" stroke="#dddddd"/>`,
      label(edge.left - 8, atY(value) + 4, String(Number(value.toPrecision(3))), 'end'),
    ]),
    ...xs.map((value) => label(atX(value), height - edge.bottom + 18, String(value), 'middle')),
    ...lines.flatMap((line, index) =>
      lineSvg(line, colours[index % colours.length] ?? '', atX, atY),
    ),
    '</svg>',
    '',
  ].join('\n');
}

function lineSvg(
  { name, points }: Line,
  colour: string,
  atX: (x: number) => number,
  atY: (y: number) => number,
): string[] {
  const places = points.map(([x, y]) => [atX(x).toFixed(1), atY(y).toFixed(1)] as const);
  const [lastX = '0', lastY = '0'] = places.at(-1) ?? [];
  return [
    `<path d="M${places.map((place) => place.join(' ')).join('L')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`),
    label(Number(lastX) + 8, Number(lastY) + 4, name, 'start', `fill="${colour}"`),
  ];
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function label(x: number, y: number, text: string, anchor: string, more = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" ${more}>${escaped(text)}</text>`;
}
