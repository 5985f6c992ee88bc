import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { CertificateHost } from '../../src-shared/publishing/certificate.ts';
import { pageOf } from '../store/list-in-memory.ts';
import type { ListColumns } from '../store/list-query.ts';
import { ChangeTried } from '../store/unit-of-work.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';
import { registerList } from './list-route.ts';

const PATH = '/postern/certificateHosts';
const params = z.object({ hostname: z.string().max(253) });
/** Fields by which hosts can be filtered and ordered. */
const HOST_COLUMNS = {
  hostname: { column: 'hostname', kind: 'text' },
  certificateId: { column: 'certificateId', kind: 'id', isNullable: true },
  status: { column: 'status', kind: 'id' },
  expiryDate: { column: 'expiryDate', kind: 'date', isNullable: true },
  'acme/status': { column: 'acme', kind: 'id', isNullable: true },
  'acme/failures': { column: 'acme', kind: 'number', isNullable: true },
  'acme/lastProblem': { column: 'acme', kind: 'text', isNullable: true },
  'acme/nextAttemptDateTime': { column: 'acme', kind: 'date', isNullable: true },
  applicationIds: {
    kind: 'collection',
    from: { column: 'applicationIds', path: '$' },
    items: { '': { column: 'id', kind: 'id' } },
  },
} as const satisfies ListColumns;

/** `/postern/certificateHosts`: each host that users come to, with the certificate that it is served with. */
export function registerCertificateHostRoutes(server: ApiServer, options: ApiOptions): void {
  const { certificates, acme, ownHosts, publishedHosts, clock } = options;

  const toAnswer = (hostname: string, applicationIds: ReadonlySet<string>): CertificateHost => {
    const certificate = certificates.certificateFor(hostname);
    const expiresAtMs = certificate?.expiresAtMs ?? null;
    const state = acme?.statusOf(hostname) ?? null;
    return {
      hostname,
      applicationIds: [...applicationIds],
      certificateId: certificate?.id ?? null,
      status: expiresAtMs === null ? 'missing' : expiresAtMs <= clock() ? 'expired' : 'valid',
      expiryDate: toDate(expiresAtMs),
      acme: state && {
        status: state.status,
        failures: state.failures,
        lastProblem: state.lastProblem,
        lastAttemptDateTime: toDate(state.lastAttemptAtMs),
        nextAttemptDateTime: toDate(state.nextAttemptAtMs),
      },
    };
  };

  const listHosts = (): CertificateHost[] => {
    const byHost = new Map(ownHosts.map((hostname) => [hostname, new Set<string>()]));
    for (const { hostname, applicationId } of publishedHosts()) {
      byHost.set(hostname, (byHost.get(hostname) ?? new Set()).add(applicationId));
    }
    return Array.from(byHost, ([hostname, ids]) => toAnswer(hostname, ids));
  };

  registerList(server, options, {
    path: PATH,
    columns: HOST_COLUMNS,
    read: async (query) => pageOf(listHosts(), query, HOST_COLUMNS, ({ hostname }) => hostname),
  });

  // For whoever has just mended what the authority complained of.
  server.post(`${PATH}/:hostname/retry`, { schema: { params } }, async (request, reply) => {
    const hostname = request.params.hostname.toLowerCase();
    if (request.isTrial && acme?.statusOf(hostname)) throw new ChangeTried();
    if ((await acme?.retry(hostname)) !== true) {
      throw new PosternError('API_NOT_FOUND', { message: `${hostname} is no host that gets its certificate by ACME.` });
    }
    return reply.code(204).send();
  });
}

function toDate(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
