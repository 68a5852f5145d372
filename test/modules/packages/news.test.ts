/** What the script of a package manager says that came and went. */
import { describe, expect, it } from 'vitest';
import {
  afterPackages,
  beforePackages,
  packageNews,
} from '../../../engine/modules/packages/shared/news.ts';
import { joinScripts, rawScript } from '../../../engine/shell/script.ts';
import { runScript } from '../../../engine/testing.ts';

/** Stands for dpkg's list: what it says may change in between. */
const lists = `say() { printf 'installed package %s amd64\\n' "$@"; }
query() { if [ -n "$later" ]; then say 'kept 1' 'new 2.0-1' 'moved 2'; else say 'kept 1' 'gone 1' 'moved 1'; fi; }`;

describe('the news', () => {
  it('are what is in one list and not in the other', async () => {
    const script = joinScripts([
      rawScript(lists),
      beforePackages('dpkg'),
      rawScript("later=1\nprintf 'Setting up new\\n'"),
      afterPackages,
    ]);
    // No shell's function may be called dpkg-query.
    const asked = rawScript(script.text.replaceAll('dpkg-query', 'query'));
    const { stdout, code } = await runScript(asked, {});
    expect(code).toBe(0);
    const news = packageNews(stdout.toString('utf8'));
    const names = (list: readonly { readonly name: string; readonly version: string }[] = []) =>
      list.map(({ name, version }) => `${name} ${version}`).toSorted();
    expect(names(news?.came)).toEqual(['moved 2', 'new 2.0-1']);
    expect(names(news?.went)).toEqual(['gone 1', 'moved 1']);
    expect(Number(news?.began)).toBeGreaterThan(1_700_000_000);
    expect(news?.users).toEqual([]);
  });

  it('are of rpm without its keys, and without an epoch of zero', async () => {
    const say = `query() { printf 'package %s noarch\\n' "gpg-pubkey 0:$later" 'kept 0:1-1' "new 2:1-$later" "plain 0:1-$later"; }`;
    const script = joinScripts([
      rawScript(`later=1\n${say}`),
      beforePackages('rpm'),
      rawScript('later=2'),
      afterPackages,
    ]);
    const { stdout } = await runScript(rawScript(script.text.replaceAll('rpm -qa', 'query')), {});
    const news = packageNews(stdout.toString('utf8'));
    const versions = news?.came.map(({ name, version }) => `${name} ${version}`).toSorted();
    expect(versions).toEqual(['new 2:1-2', 'plain 1-2']);
  });

  it('tell accounts', () => {
    const news = packageNews('tsplay: came user _web\ntsplay: came group web\ntsplay: began 1.5\n');
    expect(news).toMatchObject({ users: ['_web'], groups: ['web'], came: [], began: '1.5' });
  });

  it('are none where the script did not come to its end', () => {
    expect(packageNews('Setting up x (1)\n')).toBeUndefined();
  });
});
