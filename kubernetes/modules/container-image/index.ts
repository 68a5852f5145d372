/** Module `containerImage`: an image from a local archive, where the runtime lacks just that one. */
import {
  change,
  defineModule,
  predict,
  same,
  sh,
  StepError,
  value,
  z,
  type Content,
  type Controller,
} from 'tsplay';
import { containerImage as read } from '../../readers/container-image.ts';
import { fullName, imagesIn, type ArchivedImage } from './archive.ts';

const args = z.strictObject({
  src: z
    .string()
    .min(1)
    .describe('a local archive of images, as docker save makes it; looked up in files/'),
  name: z
    .string()
    .regex(/^[a-z0-9][\w./:@-]*$/, 'is not the name of an image')
    .optional()
    .describe('image of the archive; required if it holds several'),
  runtime: z
    .enum(['containerd', 'docker'])
    .default('containerd')
    .describe('container runtime that imports it'),
  namespace: z
    .string()
    .regex(/^[A-Za-z0-9_.-]+$/)
    .default('k8s.io')
    .describe('namespace of containerd; kubelet uses k8s.io'),
});

type Arguments = z.output<typeof args>;

interface Wanted {
  readonly runtime: Arguments['runtime'];
  readonly namespace: string;
  readonly reference: string;
  readonly id: string;
  readonly archive: Content;
  /** Full names of everything in the archive: all of it is imported. */
  readonly brings: readonly string[];
}

export const containerImage = defineModule({
  name: 'containerImage',
  summary: 'Imports an image from a local archive, unless the runtime already has it.',
  args,
  example: `containerImage('pause image', { src: 'images/pause.tar' })`,
  returns: { name: 'full name of the image', id: 'sha256 of its configuration' },
  prepare,
  reads: ({ runtime, namespace, reference }: Wanted) => ({
    image: read({ runtime, namespace, reference }),
  }),
  plan(want, { image }) {
    const { runtime, namespace, reference, id, archive } = want;
    const result = { name: reference, id };
    if (image?.id === id) return same(result);
    const load =
      runtime === 'docker'
        ? sh`${archive} | docker load >/dev/null`
        : sh`${archive} | ctr -n ${namespace} images import - >/dev/null`;
    const key = read({ runtime, namespace, reference });
    return change({
      differences: [{ what: reference, from: shown(image?.id), to: shown(id) }],
      script: load,
      after: [predict(key, value({ id }))],
      invalidates: {
        reads: want.brings.map((name) => read({ runtime, namespace, reference: name })),
      },
      result,
    });
  },
});

const shown = (id: string | undefined): string =>
  id === undefined ? 'absent' : id === '' ? 'another image' : `image ${id.slice(0, 12)}`;

/** Archives are read once a run, whatever the number of hosts. */
const known = new Map<string, Promise<readonly ArchivedImage[]>>();

async function prepare(want: Arguments, controller: Controller): Promise<Wanted> {
  const archive = await controller.file(want.src);
  const path = await controller.path(want.src);
  const key = `${archive.digest} ${path}`;
  const images = known.get(key) ?? imagesIn(path);
  known.set(key, images);
  const { id, name } = pick(await images, want);
  const { runtime, namespace } = want;
  const nameFor = (each: string): string => (runtime === 'docker' ? each : fullName(each));
  const brings = (await images).flatMap(({ names }) => names.map(nameFor));
  return { runtime, namespace, reference: nameFor(name), id, archive, brings };
}

function pick(images: readonly ArchivedImage[], { src, name }: Arguments) {
  const all = images.flatMap(({ id, names }) => names.map((each) => ({ id, name: each })));
  const wanted = name === undefined ? undefined : fullName(name);
  const found = all.filter((each) => wanted === undefined || fullName(each.name) === wanted);
  const [first] = found;
  const one = new Set(found.map(({ id }) => id)).size === 1;
  if (first && one) return first;
  const has = all.map((each) => each.name).join(', ') || 'none that has a name';
  throw new StepError(
    first ? `${src} holds several images: say which` : `${src} holds no ${name ?? 'image'}`,
    { hint: `it holds ${has}` },
  );
}
