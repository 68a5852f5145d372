/** What Kubernetes itself, whose parser is stricter than OpenSSL's, makes of our files. */
import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, get, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { kubernetesBinaries } from '../../../lab/kubernetes/build.ts';
import { loadAuthority, makeAuthority } from '../../../engine/pki/authority.ts';
import { issueCertificate, type Issued } from '../../../engine/pki/issue.ts';
import { kubeconfigText } from '../../../kubernetes/modules/kubeconfig/text.ts';
import type { Usage } from '../../../engine/pki/encode.ts';
import { reveal } from '../../../engine/secrets/secret.ts';
import { folder } from '../../readers/asking.ts';

let bin = '';
beforeAll(async () => {
  bin = (await kubernetesBinaries()).directory;
}, 1_800_000);
const running: (ChildProcess | Server)[] = [];
afterEach(() => {
  for (const one of running.splice(0)) {
    if ('pid' in one) one.kill('SIGKILL');
    else (one as Server).close();
  }
});

describe.each(['p256', 'rsa2048'] as const)(
  'with keys of the kind %s',
  { timeout: 60_000 },
  (keyType) => {
    const ca = makeAuthority(
      { commonName: 'kubernetes-ca', organizations: ['k8s'], keyType },
      Date.now(),
    );
    const issue = (
      commonName: string,
      usages: readonly Usage[],
      organizations: string[] = [],
    ): Issued =>
      issueCertificate(
        loadAuthority(ca),
        {
          subject: { commonName, organizations },
          names: usages.includes('server') ? ['localhost', '127.0.0.1'] : [],
          usages,
          days: 365,
          renewBeforeDays: 30,
          keyType,
        },
        Date.now(),
      );

    /** An API server that tells who asked; it takes nobody without a certificate. */
    async function apiServer(): Promise<{ url: string; asked: Promise<string> }> {
      const own = issue('kube-apiserver', ['server']);
      let tell: (who: string) => void = () => undefined;
      const asked = new Promise<string>((done) => (tell = done));
      const server = createServer(
        {
          cert: own.certificate,
          key: reveal(own.key),
          ca: ca.certificate,
          requestCert: true,
          rejectUnauthorized: true,
        },
        (request, response) => {
          if (request.socket instanceof TLSSocket) {
            const { CN, O } = request.socket.getPeerCertificate().subject;
            tell([CN, O].flat().join(' '));
          }
          response.setHeader('content-type', 'application/json').end('{"kind":"Status"}\n');
        },
      );
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      running.push(server);
      return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
    }

    function configFor(server: string, user: string, issued: Issued): string {
      const path = join(folder(), 'config');
      const text = kubeconfigText({
        server,
        authorities: ca.certificate,
        cluster: 'kubernetes',
        user,
        context: 'own',
        credentials: { certificate: issued.certificate, key: reveal(issued.key) },
      });
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    }

    function start(program: string, words: readonly string[]): ChildProcess {
      const child = spawn(join(bin, program), words, {
        stdio: 'ignore',
        env: { HOME: '/tmp' },
      });
      running.push(child);
      return child;
    }

    test('kubectl believes the server and is known by its certificate', async () => {
      const { url, asked } = await apiServer();
      const own = issue('kubernetes-admin', ['client'], ['system:masters']);
      const config = configFor(url, 'kubernetes-admin', own);
      const child = start('kubectl', ['--kubeconfig', config, 'get', '--raw', '/healthz']);
      const code = new Promise<number | null>((ended) => child.on('close', ended));
      expect(await asked).toBe('kubernetes-admin system:masters');
      expect(await code).toBe(0);
    });

    test('kube-scheduler serves with its certificate', async () => {
      const { url } = await apiServer();
      const own = issue('system:kube-scheduler', ['client', 'server']);
      const config = configFor(url, 'system:kube-scheduler', own);
      const at = folder();
      writeFileSync(join(at, 'crt'), own.certificate);
      writeFileSync(join(at, 'key'), reveal(own.key), { mode: 0o600 });
      const port = 20_000 + (process.pid % 20_000);
      start('kube-scheduler', [
        `--kubeconfig=${config}`,
        `--tls-cert-file=${join(at, 'crt')}`,
        `--tls-private-key-file=${join(at, 'key')}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${port}`,
        '--port=0',
        '--leader-elect=false',
      ]);
      expect(await answerOf(`https://127.0.0.1:${port}/healthz`, ca.certificate)).toMatchObject({
        status: 200,
        commonName: 'system:kube-scheduler',
      });
    });
  },
);

/** Asks until it answers, and believes only in this authority. */
async function answerOf(url: string, ca: string) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await new Promise<{ status: number | undefined; commonName: string }>((done, fail) => {
        const request = get(url, { ca, agent: false }, (response) => {
          const { socket } = response;
          if (!(socket instanceof TLSSocket)) return fail(new Error('no TLS'));
          const commonName = [socket.getPeerCertificate().subject.CN].flat().join(' ');
          response.resume();
          done({ status: response.statusCode, commonName });
        });
        request.on('error', fail);
      });
    } catch (error) {
      if (
        tries > 200 ||
        !(error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')
      )
        throw error;
      await new Promise((wait) => setTimeout(wait, 100));
    }
  }
}
