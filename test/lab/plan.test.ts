import { describe, expect, test } from 'vitest';
import { linkName, maximumCount, planHosts, planLab } from '../../lab/plan.ts';

describe('planLab', () => {
  test('the default lab is the one that inventories/lab.yaml describes', () => {
    expect(planLab({}, [])).toEqual({
      name: 'lab',
      prefix: 'node',
      subnet: '10.99.0',
      bridge: 'lab-lab',
      packages: [],
    });
  });

  test('another lab gets the first subnet that no lab has', () => {
    expect(planLab({ name: 'two' }, ['10.99.0', '10.99.1', '10.99.3']).subnet).toBe('10.99.2');
  });

  test('a wish for a subnet is kept', () => {
    expect(planLab({ name: 'two', subnet: '192.168.7' }, []).subnet).toBe('192.168.7');
  });

  test('no subnet is invented when all are taken', () => {
    const all = Array.from({ length: 256 }, (_, third) => `10.99.${third}`);
    expect(() => planLab({ name: 'two' }, all)).toThrow('every subnet');
  });

  test('packages are sorted and named once, so that equal wishes share a base', () => {
    const wish = { name: 'two', python: true, packages: ['rsync', 'python3', 'jq'] };
    expect(planLab(wish, []).packages).toEqual(['jq', 'python3', 'python3-apt', 'rsync']);
  });

  test.each(['', 'Lab', '1lab', 'my-lab', 'twelveletter', '../lab', 'a b'])(
    'the name "%s" is refused',
    (name) => {
      expect(() => planLab({ name }, [])).toThrow('cannot name a lab');
    },
  );

  test.each(['10.99', '10.99.1.0', '10.99.256', '10.99.01', '8.8.8', '172.32.0', '10.x.1', ''])(
    'the subnet "%s" is refused',
    (subnet) => {
      const refused = () => planLab({ name: 'two', subnet }, []);
      if (subnet === '') expect(refused().subnet).toBe('10.99.1');
      else expect(refused).toThrow('cannot be the subnet');
    },
  );

  test.each(['node1', 'Node', '-node', 'a_b'])('the prefix "%s" is refused', (prefix) => {
    expect(() => planLab({ prefix }, [])).toThrow('cannot begin host names');
  });

  test.each(['--purge', 'a b', 'Vim', 'x'])('the package "%s" is refused', (name) => {
    expect(() => planLab({ packages: [name] }, [])).toThrow('not the name of a Debian package');
  });
});

describe('planHosts', () => {
  test('hosts are numbered from 1, addresses from .11', () => {
    const hosts = planHosts(planLab({}, []), 3);
    expect(hosts.map((host) => `${host.name} ${host.address} ${host.machine}`)).toEqual([
      'node1 10.99.0.11 lab-node1',
      'node2 10.99.0.12 lab-node2',
      'node3 10.99.0.13 lab-node3',
    ]);
  });

  test('two labs with equal host names share no machine name', () => {
    const [one] = planHosts(planLab({ name: 'one' }, []), 1);
    const [two] = planHosts(planLab({ name: 'two' }, []), 1);
    expect(one?.name).toBe(two?.name);
    expect(one?.machine).not.toBe(two?.machine);
  });

  test('a link name never exceeds the 15 characters of the kernel, and stays unique', () => {
    const lab = planLab({ name: 'elevenchars', prefix: 'a-rather-long-prefix-' }, []);
    const links = planHosts(lab, maximumCount).map((host) => linkName(host.machine));
    expect(links.filter((link) => link.length > 15)).toEqual([]);
    expect(new Set(links).size).toBe(maximumCount);
  });

  test('the last host leaves .200 and up to addresses that hosts share', () => {
    expect(planHosts(planLab({}, []), maximumCount).at(-1)?.address).toBe('10.99.0.199');
  });

  test.each([0, -1, 1.5, Number.NaN, maximumCount + 1])('%d hosts are refused', (count) => {
    expect(() => planHosts(planLab({}, []), count)).toThrow('a lab has 1 to 189 hosts');
  });
});
