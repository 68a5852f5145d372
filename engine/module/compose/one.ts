/** One alteration as a script: the calls of the functions in `engine/shell/host`. */
import { isContent } from '../../shell/content.ts';
import { linkFunctions, placeFunctionNames, putFunctions } from '../../shell/host/library-files.ts';
import { quote } from '../../shell/quote.ts';
import { contained, joinScripts, rawScript, sh, type Script } from '../../shell/script.ts';
import type {
  Alteration,
  MakeFolder,
  MakeLink,
  Remove,
  SetAttributes,
  SetTime,
  Write,
  WriteTogether,
} from '../alteration.ts';

/**
 * The script of one alteration.
 * @param alteration what is to be altered
 * @returns POSIX sh that ends with the exit code of the alteration
 * @throws PlayError for a word with a NUL
 */
export function scriptOfOne(alteration: Alteration): Script {
  switch (alteration.kind) {
    case 'write':
      return write(alteration);
    case 'write together':
      return writeTogether(alteration);
    case 'folder':
      return using('play_folder', sh`play_folder ${folderWords(alteration)}`);
    case 'link':
      return called(sh`play_link ${linkWords(alteration)}`, linkFunctions);
    case 'remove':
      return using('play_remove', sh`play_remove ${removeWords(alteration)}`);
    case 'attributes':
      return using('play_set', sh`play_set ${attributeWords(alteration)}`);
    case 'attributes of many': {
      const { folder, owner, mode, names } = alteration;
      const words = sh`${folder} ${owner ?? ''} ${digits(mode)} ${names}`;
      return using('play_set_all', sh`play_set_all ${words}`);
    }
    case 'time':
      return using('play_stamp', sh`play_stamp ${alteration.path} ${stamp(alteration)}`);
    case 'leads to':
      return using('play_follow', sh`play_follow ${alteration.path} ${alteration.to}`);
    case 'reload units':
      return rawScript('systemctl daemon-reload');
    case 'script':
      return alteration.script;
  }
}

const called = (script: Script, uses: readonly string[]): Script =>
  contained(joinScripts([rawScript('', uses), script], ''));

const using = (name: string, script: Script): Script =>
  called(script, [...placeFunctionNames, name]);

/** Arguments of `play_folder`. */
export const folderWords = ({ path, mode, owner, first }: MakeFolder): Script =>
  sh`${path} ${digits(mode)} ${owner ?? ''} ${first}`;

/** Arguments of `play_link`. */
export const linkWords = ({ path, target, hard }: MakeLink): Script =>
  sh`${path} ${target} ${hard ? [] : ['-s']}`;

/** Arguments of `play_remove`. */
export const removeWords = ({ path, withAllBelow }: Remove): Script =>
  sh`${path} ${withAllBelow === true ? '-rf' : '-f'}`;

/** Arguments of `play_set`. */
export const attributeWords = ({ path, type, least, owner, mode }: SetAttributes): Script =>
  sh`${path} ${type} ${digits(least)} ${owner ?? ''} ${digits(mode)}`;

/** Modes as chmod takes them: five digits, because with four it keeps the set-id bits of a folder. */
const digits = (mode: string | undefined): string => (mode === undefined ? '' : `0${mode}`);

/** Flags of touch, and the time in UTC as every touch understands it; empty: now. */
function stamp({ which, to }: SetTime): string[] {
  const flags = { accessed: '-a', modified: '-m', both: '' }[which];
  return [flags, to === 'now' ? '' : touchStamp(to)];
}

const touchStamp = (seconds: number): string =>
  new Date(seconds * 1000)
    .toISOString()
    .slice(0, 19)
    .replaceAll(/[-:T]/g, '')
    .replace(/(..)$/, '.$1');

/** The commands that print the bytes of a file to be written. */
export const bytesOf = ({ content }: Write): Script =>
  isContent(content) ? sh`${content}` : (content.print ?? sh`cat -- ${content.hostPath}`);

function write(alteration: Write): Script {
  const bytes = bytesOf(alteration);
  // A script begins when it has arrived whole; what streams may be cut.
  const inline = isContent(alteration.content) && bytes.streams.length === 0;
  const before = inline ? sh`play_content() { ${bytes}; }\n` : sh`${bytes} | `;
  const put = sh`play_put ${putWords(alteration, inline ? 'i' : '')}`;
  const script = joinScripts([rawScript('', putFunctions), before, put], '');
  return inline && alteration.validate === undefined ? contained(script) : script;
}

/** Arguments of `play_put`. */
export function putWords(of: Write, flags = ''): Script {
  const { path, mode, owner, expect, content } = of;
  const all = [
    of.backup === true ? 'b' : '',
    of.unsafeWrites === true ? 'u' : '',
    of.replacesLink === true ? 'l' : '',
    flags,
  ].join('');
  const digest = of.digest ?? content.digest;
  return sh`${path} ${mode} ${owner ?? ''} ${digest} ${expect ?? ''} ${all} ${validation(of)}`;
}

/** The temporary file's quoted beginning, and the command cut where its name goes. */
function validation({ path, validate }: Write): string[] {
  const quoted = quote(`${path.slice(0, path.lastIndexOf('/') + 1)}.play-`);
  return validate === undefined ? [quoted] : [quoted, ...validate.split('%s')];
}

function writeTogether({ files }: WriteTogether): Script {
  const staged = files.map(({ path }) => stagedName(path));
  const folders = new Set(files.map(({ path }) => path.slice(0, path.lastIndexOf('/')) || '/'));
  const exit = rawScript('|| exit');
  return joinScripts([
    sh`play_unstage() { rm -f -- ${staged}; }
trap play_unstage 0
trap 'exit 129' 1
trap 'exit 130' 2
trap 'exit 143' 15`,
    ...files.map((file, index) =>
      joinScripts([write({ ...file, path: staged[index] ?? '' }), exit], ' '),
    ),
    ...files.map(({ path }, index) =>
      using('play_rename', sh`play_rename ${staged[index] ?? ''} ${path} || exit`),
    ),
    ...[...folders].map((folder) => sh`play_sync ${folder}`),
  ]);
}

/** The same in each run, so that what a killed one left is replaced by the next. */
const stagedName = (path: string): string =>
  path.replace(/([^/]*)$/, (_, name: string) => `.${name}.play-new`);
