/** What a person sees in the terminal while a playbook runs. */
import { describeEnd, outcomeWord } from './describe.ts';
import { cleanJson, cleanLine, cleanText } from './clean.ts';
import type { Event, Outcome } from './events.ts';
import { addFailure, dropFailure, failureBlock, type FailureReport } from './failure.ts';
import { count, duration, prefixLines, wrap } from './layout.ts';
import { LiveLines } from './live-lines.ts';
import { Progress, type StepProgress } from './progress.ts';
import { recapTable } from './recap.ts';
import type { Listener, ShownEvent, ShownStepEnd } from './shown.ts';
import type { Sink } from './sink.ts';
import { StatusLine } from './status-line.ts';
import { styleFor, type Style } from './style.ts';

export interface PrettyOptions {
  readonly diff: boolean;
  /** 0: what changed; 1: every host, results, all live output; 2: connections, why of skips. */
  readonly verbosity: number;
  /** Whether a terminal gets the live status line. Default true. */
  readonly live?: boolean;
  /** Milliseconds since 1970; only the live status line asks. */
  readonly now?: () => number;
}

type Of<K extends Event['event']> = Extract<ShownEvent, { event: K }>;

/** @param sink the terminal, or whatever stands for it */
export function prettyReporter(sink: Sink, options: PrettyOptions): Listener {
  return new Pretty(sink, options);
}

class Pretty implements Listener {
  readonly #sink: Sink;
  readonly #options: PrettyOptions;
  readonly #style: Style;
  readonly #status: StatusLine;
  readonly #live: LiveLines;
  readonly #progress = new Progress();
  readonly #failures: FailureReport[] = [];
  #check = false;
  /** Hosts whose loss has been told. */
  readonly #unreached = new Set<string>();
  #header = '';
  #hostWidth = 0;
  #handlers = 0;

  constructor(sink: Sink, options: PrettyOptions) {
    this.#sink = sink;
    this.#options = options;
    this.#style = styleFor(sink.color);
    this.#live = new LiveLines(sink.isTTY, options.verbosity > 0);
    this.#status = new StatusLine(sink, this.#style, options.now ?? Date.now);
  }

  close(): Promise<void> {
    this.#status.stop();
    return Promise.resolve();
  }

  on(event: ShownEvent): void {
    switch (event.event) {
      case 'run-start':
        return this.#runStart(event);
      case 'play-start':
        return this.#playStart(event);
      case 'host-connected':
        if (this.#options.verbosity > 1) this.#note(`${event.host} connected as ${event.user}`);
        return;
      case 'host-unreachable':
      case 'host-locked':
        return this.#lost(event);
      case 'handlers-pending':
        return this.#note(
          `${event.host}: pending handlers from an earlier run: ${event.handlers.join(', ')}`,
        );
      case 'step-start':
        return this.#status.stepStarted(event.step.host, shortId(event.step));
      case 'step-output':
        return this.#output(event);
      case 'step-running':
        return this.#stillRunning(event);
      case 'step-retry':
        if (this.#options.verbosity > 0) {
          this.#under(event.step, `retry ${event.attempt}/${event.attempts}: ${event.why}`);
        }
        return;
      case 'step-end':
        return this.#stepEnd(event);
      case 'host-rescued':
        return this.#rescued(event);
      case 'host-held-back':
        return this.#heldBack(event);
      case 'hosts-left-out':
        return this.#leftOut(event);
      case 'handler-notified':
        if (this.#options.verbosity > 1) this.#note(`${event.host}: ${event.handler} notified`);
        return;
      case 'handler-pending':
      case 'parts-merged':
        // For programs: people read it in \`play report\`.
        return;
      case 'play-end':
        return this.#playEnd(event);
      case 'message':
        return this.#message(event);
      case 'run-end':
        return this.#runEnd(event);
    }
  }

  #runStart(event: Of<'run-start'>): void {
    this.#check = event.check;
    if (this.#options.live ?? true) this.#status.start();
    if (event.check) this.#print(this.#style.quiet('Check: nothing is written.'));
  }

  #playStart(event: Of<'play-start'>): void {
    this.#settle(this.#progress.takeAll());
    this.#progress.begin(event.hosts);
    this.#live.playStarts(event);
    this.#hostWidth = Math.min(24, Math.max(0, ...event.hosts.map((host) => host.length)));
    const batch = event.batches > 1 ? `, batch ${event.batch} of ${event.batches}` : '';
    const names = event.hosts.length <= 8 ? `: ${event.hosts.join(' ')}` : '';
    const title = `PLAY ${cleanLine(event.play)} (${count(event.hosts.length, 'host')}${batch}${names})`;
    this.#header = '';
    this.#print(`\n${this.#style.title(wrap(title, this.#sink.columns, 4))}`);
  }

  #stepEnd(event: ShownStepEnd): void {
    const { step, outcome } = event;
    this.#status.stepEnded(step.host);
    if (step.handler && outcome !== 'skipped') this.#handlers += 1;
    const progress = this.#progress.end(step, outcome);
    const gone = isLoss(outcome) && !event.ignored;
    if (gone) this.#progress.leave(step.host);
    if (this.#isWorthALine(event)) {
      // What is over comes first, so that lines stand in the order of the playbook.
      this.#settle(this.#progress.takeSettled(progress));
      this.#tell(event, progress);
    }
    if (gone) this.#keepFailure(event);
    this.#settle(this.#progress.takeSettled());
  }

  #keepFailure({ step, outcome, failure }: ShownStepEnd): void {
    if (!failure || !isLoss(outcome)) return;
    if (outcome !== 'failed') this.#unreached.add(step.host);
    addFailure(this.#failures, step.host, { outcome, hosts: [], step, failure });
  }

  #isWorthALine(event: ShownStepEnd): boolean {
    if (this.#options.verbosity > 0) return true;
    if (event.notes.length > 0 || event.ignored) return true;
    return event.outcome !== 'ok' && event.outcome !== 'skipped';
  }

  /** The line of one host, and what belongs to it. */
  #tell(event: ShownStepEnd, progress: StepProgress): void {
    const { step, outcome } = event;
    progress.told.add(step.host);
    const word = outcomeWord(outcome, this.#check);
    const line = `${step.host.padEnd(this.#hostWidth)}  ${word}  ${describeEnd(event)}`;
    const took = event.took >= 1000 && outcome !== 'ok' ? ` [${duration(event.took)}]` : '';
    const wrapped = wrap(`  ${line.trimEnd()}${took}`, this.#sink.columns, 6);
    this.#under(
      step,
      wrapped.trimStart().replace(`  ${word}`, `  ${this.#style.outcome[outcome](word)}`),
    );
    for (const note of event.notes) {
      this.#detail(this.#style.warning(prefixLines(cleanText(note), '      ')));
    }
    if (event.diff ?? this.#options.diff) this.#diffs(event);
    if (this.#options.verbosity > 0 && event.result !== undefined && !event.failure) {
      this.#detail(this.#style.quiet(this.#data(event.result)));
    }
  }

  /** Data on one line where it fits. */
  #data(value: unknown): string {
    const line = `      ${cleanJson(value)}`;
    const fits = line.length <= this.#sink.columns;
    return fits ? line : prefixLines(cleanJson(value, 2), '      ');
  }

  #diffs(event: ShownStepEnd): void {
    for (const { text } of event.differences) {
      if (text && text.diff !== '') this.#detail(this.#paintDiff(text.path, text.diff));
    }
  }

  #paintDiff(path: string, diff: string): string {
    const { added, removed, hunk, title } = this.#style;
    const lines = diff.split('\n').map((line) => {
      if (line.startsWith('+')) return added(line);
      if (line.startsWith('-')) return removed(line);
      return line.startsWith('@@') ? hunk(line) : line;
    });
    return prefixLines([title(`--- ${cleanLine(path)}`), ...lines].join('\n'), '      ');
  }

  /** Prints steps that are over; hosts without a line of their own are counted. */
  #settle(steps: readonly StepProgress[]): void {
    for (const { step, ended, told } of steps) {
      const quiet = [...ended].filter(([host]) => !told.has(host));
      if (quiet.length === 0) continue;
      const outcomes = [...new Set(quiet.map(([, outcome]) => outcome))].toSorted();
      const words = outcomes.map((outcome) => {
        const amount = quiet.filter(([, other]) => other === outcome).length;
        return this.#style.outcome[outcome](`${outcome} ${amount}`);
      });
      if (told.size > 0) this.#under(step, this.#style.quiet(`others: ${words.join(', ')}`));
      else this.#print(`${this.#title(step)}  ${words.join(', ')}`);
    }
  }

  #lost(event: Of<'host-unreachable' | 'host-locked'>): void {
    this.#progress.leave(event.host);
    this.#status.hostLeft(event.host);
    const { failure, host } = event;
    // Its step may have told it already.
    if (this.#unreached.has(host)) return;
    this.#unreached.add(host);
    const outcome = event.event === 'host-locked' ? 'locked' : 'unreachable';
    addFailure(this.#failures, host, { outcome, hosts: [], step: undefined, failure });
    const word = this.#style.outcome[outcome](outcome);
    this.#print(`  ${host.padEnd(this.#hostWidth)}  ${word}  ${cleanLine(failure.message)}`);
    this.#settle(this.#progress.takeSettled());
  }

  /** The failure is none any more: the host goes on. */
  #rescued(event: Of<'host-rescued'>): void {
    dropFailure(this.#failures, event.host);
    this.#unreached.delete(event.host);
    this.#progress.join(event.host);
    const word = this.#style.outcome.changed('rescued');
    const text = cleanLine(event.text).replace(/^rescued: /, '');
    this.#print(`  ${event.host.padEnd(this.#hostWidth)}  ${word}  ${text}`);
  }

  #leftOut({ hosts, why }: Of<'hosts-left-out'>): void {
    this.#settle(this.#progress.takeAll());
    const names = hosts.length <= 8 ? `: ${hosts.join(' ')}` : '';
    const left = `left out (${count(hosts.length, 'host')}${names})`;
    this.#print(this.#style.warning(`warning: ${left}, for ${cleanLine(why)}`));
  }

  #heldBack({ host, block, failedOn }: Of<'host-held-back'>): void {
    this.#progress.leave(host);
    this.#status.hostLeft(host);
    const word = this.#style.outcome.failed('held back');
    const why = `'${cleanLine(block)}' failed on ${failedOn}: not begun here`;
    this.#print(`  ${host.padEnd(this.#hostWidth)}  ${word}  ${why}`);
    this.#settle(this.#progress.takeSettled());
  }

  #output(event: Of<'step-output'>): void {
    if (!this.#live.isShown(event)) return;
    const text = prefixLines(cleanText(event.text), `  ${event.step.host} | `);
    this.#under(event.step, this.#style.quiet(text.trimStart()));
  }

  #stillRunning(event: Of<'step-running'>): void {
    const line = this.#live.stillRunning(event, shortId(event.step));
    if (line !== undefined) this.#note(line);
  }

  #message(event: Of<'message'>): void {
    if (event.level === 'detail' && this.#options.verbosity === 0) return;
    const text = cleanText(event.host === undefined ? event.text : `${event.host}: ${event.text}`);
    if (event.level === 'warning') this.#print(this.#style.warning(`warning: ${text}`));
    else this.#print(text);
    this.#header = '';
  }

  #playEnd(event: Of<'play-end'>): void {
    this.#settle(this.#progress.takeAll());
    if (event.aborted === undefined) return;
    this.#print(this.#style.error(`PLAY ENDED EARLY ${event.play}: ${cleanLine(event.aborted)}`));
  }

  #runEnd(event: Of<'run-end'>): void {
    this.#status.stop();
    this.#settle(this.#progress.takeAll());
    for (const failure of this.#failures) {
      const shown = { columns: this.#sink.columns, withScript: this.#options.verbosity > 1 };
      this.#print(`\n${failureBlock(failure, this.#style, shown)}`);
    }
    const verbose = this.#options.verbosity > 0;
    const { took, recap } = event;
    const options = { check: this.#check, verbose, handlers: this.#handlers, took };
    if (event.exitCode === 130) this.#print(this.#style.error('\nINTERRUPTED'));
    this.#print(`\n${recapTable(recap, this.#style, options)}`);
  }

  /** A line below the header of its step; the header is printed again after something else. */
  #under(step: StepProgress['step'], line: string): void {
    const title = this.#title(step);
    if (this.#header !== title) this.#print(title);
    this.#header = title;
    this.#print(`  ${line}`, title);
  }

  #title(step: StepProgress['step']): string {
    return this.#style.title(`${step.handler ? 'HANDLER ' : ''}${cleanLine(shortId(step))}`);
  }

  /** A line that belongs to the one before. */
  #detail(text: string): void {
    this.#print(text, this.#header);
  }

  #note(text: string): void {
    this.#print(this.#style.quiet(`  ${cleanLine(text)}`));
  }

  #print(text: string, header = ''): void {
    this.#header = header;
    this.#status.hide();
    this.#sink.write(`${text}\n`);
    this.#status.draw();
  }
}

const isLoss = (outcome: Outcome): outcome is FailureReport['outcome'] =>
  outcome === 'failed' || outcome === 'unreachable' || outcome === 'locked';

/** Role and name: the play stands above. */
function shortId(step: StepProgress['step']): string {
  return step.role === undefined ? step.name : `${step.role}/${step.name}`;
}
