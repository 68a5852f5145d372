import { afterEach, describe, expect, it, vi } from 'vitest';
import { machine } from '../../../engine/module/machine.ts';
import { absent, defineReader, value, type Answer } from '../../../engine/module/reader.ts';
import { way } from '../../../engine/module/read-ways.ts';
import { followWay } from '../../../engine/module/way.ts';
import { freshFile } from '../../../engine/modules/shared/file-result.ts';
import { file as realFile } from '../../../engine/readers/files/file.ts';
import { packageNamed } from '../../../engine/readers/packages/package.ts';
import { unit as realUnit } from '../../../engine/readers/services/unit.ts';
import { HostState, SharedEpoch } from '../../../engine/run/state/host-state.ts';
import { file, of, parse, port, stateWith, store, unit } from './host-answers.ts';

describe('what was read', () => {
  afterEach(() => void vi.useRealTimers());

  it('is read again at its turn when that comes more than 30 s later', () => {
    vi.useFakeTimers();
    const { state } = stateWith(file('/a'));
    vi.advanceTimersByTime(29_000);
    expect(state.get('', file('/a'))).toEqual(value('old'));
    vi.advanceTimersByTime(1001);
    expect(state.get('', file('/a'))).toBeUndefined();
  });
});

describe('what an apply makes stale', () => {
  it('is everything, unless it says what', () => {
    const { state } = stateWith(file('/a'), unit('x'));
    state.changed(of('everything'));
    expect(state.get('', file('/a'))).toBeUndefined();
    expect(state.get('', unit('x'))).toBeUndefined();
  });

  it('is a path, what lies below it, and what is made of it', () => {
    const { state } = stateWith(file('/etc/a'), file('/etc/a/b'), file('/etc/ab'), unit('x'));
    state.changed(of({ paths: ['/etc/a'] }));
    expect(state.get('', file('/etc/a'))).toBeUndefined();
    expect(state.get('', file('/etc/a/b'))).toBeUndefined();
    expect(state.get('', file('/etc/ab'))).toBeDefined();
    expect(state.get('', unit('x'))).toBeDefined();
    state.changed(of({ paths: ['/etc/systemd/system/x.service'] }));
    expect(state.get('', unit('x'))).toBeUndefined();
  });

  it('is the folder itself in which something is invalidated, but not what lies beside it', () => {
    const { state } = stateWith(file('/etc'), file('/etc/a'), file('/etc/a/b'), file('/etc/c'));
    state.changed(of({ paths: ['/etc/a/b'] }));
    expect(state.get('', file('/etc/a'))).toBeUndefined();
    expect(state.get('', file('/etc/c'))).toBeDefined();
    expect(state.get('', file('/etc'))).toBeDefined();
  });

  it('is asked by user: what one user reads is not another user’s answer', () => {
    const { state } = stateWith(file('/a'));
    expect(state.get('deploy', file('/a'))).toBeUndefined();
  });

  it('is not stored from a read batch that left before the change', () => {
    const { state } = stateWith();
    const openBatch = state.startRead();
    state.changed(of({ paths: ['/a'] }));
    store(state, openBatch, file('/a'), value('seen before the change'));
    expect(state.get('', file('/a'))).toBeUndefined();
  });

  it('is fresh when it was read behind the change in the same write', () => {
    const { state } = stateWith();
    const openBatch = state.startRead();
    state.changed(of({ paths: ['/a'] }), openBatch);
    store(state, openBatch, file('/a'), value('new'));
    expect(state.get('', file('/a'))).toEqual(value('new'));
  });

  it('is every shared value of all hosts', () => {
    const clock = new SharedEpoch();
    const one = new HostState(clock);
    const two = new HostState(clock);
    const openBatch = one.startRead();
    store(one, openBatch, port(80), value(true));
    one.finishRead(openBatch);
    two.changed(of({ paths: ['/elsewhere'] }));
    expect(one.get('', port(80))).toBeUndefined();
  });
});

describe('check', () => {
  it('sees the prediction instead of what the host answered', () => {
    const { state } = stateWith(file('/a'));
    state.predict('', [{ read: file('/a'), answer: value('new') }], {}, { because: "'write a'" });
    expect(state.get('', file('/a'))).toEqual(value('new'));
  });

  it('knows nothing of an absent thing that a planned change may bring', () => {
    const { state } = stateWith();
    const openBatch = state.startRead();
    store(state, openBatch, unit('etcd'), absent);
    store(state, openBatch, unit('ssh'), value('active'));
    state.predict('', [], { readers: ['unit'] }, { because: "'install etcd'" });
    expect(state.get('', unit('etcd'))).toEqual({ answer: 'unknown', because: "'install etcd'" });
    expect(state.get('', unit('ssh'))).toEqual(value('active'));
  });

  it('asks behind a planned link for where it will lead, and says which step may change that', () => {
    const { state } = stateWith();
    const openBatch = state.startRead();
    const cur = followWay('/cur/x', (name) => (name === '/cur' ? '/v1' : undefined));
    state.store(openBatch, '', way('/cur/x'), value(cur));
    const read = realFile({ path: '/cur/x' });
    expect(state.asks('', read)).toBe(read);
    state.predict('', [], { paths: ['/elsewhere'] }, { because: "'other'" });
    expect(state.asks('', read)).toBe(read);
    const link = { type: 'link', target: '/v2' } as const;
    const answer = value({
      ...freshFile({ type: 'link', mode: '0777' }, { name: 'root', uid: 0 }),
      ...link,
    });
    state.predict(
      '',
      [{ read: realFile({ path: '/cur' }), answer }],
      { paths: ['/cur'] },
      { because: "'switch'" },
    );
    expect(state.asks('', read)).toEqual(realFile({ path: '/v2/x' }));
    expect(state.plannedFor('', [read])).toBeUndefined();
    state.predict('', [], { paths: ['/v2/x'] }, { because: "'write'" });
    expect(state.plannedFor('', [read])).toBe("'write'");
  });

  it('finds what was predicted of a thing under its other names', () => {
    const { state } = stateWith();
    const openBatch = state.startRead();
    const ssh = value({ id: 'ssh.service', activeState: 'active' });
    for (const name of ['sshd', 'ssh', 'dbus']) {
      store(
        state,
        openBatch,
        realUnit(name),
        name === 'dbus' ? value({ id: 'dbus-broker.service' }) : ssh,
      );
    }
    const stopped = value({ id: 'ssh.service', activeState: 'inactive' });
    state.predict('', [{ read: realUnit('sshd'), answer: stopped }], {}, { because: "'stop'" });
    expect(state.get('', realUnit('ssh'))).toEqual(stopped);
    expect(state.get('', realUnit('dbus'))).not.toEqual(stopped);
    const mta = { name: 'postfix', arch: 'amd64', version: '3' };
    for (const name of ['mail-transport-agent', 'postfix', 'postfix:amd64']) {
      store(state, openBatch, packageNamed(name), value(mta));
    }
    store(state, openBatch, packageNamed('postfix:i386'), value({ ...mta, arch: 'i386' }));
    state.predict(
      '',
      [{ read: packageNamed('postfix'), answer: absent }],
      {},
      { because: "'remove'" },
    );
    expect(state.get('', packageNamed('mail-transport-agent'))).toEqual(absent);
    expect(state.get('', packageNamed('postfix:amd64'))).toEqual(absent);
    expect(state.get('', packageNamed('postfix:i386'))?.answer).toBe('value');
  });

  it('makes only that unit unknown whose own file is written, where the reader names files', () => {
    const exact = defineReader<string, string>({
      name: 'unit',
      script: () => '',
      parse,
      dependsOn: (name) => [`/etc/systemd/system/${name}`],
    });
    const { state } = stateWith();
    const openBatch = state.startRead();
    store(state, openBatch, exact('app.service'), absent);
    store(state, openBatch, exact('other.service'), absent);
    state.predict(
      '',
      [],
      { paths: ['/etc/systemd/system/app.service'] },
      { because: "'unit file'" },
    );
    expect(state.get('', exact('app.service'))).toMatchObject({ answer: 'unknown' });
    expect(state.get('', exact('other.service'))).toEqual(absent);
  });

  it('keeps what is below a planned folder absent, and a planned unit file makes its unit unknown', () => {
    const { state } = stateWith();
    const openBatch = state.startRead();
    store(state, openBatch, file('/srv/app/conf'), absent);
    store(state, openBatch, unit('app'), absent);
    const invalidates = { paths: ['/srv/app', '/etc/systemd/system/app.service'] };
    state.predict('', [], invalidates, { because: "'folder'" });
    expect(state.get('', file('/srv/app/conf'))).toEqual(absent);
    expect(state.get('', unit('app'))).toEqual({ answer: 'unknown', because: "'folder'" });
  });
});

describe('what was read of a host, and a change elsewhere', () => {
  const two = () => {
    const clock = new SharedEpoch();
    const [a, b] = [new HostState(clock), new HostState(clock)];
    for (const state of [a, b]) {
      const openBatch = state.startRead();
      store(state, openBatch, file('/a'), value('old'));
      store(state, openBatch, port(80), value('old'));
      state.finishRead(openBatch);
    }
    const known = () =>
      [b.get('', file('/a')), b.get('', port(80))].map((each) => each !== undefined);
    return { a, b, clock, known };
  };
  const tell = (state: HostState, id: Answer<string>): void => {
    const openBatch = state.startRead();
    state.store(openBatch, '', machine('host'), id);
    state.finishRead(openBatch);
  };

  it('is its own, where nothing says that the change may be anywhere', () => {
    const { a, known } = two();
    expect(known()).toEqual([true, true]);
    a.changed(of({ paths: ['/a'] }));
    expect(known()).toEqual([true, false]);
    a.changed(of('everything', { everywhere: true }));
    expect(known()).toEqual([false, false]);
  });

  it('is stale too where it asked for the change', () => {
    const { a, b, known } = two();
    a.changed(of({ paths: ['/a'] }, { asker: b }));
    expect(known()[0]).toBe(false);
  });

  it('is stale under all names of one machine', () => {
    const { a, b, known } = two();
    for (const state of [a, b]) tell(state, value('one'));
    expect([a.isSame(b), a.hasOtherNames, a.exclusive === b.exclusive]).toEqual([true, true, true]);
    a.changed(of({ paths: ['/b'] }));
    expect(known()[0]).toBe(true);
    a.changed(of({ paths: ['/a'] }));
    expect(known()[0]).toBe(false);
  });

  it('is its own where they are two machines, or do not tell', () => {
    for (const ids of [
      [value('one'), value('two')],
      [absent, absent],
    ] as const) {
      const { a, b, known } = two();
      [a, b].forEach((state, index) => tell(state, ids[index] ?? absent));
      expect([a.isSame(b), a.hasOtherNames, a.exclusive === b.exclusive]).toEqual([
        false,
        false,
        false,
      ]);
      a.changed(of({ paths: ['/a'] }));
      expect(known()[0]).toBe(true);
    }
  });

  it('is not stored from a read batch of a host that turns out to be that machine', () => {
    for (const [id, fresh] of [
      ['one', false],
      ['two', true],
    ] as const) {
      const { a, b } = two();
      tell(a, value('one'));
      const openBatch = b.startRead();
      a.changed(of({ paths: ['/c'] }));
      b.store(openBatch, '', machine('host'), value(id));
      store(b, openBatch, file('/c'), value('old'));
      expect(b.get('', file('/c')) !== undefined).toBe(fresh);
    }
  });

  it('may be of another machine once the connection was lost', () => {
    const { a, b, known } = two();
    for (const state of [a, b]) tell(state, value('one'));
    b.lost();
    expect(known()).toEqual([false, false]);
    expect(a.isSame(b)).toBe(false);
    expect(b.unlocated('everything')).toEqual([machine('host')]);
    expect(a.unlocated('everything')).toEqual([]);
  });
});
