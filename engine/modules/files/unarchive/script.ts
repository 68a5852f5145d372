/** The script that unpacks an archive beside its place and moves what it holds there. */
import { putFunctions } from '../../../shell/host/library-files.ts';
import { isContent, type Content } from '../../../shell/content.ts';
import { joinScripts, rawScript, sh, type Script } from '../../../shell/script.ts';

export type ArchiveFormat = 'tar' | 'tar.gz' | 'tar.bz2' | 'tar.xz' | 'tar.zst' | 'zip';

export interface Unpacking {
  readonly archive: Content | { readonly hostPath: string; readonly digest: string };
  readonly format: ArchiveFormat;
  /** The folder, which is there. */
  readonly dest: string;
  readonly strip: number;
  /** `owner:group`, or empty. */
  readonly owner: string;
  /** For chmod, or empty. */
  readonly mode: string;
  /** Name of the marker, and its first line. */
  readonly marker: string;
  readonly line: string;
}

const tools: Readonly<Record<ArchiveFormat, readonly [tool: string, command: string]>> = {
  tar: ['tar', 'cat'],
  'tar.gz': ['gzip', 'gzip -dc'],
  'tar.bz2': ['bzip2', 'bzip2 -dc'],
  'tar.xz': ['xz', 'xz -dc'],
  'tar.zst': ['zstd', 'zstd -dc'],
  zip: ['unzip', ''],
};

/**
 * Everything is unpacked into a folder of its own in DEST first, so that a damaged archive leaves
 * DEST as it is; then each file takes its place by a rename, and the marker comes last.
 */
export function unpackScript(of: Unpacking): Script {
  const { archive, dest, format, strip, owner, mode, marker, line } = of;
  const [tool, unpack] = tools[format];
  const bring = isContent(archive)
    ? sh`archive=$stage/archive
said=$( { ${archive}; } 2>&1 >"$archive") || play_cannot 'write into' "$dest/" "$said"`
    : sh`archive=${archive.hostPath}
play_digest "$archive"
[ "$play_sum" = ${archive.digest} ] || play_fail "$archive changed since it was read; run again"`;
  return joinScripts([
    rawScript(functions, putFunctions),
    sh`dest=${dest} tool=${tool} format=${format} strip=${strip} owner=${owner} mode=${mode} marker=${marker} line=${line}`,
    rawScript(`command -v "$tool" >/dev/null 2>&1 || play_fail "the host has no $tool, which unpacks $format"
[ "$format" = zip ] || command -v tar >/dev/null 2>&1 || play_fail 'the host has no tar'
play_enter "$dest" || play_cannot 'write into' "$dest/" "$play_said"
play_clean
play_stage 'write into' "$dest/"
stage=/proc/self/fd/6
mkdir -- "$stage/tree" || exit`),
    bring,
    rawScript(`case $format in
zip)
said=$(umask 022; unzip -q -o "$archive" -d "$stage/tree" 2>&1) || [ $? -eq 1 ] || play_cannot 'unpack into' "$dest/" "$said" ;;
*)
said=$( (${unpack || ':'} <"$archive" || : >"$stage/broken") 2>"$stage/said" | (umask 022; tar -xopf - -C "$stage/tree") 2>&1) || play_cannot 'unpack into' "$dest/" "$said"
[ ! -e "$stage/broken" ] || play_fail "cannot unpack into $dest/: $(cat "$stage/said")" ;;
esac
${settle}`),
  ]);
}

/**
 * `place DIR AT`: what is in DIR of the tree moves into the working folder, which is AT. A folder
 * of the archive goes into a folder that is there, and never through a link: an earlier archive, or
 * whoever owns the folder, may have set it.
 */
const functions = `place() {
for f in "$stage/tree/$1"/* "$stage/tree/$1"/.[!.]* "$stage/tree/$1"/..?*; do
if [ ! -e "$f" ] && [ ! -L "$f" ]; then continue; fi
name=\${f##*/}
to=\${2%/}/$name
if [ -d "$f" ] && [ ! -L "$f" ]; then
if [ -d "./$name" ]; then
[ ! -L "./$name" ] || play_fail "$to is a link, and the archive has a folder of that name"
(
cd -P -- "./$name" && [ "$(readlink /proc/self/cwd)" = "$to" ] || play_fail "$to is a link, and the archive has a folder of that name"
place "$1/$name" "$to"
) || exit
continue
fi
if [ -e "./$name" ] || [ -L "./$name" ]; then play_fail "$to is there and is no folder"; fi
elif [ -d "./$name" ] && [ ! -L "./$name" ]; then
play_fail "$to is a folder; the archive has a file of that name"
fi
play_do write "$to" mv -f -- "$f" ./
done
}`;

const settle = `cd -P ./tree || exit
odd=$(find . ! -type f ! -type d ! -type l | head -n 1)
[ -z "$odd" ] || play_fail "the archive holds \${odd#./}, which is no file, folder or link: nothing was unpacked"
while [ "$strip" -gt 0 ]; do
strip=$((strip-1))
mkdir -- ../next || exit
find . -mindepth 2 -maxdepth 2 -exec mv -- {} ../next/ ';' || play_fail 'two folders of the archive hold the same name below what strip takes away'
cd .. && rm -rf tree && mv next tree && cd tree || exit
done
[ -n "$(ls -A)" ] || play_fail 'nothing is in the archive'
chmod 0755 . || exit
[ -z "$owner" ] || play_do "give $owner" "$dest/" chown -R -h -- "$owner" .
[ -z "$mode" ] || play_do "set mode $mode below" "$dest/" chmod -R -- "$mode" .
{ printf '%s\\n' "$line"; find . -type f -exec sha256sum -- {} +; } >../marker || play_fail 'the files that were unpacked cannot be read'
find . -type f -exec sync -- {} + 2>/dev/null || sync
cd -P /proc/self/fd/9 || exit
place . "$play_want"
play_digest "$stage/marker"
play_put "$dest/$marker" 0644 "$owner" "$play_sum" '' '' '' <"$stage/marker"
play_sync /proc/self/fd/9
play_leave`;
