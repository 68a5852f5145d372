/** `--profile`: where the time went, and what each host cost. */
import type { HostRecap } from './events.ts';
import { bytes, duration, wrap } from './layout.ts';
import type { Listener, ShownEvent } from './shown.ts';
import type { Sink } from './sink.ts';
import { styleFor } from './style.ts';

/** Slowest steps that are shown. */
const slowest = 10;

interface Took {
  readonly id: string;
  readonly host: string;
  readonly took: number;
}

/** Prints a summary after the run. */
export function profileReporter(sink: Sink): Listener {
  const steps: Took[] = [];
  const style = styleFor(sink.color);
  return {
    on(event) {
      if (event.event === 'step-end') {
        steps.push({ id: event.step.id, host: event.step.host, took: event.took });
      } else if (event.event === 'run-end') {
        const lines = [
          '',
          style.title('SLOWEST STEPS'),
          ...slowestLines(steps, sink.columns),
          '',
          style.title('HOSTS'),
          ...hostLines(event.recap),
          '',
          controllerLine(event, steps.length),
        ];
        sink.write(`${lines.join('\n')}\n`);
      }
    },
    close: () => Promise.resolve(),
  };
}

function controllerLine(
  { controllerCpu, controllerCpuPerHost, took }: Extract<ShownEvent, { event: 'run-end' }>,
  steps: number,
): string {
  const perStep =
    steps === 0 ? '' : `, ${(controllerCpu / steps).toFixed(2)} ms for each of its steps`;
  const perHost = `${controllerCpuPerHost.toFixed(0)} ms for each host${perStep}`;
  return `controller: ${duration(controllerCpu)} of processor time in ${duration(took)}: ${perHost}`;
}

function slowestLines(steps: readonly Took[], columns: number): string[] {
  return steps
    .toSorted((a, b) => b.took - a.took)
    .slice(0, slowest)
    .map(({ id, host, took }) =>
      wrap(`${duration(took).padStart(10)}  ${host}  ${id}`, columns, 12),
    );
}

function hostLines(recap: Readonly<Record<string, HostRecap>>): string[] {
  const width = Math.max(4, ...Object.keys(recap).map((host) => host.length));
  const head = [
    'host'.padEnd(width),
    'connections',
    'trips',
    '        up',
    '      down',
    'processes',
  ];
  const rows = Object.entries(recap).map(([host, { counters }]) => [
    host.padEnd(width),
    String(counters.connections).padStart(11),
    String(counters.roundTrips).padStart(5),
    bytes(counters.bytesUp).padStart(10),
    bytes(counters.bytesDown).padStart(10),
    String(counters.processes).padStart(9),
  ]);
  return [head, ...rows].map((cells) => cells.join('  '));
}
