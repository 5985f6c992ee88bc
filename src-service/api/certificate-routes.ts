import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type Certificate, certificateUploadSchema } from '../../src-shared/publishing/certificate.ts';
import { CERTIFICATE_LIMITS } from '../certificates/certificate-limits.ts';
import { describeCertificate } from '../certificates/describe-certificate.ts';
import { CONFIGURED_CERTIFICATE_ID, type ServedCertificate } from '../certificates/served-certificate.ts';
import type { CertificateToKeep } from '../store/certificate-records.ts';
import { pageOf } from '../store/list-in-memory.ts';
import type { ListColumns } from '../store/list-query.ts';
import { type ApiOptions, type ApiServer, changeContext } from './api-context.ts';
import { type Tagged, sendItem, withTag } from './entity-tags.ts';
import { itemQuerystringSchema } from './list-parameters.ts';
import { registerList } from './list-route.ts';
import { readCertificateBody } from './certificate-uploads.ts';

const PATH = '/postern/certificates';
const params = z.object({ id: z.string() });
const body = certificateUploadSchema;
const names = { kind: 'collection', from: { column: 'dnsNames', path: '$' } } as const;
/** Fields by which certificates can be filtered and ordered. */
const CERTIFICATE_COLUMNS = {
  id: { column: 'id', kind: 'id' },
  source: { column: 'source', kind: 'id' },
  thumbprint: { column: 'thumbprint', kind: 'text' },
  thumbprintSha256: { column: 'thumbprintSha256', kind: 'text' },
  subjectName: { column: 'subjectName', kind: 'text' },
  issuerName: { column: 'issuerName', kind: 'text' },
  keyType: { column: 'keyType', kind: 'text' },
  issueDate: { column: 'issueDate', kind: 'date' },
  expiryDate: { column: 'expiryDate', kind: 'date' },
  createdDateTime: { column: 'createdDateTime', kind: 'date', isNullable: true },
  dnsNames: { ...names, items: { '': { column: 'name', kind: 'text' } } },
  hosts: { ...names, items: { hostname: { column: 'hostname', kind: 'text' } } },
} as const satisfies ListColumns;

/** `/postern/certificates`: those of external hosts, and that of the configuration to be read. Keys are never returned. */
export function registerCertificateRoutes(server: ApiServer, options: ApiOptions): void {
  const { store, certificates, addresses, publishedHosts, clock, randomId } = options;

  const toAnswer = (certificate: ServedCertificate): Tagged<Certificate> => {
    const [leaf, ...issuers] = certificate.chain;
    const served = publishedHosts().filter(({ hostname }) => certificates.certificateFor(hostname) === certificate);
    const byHost = Map.groupBy(served, ({ hostname }) => hostname);
    const warnings = certificates.warningsOf(certificate);
    if (certificates.forListener() === null) {
      warnings.push(
        'This service has no TLS of its own (tls in the configuration): the certificate is kept, not used.',
      );
    }
    const thumbprint = leaf.fingerprint256.replaceAll(':', '');
    return withTag(
      'certificate',
      { id: certificate.id, thumbprint },
      {
        id: certificate.id,
        source: certificate.source,
        ...describeCertificate(leaf),
        dnsNames: [...certificate.names],
        keyType: certificate.keyType,
        chain: issuers.map(describeCertificate),
        createdDateTime: certificate.createdAtMs === null ? null : new Date(certificate.createdAtMs).toISOString(),
        hosts: [...byHost].map(([hostname, hosts]) => ({
          hostname,
          applicationIds: [...new Set(hosts.map(({ applicationId }) => applicationId))],
        })),
        warnings,
      },
    );
  };

  const require = (id: string): ServedCertificate => {
    const found = certificates.all().find((certificate) => certificate.id === id);
    if (found === undefined) throw new PosternError('API_NOT_FOUND', { message: `There is no certificate ${id}.` });
    return found;
  };

  const read = async (upload: z.infer<typeof body>): Promise<CertificateToKeep> => {
    const { chain, privateKey } = await readCertificateBody(upload, clock());
    return { source: 'upload', chain: chain.map(String).join(''), privateKey };
  };

  registerList(server, options, {
    path: PATH,
    columns: CERTIFICATE_COLUMNS,
    defaultOrder: 'source,createdDateTime desc',
    read: async (query) => pageOf(certificates.all().map(toAnswer), query, CERTIFICATE_COLUMNS, ({ id }) => id),
  });

  server.get(`${PATH}/:id`, { schema: { params, querystring: itemQuerystringSchema } }, async (request, reply) =>
    sendItem(request, reply, toAnswer(require(request.params.id))),
  );

  server.post(PATH, { schema: { body } }, async (request, reply) => {
    const wanted = await read(request.body);
    const { maxCertificates } = CERTIFICATE_LIMITS;
    const { record, isNew } = await store.certificates.keep(
      randomId(),
      wanted,
      maxCertificates,
      changeContext(request),
    );
    await certificates.refresh();
    return reply
      .code(isNew ? 201 : 200)
      .header('Location', `${addresses.apiBaseUrl}${PATH}/${record.id}`)
      .send(toAnswer(require(record.id)));
  });

  server.put(`${PATH}/:id`, { schema: { params, body } }, async (request) => {
    const { id } = request.params;
    refuseConfigured(id);
    await store.certificates.replace(id, await read(request.body), changeContext(request));
    await certificates.refresh();
    return toAnswer(require(id));
  });

  server.delete(`${PATH}/:id`, { schema: { params } }, async (request, reply) => {
    refuseConfigured(request.params.id);
    await store.certificates.remove(request.params.id, changeContext(request));
    await certificates.refresh();
    return reply.code(204).send();
  });
}

function refuseConfigured(id: string): void {
  if (id !== CONFIGURED_CERTIFICATE_ID) return;
  throw new PosternError('API_INVALID', {
    message: 'This certificate belongs to the configuration (tls): replace its files, and the service takes them.',
    target: 'id',
  });
}
