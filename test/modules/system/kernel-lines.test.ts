import { describe, expect, it } from 'vitest';
import { linesOf, type Line } from '../../../engine/modules/shared/file-lines.ts';
import {
  givesOptions,
  loads,
  optionsIn,
  withModule,
  withOptions,
  withoutModule,
  withoutOptions,
} from '../../../engine/modules/system/modprobe/lines.ts';
import { valueInFile, withValue } from '../../../engine/modules/system/sysctl/lines.ts';

const file = (text: string) => linesOf(Buffer.from(text));
const texts = (lines: readonly Line[] | undefined) => lines?.map(({ text }) => text);

describe('lines of sysctl.d', () => {
  const text = '# net.x = 1\nnet.x = 1\n -net/x=2 \nnet.y=\n-net.z\nnet.x.y = 9\n';

  it('give a parameter the value of its last line, whichever way its name is written', () => {
    expect(valueInFile(file(text), 'net.x')).toBe('2');
    expect(valueInFile(file(text), 'net.y')).toBe('');
    expect(valueInFile(file(text), 'net.z')).toBeUndefined();
    expect(valueInFile(file(text), 'x')).toBeUndefined();
  });

  it('are changed in that line alone, its blanks and its minus stay', () => {
    expect(texts(withValue(file(text), 'net.x', '3'))?.[2]).toBe(' -net/x=3 ');
    expect(texts(withValue(file(text), 'net.x', '3'))?.[1]).toBe('net.x = 1');
    expect(withValue(file(text), 'net.x', '2')).toBeUndefined();
  });

  it('get a new one at the end, also where the parameter is only taken out of a wildcard', () => {
    expect(texts(withValue(file(text), 'net.z', '4'))?.slice(-2)).toEqual([
      'net.x.y = 9',
      'net.z = 4',
    ]);
  });
});

describe('lines of modules-load.d', () => {
  it.each([
    ['br_netfilter', true],
    [' br-netfilter # x', true],
    ['#br_netfilter', false],
    ['; br_netfilter', false],
    ['overlay', false],
    ['', false],
  ])('%j loads br_netfilter: %s', (text, is) => {
    expect(loads(text, 'br_netfilter')).toBe(is);
  });

  it('get the module once, and lose each of its lines', () => {
    expect(texts(withModule(file('overlay\n'), 'dummy'))).toEqual(['overlay', 'dummy']);
    expect(withModule(file('overlay\n'), 'overlay')).toBeUndefined();
    expect(texts(withoutModule(file('a\nb\n a\n'), 'a'))).toEqual(['b']);
    expect(withoutModule(file('b\n'), 'a')).toBeUndefined();
  });
});

describe('lines of modprobe.d', () => {
  it('give options to the module that they name, and to no other', () => {
    expect(givesOptions('  options br-netfilter a=1', 'br_netfilter')).toBe(true);
    expect(givesOptions('install br_netfilter a=1', 'br_netfilter')).toBe(false);
    expect(givesOptions('options other a=1', 'br_netfilter')).toBe(false);
    expect(givesOptions('options', 'br_netfilter')).toBe(false);
    expect([...optionsIn(' options x a=1 flag b=c=d e= ')]).toEqual([
      ['a', '1'],
      ['flag', ''],
      ['b', 'c=d'],
      ['e', ''],
    ]);
  });

  it('are set in their place, what is missing joins the first line before its comment', () => {
    const text = 'options x long=old b=2  # why\nalias x y\noptions x c=\n';
    expect(texts(withOptions(file(text), 'x', { long: 'new', c: '3', d: '4' }))).toEqual([
      'options x long=new b=2 d=4 # why',
      'alias x y',
      'options x c=3',
    ]);
    expect(texts(withOptions(file('options x a=1 \n'), 'x', { b: '2' }))).toEqual([
      'options x a=1 b=2',
    ]);
    expect(texts(withOptions(file('options y a=1\n'), 'x', { a: '2' }))).toEqual([
      'options y a=1',
      'options x a=2',
    ]);
  });

  it('give a flag its value, and know no option that the line lacks', () => {
    const flag = withOptions(file('options x a=1 flag # c\n'), 'x', { flag: '1' });
    expect(texts(flag)).toEqual(['options x a=1 flag=1 # c']);
    expect(withOptions(file('options x constructor=1\n'), 'x', {})).toBeUndefined();
  });

  it('stay where all is set', () => {
    expect(
      withOptions(file('options x a=1\noptions x b=2\n'), 'x', { a: '1', b: '2' }),
    ).toBeUndefined();
    expect(withoutOptions(file('options y a=1\n'), 'x')).toBeUndefined();
    expect(texts(withoutOptions(file('options y a=1\noptions x\n'), 'x'))).toEqual([
      'options y a=1',
    ]);
  });
});
