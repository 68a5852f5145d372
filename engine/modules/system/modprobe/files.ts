/** Which files have to change for a module to be loaded, or not, at boot. */
import { moduleName, type ModuleLine } from '../../../readers/system/kernel-module.ts';
import type { EditFile } from '../../shared/edit-file.ts';
import type { FileLines, Line } from '../../shared/file-lines.ts';
import type { ModprobeWant } from './arguments.ts';
import {
  givesOptions,
  loads,
  optionsIn,
  withModule,
  withOptions,
  withoutModule,
  withoutOptions,
  type Parameters,
} from './lines.ts';

export interface ModuleFile {
  readonly path: string;
  readonly create: boolean;
  readonly difference: { readonly what: string; readonly from: string; readonly to: string };
  edit(file: FileLines): readonly Line[] | undefined;
}

export const editedFile = ({ path, create }: ModuleFile): EditFile => ({
  path,
  state: create ? 'present' : 'absent',
  create,
  backup: false,
  unsafeWrites: false,
});

/** Parameters as texts: booleans as the kernel reads them. */
export const parametersOf = (want: ModprobeWant): Parameters =>
  Object.fromEntries(
    Object.entries(want.params).map(([name, of]) => [
      name,
      typeof of === 'boolean' ? (of ? 'Y' : 'N') : String(of),
    ]),
  );

/** @param lines of all files of modules-load.d and modprobe.d */
export function moduleFiles(
  want: ModprobeWant,
  lines: readonly ModuleLine[],
): readonly ModuleFile[] {
  const name = moduleName(want.module);
  const isOptions = (path: string) => path.startsWith('/etc/modprobe.d/');
  const loading = pathsOf(lines.filter((one) => !isOptions(one.path) && loads(one.text, name)));
  const options = lines.filter((one) => isOptions(one.path) && givesOptions(one.text, name));
  if (want.persistent === false) {
    return [
      ...loading.map((path) => ({
        path,
        create: false,
        difference: { what: `${name} in ${path}`, from: 'loaded at boot', to: 'absent' },
        edit: (file: FileLines) => withoutModule(file, name),
      })),
      ...pathsOf(options).map((path) => ({
        path,
        create: false,
        difference: { what: `options of ${name} in ${path}`, from: 'present', to: 'absent' },
        edit: (file: FileLines) => withoutOptions(file, name),
      })),
    ];
  }
  return [
    ...(loading.length > 0
      ? []
      : [
          {
            path: `/etc/modules-load.d/${name}.conf`,
            create: true,
            difference: { what: 'at boot', from: 'absent', to: 'loaded' },
            edit: (file: FileLines) => withModule(file, name),
          },
        ]),
    ...optionFiles(name, parametersOf(want), options),
  ];
}

/** Each parameter is set where it is given last, for that one counts; new ones get a file. */
function optionFiles(
  name: string,
  wanted: Parameters,
  options: readonly ModuleLine[],
): readonly ModuleFile[] {
  const byPath = new Map<string, Record<string, string>>();
  for (const [parameter, value] of Object.entries(wanted)) {
    const line = options.findLast((one) => optionsIn(one.text).has(parameter));
    if (line !== undefined && optionsIn(line.text).get(parameter) === value) continue;
    const path = line?.path ?? options[0]?.path ?? `/etc/modprobe.d/${name}.conf`;
    byPath.set(path, { ...byPath.get(path), [parameter]: value });
  }
  const shown = (parameters: Parameters) =>
    Object.entries(parameters)
      .map((pair) => pair.join('='))
      .join(' ');
  return [...byPath].map(([path, parameters]) => ({
    path,
    create: true,
    difference: {
      what: `options of ${name} in ${path}`,
      from:
        options
          .filter((one) => one.path === path)
          .map((one) => one.text.trim().split(/\s+/).slice(2).join(' '))
          .join(' ') || 'absent',
      to: shown(parameters),
    },
    edit: (file: FileLines) => withOptions(file, name, parameters),
  }));
}

const pathsOf = (lines: readonly ModuleLine[]): readonly string[] => [
  ...new Set(lines.map((line) => line.path)),
];
