import { describe, expect, it, test } from 'vitest';
import {
  absent,
  defineReader,
  denied,
  value,
  type Answer,
  type Read,
} from '../../../engine/module/reader.ts';
import { followWay } from '../../../engine/module/way.ts';
import type { Prediction, Invalidates } from '../../../engine/module/plan.ts';
import { Foreseen } from '../../../engine/run/state/foreseen.ts';
import { Whereabouts } from '../../../engine/run/state/whereabouts.ts';

interface Key {
  readonly path: string;
  readonly follow?: boolean;
}

/** What a path is: text, or where a link leads. */
const parse = () => [];
const entry = defineReader<Key, string>({
  name: 'entry',
  script: () => '',
  parse,
  dependsOn: ({ path }) => [path],
  about: {
    path: ({ path }) => path,
    follows: ({ follow }) => follow === true,
    at: (key, path) => ({ ...key, path }),
    as: (is, from, to, end) => `${is} as ${to.path}${end === undefined ? '' : ` ends at ${end}`}`,
    shows: (_, answer) => {
      if (answer.answer === 'absent') return 'nothing';
      if (answer.answer === 'denied') return undefined;
      return answer.value.startsWith('-> ') ? { link: answer.value.slice(3) } : 'no link';
    },
  },
});
/** What lies below a folder. */
const tree = defineReader<string, string>({
  name: 'tree',
  script: () => '',
  parse,
  dependsOn: (path) => [`${path}/`],
  about: {
    path: (path) => path,
    follows: () => true,
    at: (_, path) => path,
    as: (is) => is,
  },
});
/** Asks about a file that no key names. */
const unit = defineReader<string, string>({
  name: 'unit',
  script: () => '',
  parse,
  dependsOn: (name) => [`/etc/units/${name}`],
  names: (_, answer) => (answer.answer === 'value' ? [answer.value] : []),
});

interface Host {
  readonly links?: Readonly<Record<string, string>>;
  readonly says?: Readonly<Record<string, Answer<unknown>>>;
}

/** A host of these links, and the answers that it has given. */
function host({ links = {}, says = {} }: Host = {}) {
  const linkAt = (name: string): string | undefined => links[name];
  const where = new Whereabouts((path) => [followWay(path, linkAt)]);
  const foreseen = new Foreseen({ where, linkAt, answer: (_, read) => says[read.id] });
  const asked: string[] = [];
  return {
    asked,
    predict: (step: string, predictions: readonly Prediction[], invalidates: Invalidates = {}) =>
      foreseen.predict('', predictions, invalidates, { because: step, acts: false }),
    sees: (read: Read<string>, user = '') =>
      foreseen.get(user, read, (as) => {
        asked.push(as.id.replace('entry ', ''));
        return says[as.id] as Answer<string> | undefined;
      }),
    asks: (read: Read<string>) => foreseen.asks('', read).key,
    plannedFor: (...reads: readonly Read<string>[]) => foreseen.plannedFor('', reads),
  };
}

const file = (path: string) => entry({ path });
const followed = (path: string) => entry({ path, follow: true });
const link = (path: string, to: string): Prediction => ({
  read: file(path),
  answer: value(`-> ${to}`),
});
const unknown = (because: string) => ({ answer: 'unknown', because }) as const;

describe('in check a planned link', () => {
  it('leads what is read through it to where it will lead', () => {
    const on = host({ says: { [file('/v2/conf').id]: value('new') } });
    on.predict("'switch'", [link('/cur', 'v2')]);
    expect(on.asks(file('/cur/conf'))).toEqual({ path: '/v2/conf' });
    expect(on.sees(file('/cur/conf'))).toEqual(value('new as /cur/conf'));
  });

  it('replaces one that the host has', () => {
    const on = host({ links: { '/cur': 'v1' } });
    expect(on.asks(file('/cur/conf'))).toEqual({ path: '/cur/conf' });
    on.predict("'switch'", [link('/cur', 'v2')]);
    expect(on.asks(file('/cur/conf'))).toEqual({ path: '/v2/conf' });
  });

  it('is itself asked for where it is not followed, and its end where it is', () => {
    const on = host({ says: { [followed('/v2').id]: value('folder') } });
    on.predict("'switch'", [link('/cur', 'v2')]);
    expect(on.sees(file('/cur'))).toEqual(value('-> v2 as /cur'));
    expect(on.asks(followed('/cur'))).toEqual({ path: '/v2', follow: true });
    expect(on.sees(followed('/cur'))).toEqual(value('folder as /cur ends at /v2'));
  });

  it('that leads nowhere is unknown, for the host would say so in its own way', () => {
    const on = host({ says: { [followed('/v2').id]: absent } });
    on.predict("'switch'", [link('/cur', 'v2')]);
    expect(on.sees(followed('/cur'))).toEqual(unknown("'switch'"));
  });

  it('is gone again where a later step makes a file of it', () => {
    const on = host({ links: { '/cur': 'v1' } });
    on.predict("'file'", [{ read: file('/cur'), answer: value('text') }]);
    expect(on.sees(followed('/cur'))).toBeUndefined();
    expect(on.asks(file('/cur/conf'))).toEqual({ path: '/cur/conf' });
  });

  it('gives way to a file, which is seen under its name then, followed or not', () => {
    const on = host({ links: { '/cur': 'v1' }, says: { [followed('/v1').id]: value('folder') } });
    on.predict(
      "'file'",
      [file('/cur'), followed('/cur')].map((read) => ({ read, answer: value('text') })),
    );
    expect(on.sees(file('/cur'))).toEqual(value('text as /cur'));
    expect(on.sees(followed('/cur'))).toEqual(value('text as /cur'));
  });

  it('of which it is only said that it may not be read stays what it was', () => {
    const on = host({ links: { '/cur': 'v1' }, says: { [followed('/v1').id]: value('folder') } });
    on.predict("'close'", [{ read: file('/cur'), answer: denied('no') }]);
    expect(on.asks(followed('/cur'))).toEqual({ path: '/cur', follow: true });
  });

  it.each<[string, Answer<string>]>([
    ['that nobody may read', denied('no')],
    ['that is there', value('text')],
  ])('passes on what the host says of an end %s', (_, answer) => {
    const on = host({ says: { [followed('/v2').id]: answer } });
    on.predict("'switch'", [link('/cur', 'v2')]);
    const told = answer.answer === 'value' ? value('text as /cur ends at /v2') : answer;
    expect(on.sees(followed('/cur'))).toEqual(told);
  });

  it('whose end a later step leaves unknown is unknown because of that step', () => {
    const on = host();
    on.predict("'switch'", [link('/cur', 'v2')]);
    on.predict("'later'", [{ read: followed('/v2'), answer: { answer: 'unknown' } }]);
    expect(on.sees(followed('/cur'))).toEqual(unknown("'later'"));
  });

  it('elsewhere leaves what the host has: its own links lead as they do', () => {
    const on = host({ links: { '/cur': 'v1' }, says: { [followed('/plain').id]: value('x') } });
    on.predict("'switch'", [link('/other', 'v2')]);
    expect(on.asks(file('/cur/conf'))).toEqual({ path: '/cur/conf' });
    expect(on.sees(followed('/plain'))).toEqual(value('x as /plain'));
  });

  it('makes unknown what is asked by a name that passes it', () => {
    const on = host();
    on.predict("'switch'", [link('/etc/units', '/other')]);
    expect(on.sees(unit('x'))).toEqual(unknown("'switch'"));
    expect(on.asked).toEqual([]);
  });

  it('is found by whoever asks, as another user too', () => {
    const on = host();
    on.predict("'write'", [{ read: file('/a'), answer: value('new') }]);
    expect(on.sees(file('/a'), 'deploy')).toEqual(value('new as /a'));
  });
});

describe('in check what a planned step removes', () => {
  const removed = (path: string): Prediction => ({ read: file(path), answer: absent });

  it('takes all below it along, whatever the host still says', () => {
    const on = host({ says: { [file('/a/b').id]: value('there') } });
    on.predict("'remove'", [removed('/a')]);
    expect(on.sees(file('/a/b'))).toEqual(absent);
    expect(on.sees(file('/ab'))).toBeUndefined();
    expect(on.asked).toEqual(['{"path":"/ab"}']);
  });

  it('leaves what a later step makes there', () => {
    const on = host();
    on.predict("'remove'", [removed('/a')]);
    on.predict("'make'", [{ read: file('/a/b'), answer: value('made') }]);
    expect(on.sees(file('/a/b'))).toEqual(value('made as /a/b'));
    expect(on.sees(file('/a/c'))).toEqual(absent);
  });

  it('makes unknown what is read of all below it', () => {
    const on = host();
    on.predict("'remove'", [removed('/a')]);
    expect(on.sees(tree('/a'))).toEqual(unknown("'remove'"));
    expect(on.sees(tree('/a/b'))).toEqual(unknown("'remove'"));
  });
});

describe('in check a folder that will be made', () => {
  it('is no reason to uncertainBecause what the host says of things in it', () => {
    const on = host({ says: { [file('/a/b').id]: value('there') } });
    on.predict("'folder'", [{ read: file('/a'), answer: value('folder') }]);
    expect(on.sees(file('/a/b'))).toEqual(value('there as /a/b'));
  });

  it('may be left again by `..`, where the host would find nothing', () => {
    const on = host();
    on.predict("'folder'", [{ read: file('/new'), answer: value('folder') }]);
    expect(on.asks(file('/new/../a'))).toEqual({ path: '/a' });
    expect(on.asks(file('/old/../a'))).toEqual({ path: '/old/../a' });
    expect(on.asks(file('/new/old/../../a'))).toEqual({ path: '/a' });
  });

  it('is seen by what looks at all below it', () => {
    const on = host();
    on.predict("'list'", [{ read: tree('/a'), answer: value('one entry') }]);
    expect(on.sees(tree('/a'))).toEqual(value('one entry'));
  });
});

describe('in check an answer of the host', () => {
  test.each<[string, Answer<string>, Invalidates, unknown]>([
    [
      'stands where a planned step may have changed it',
      value('old'),
      { paths: ['/a'] },
      value('old as /a'),
    ],
    [
      'of what is absent is in uncertainBecause there',
      absent,
      { paths: ['/a'] },
      unknown("'step'"),
    ],
    ['of what is absent stands elsewhere', absent, { paths: ['/b'] }, absent],
    ['of what may not be read stands', denied('no'), { paths: ['/a'] }, denied('no')],
  ])('%s', (_, says, invalidates, expected) => {
    const on = host({ says: { [file('/a').id]: says } });
    on.predict("'step'", [], invalidates);
    expect(on.sees(file('/a'))).toEqual(expected);
  });

  it('is the same each time it is told under another name', () => {
    const on = host({ says: { [file('/a').id]: value('old') } });
    on.predict("'step'", []);
    expect(on.sees(file('/a'))).toBe(on.sees(file('/a')));
  });

  it('that is not there is asked for', () => {
    const on = host();
    on.predict("'step'", []);
    expect(on.sees(file('/a'))).toBeUndefined();
  });
});

describe('in check a step may say that it does not know', () => {
  it('what a read will answer', () => {
    const on = host({ says: { [file('/a').id]: value('old') } });
    on.predict("'step'", [{ read: file('/a'), answer: { answer: 'unknown' } }]);
    expect(on.sees(file('/a'))).toEqual(unknown("'step'"));
  });

  it('and a later one that it does', () => {
    const on = host();
    on.predict("'step'", [{ read: file('/a'), answer: { answer: 'unknown' } }]);
    on.predict("'later'", [{ read: file('/a'), answer: value('new') }]);
    expect(on.sees(file('/a'))).toEqual(value('new as /a'));
  });
});

describe('the planned step that may change an answer', () => {
  it('is the last one that invalidates what the first such read is about', () => {
    const on = host();
    on.predict("'one'", [], { paths: ['/a'] });
    on.predict("'two'", [], { paths: ['/b'] });
    expect(on.plannedFor(file('/c'))).toBeUndefined();
    expect(on.plannedFor(file('/c'), file('/b'), file('/a'))).toBe("'two'");
  });

  it('is found through a planned link, and not by what that link points to', () => {
    const on = host();
    on.predict("'switch'", [link('/cur', '/v2')], { paths: ['/cur'] });
    expect(on.plannedFor(file('/v2/x'))).toBeUndefined();
    on.predict("'write'", [], { paths: ['/v2'] });
    expect(on.plannedFor(file('/cur/x'))).toBe("'write'");
  });
});

describe('a thing of several names', () => {
  const says = { [unit('alias').id]: value('main'), [unit('other').id]: value('other') };

  it('is predicted under all of them', () => {
    const on = host({ says });
    on.predict("'stop'", [{ read: unit('main'), answer: value('main') }]);
    expect(on.sees(unit('alias'))).toEqual(value('main'));
    expect(on.asked).toEqual([]);
    expect(on.sees(unit('other'))).toEqual(value('other'));
  });

  it('is unknown under all of them, by the names that the host has told', () => {
    const on = host({ says });
    on.predict("'stop'", [{ read: unit('alias'), answer: { answer: 'unknown' } }]);
    expect(on.sees(unit('alias'))).toEqual(unknown("'stop'"));
    expect(on.sees(unit('other'))).toEqual(value('other'));
    const again = host({ says: { ...says, [unit('main').id]: value('main') } });
    again.predict("'stop'", [{ read: unit('alias'), answer: { answer: 'unknown' } }]);
    expect(again.sees(unit('main'))).toEqual(unknown("'stop'"));
  });
});
