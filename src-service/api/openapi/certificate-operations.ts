import { ANSWERS } from './answer-schemas.ts';
import { change, list } from './operation-parts.ts';
import type { Operations } from './operation.ts';

/** Of certificates. By method and path below the API's base. */
export const CERTIFICATE_OPERATIONS: Operations = {
  ...list('/postern/certificates', 'Certificates', 'Certificates', 'certificates', ANSWERS.certificate),
  'POST /postern/certificates': {
    operationId: 'uploadCertificate',
    tag: 'Certificates',
    summary: 'Upload a certificate; 200 where it was there already',
    answer: ANSWERS.certificate,
    status: 201,
  },
  'GET /postern/certificates/:id': {
    operationId: 'getCertificate',
    tag: 'Certificates',
    summary: 'Read a certificate',
    answer: ANSWERS.certificate,
    isTagged: true,
  },
  'PUT /postern/certificates/:id': {
    operationId: 'replaceCertificate',
    tag: 'Certificates',
    summary: 'Put another certificate in the place of one',
    answer: ANSWERS.certificate,
    isTagged: true,
  },
  'DELETE /postern/certificates/:id': {
    operationId: 'deleteCertificate',
    tag: 'Certificates',
    summary: 'Remove a certificate',
    ...change,
  },
  ...list(
    '/postern/certificateHosts',
    'CertificateHosts',
    'Certificates',
    'the hosts that users come to, with their certificates',
    ANSWERS.certificateHost,
  ),
  'POST /postern/certificateHosts/:hostname/retry': {
    operationId: 'retryCertificateHost',
    tag: 'Certificates',
    summary: 'Ask the ACME authority again now',
    answer: null,
  },
};
