/** What the certificates of a host are, for people. */
import { pkiPaths } from './paths.ts';

export interface ReportedCertificate {
  readonly path: string;
  readonly subject: string;
  readonly issuer: string;
  readonly daysLeft: number;
  /** ISO 8601. */
  readonly notAfter: string;
}

/** Every file that may hold a certificate, whatever the host is. */
export const certificateFiles = (vars: Parameters<typeof pkiPaths>[0]): readonly string[] =>
  filesOf(pkiPaths(vars)).filter((path) => /\.(crt|conf)$/.test(path));

const filesOf = (paths: object): readonly string[] =>
  Object.values(paths).flatMap((path) => (typeof path === 'string' ? [path] : filesOf(path)));

/** One line a certificate, those that end first above. */
export function certificateTable(
  host: string,
  certificates: readonly ReportedCertificate[],
): string {
  if (certificates.length === 0) return `${host} has none of the certificates of a cluster`;
  const rows = certificates
    .toSorted((a, b) => a.daysLeft - b.daysLeft)
    .map(({ path, subject, issuer, daysLeft, notAfter }) => [
      String(daysLeft),
      notAfter.slice(0, 10),
      path,
      subject,
      issuer,
    ]);
  const table = [['days', 'until', 'file', 'subject', 'issuer'], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...table.map((row) => (row[column] ?? '').length)),
  );
  return table
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padStart(widths[0] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
