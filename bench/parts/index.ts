/** Parts of the bench that need neither a lab nor peers, and can be run alone. */
import { loadavg } from 'node:os';
import { changes } from './changes.ts';
import { many } from './many.ts';
import { once } from './once.ts';
import type { Part, PartOptions } from './part.ts';
import { start } from './start.ts';
import { steps } from './steps.ts';
import { unchanged } from './unchanged.ts';

export interface Section {
  readonly heading: string;
  readonly text: string;
}

export const parts: readonly Part[] = [start, unchanged, changes, steps, once, many];

/** Measures these parts, in turn. */
export async function measureParts(
  chosen: readonly Part[],
  options: PartOptions,
): Promise<readonly Section[]> {
  const sections: Section[] = [];
  for (const { heading, measure } of chosen) {
    const load = (loadavg()[0] ?? 0).toFixed(1);
    const text = await measure(options);
    sections.push({ heading, text: `${text}\n\nOne-minute load when it began: ${load}.` });
  }
  return sections;
}

/** The results with these sections in place of those of the same headings, or behind all others. */
export function withSections(markdown: string, sections: readonly Section[]): string {
  const [top = '', ...rest] = markdown.trimEnd().split(/^(?=## )/m);
  const texts = new Map(rest.map((text) => [headingOf(text), text.trimEnd()]));
  for (const { heading, text } of sections) texts.set(heading, `## ${heading}\n\n${text}`);
  return `${[top.trimEnd(), ...texts.values()].filter((text) => text !== '').join('\n\n')}\n`;
}

const headingOf = (section: string): string => section.slice(3).split('\n')[0] ?? '';
