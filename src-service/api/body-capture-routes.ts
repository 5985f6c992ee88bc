import { makeReason, type Reason } from '../../src-shared/errors/reasons.ts';
import { z } from 'zod';
import { fieldProblem, FieldsError } from '../../src-shared/errors/fields-error.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import {
  type BodyCapture,
  bodyCaptureCreateSchema,
  bodyCaptureEndSchema,
} from '../../src-shared/publishing/body-capture.ts';
import type { AuditRecord } from '../store/audit-records.ts';
import { type ApiOptions, type ApiServer, changeContext, sendCreated } from './api-context.ts';

const PATH = '/postern/bodyCaptures';
const START = 'bodyCapture.start';
const END = 'bodyCapture.end';
const params = z.object({ id: z.string().max(128) });

/**
 * `/postern/bodyCaptures`: who looks at what users send and get, at which connector, and how long. The connector's desktop app
 * asks here before it begins (ADR 0043). The service keeps nothing of a capture but its records in the audit.
 */
export function registerBodyCaptureRoutes(server: ApiServer, options: ApiOptions): void {
  const { store, clock, randomId, publishedApplications } = options;

  const recordsOf = async (id: string): Promise<ReadonlyMap<string, AuditRecord>> => {
    const conditions = [
      { field: 'targetKind', operator: 'eq', value: 'bodyCapture' },
      { field: 'targetId', operator: 'eq', value: id },
    ] as const;
    const { items } = await store.audit.page({ conditions, orderBy: [], top: 2, after: null });
    return new Map(items.map((record) => [record.activityDisplayName, record]));
  };

  const creation = { schema: { body: bodyCaptureCreateSchema }, config: { isCreation: true } };
  server.post(PATH, creation, async (request, reply) => {
    const { applicationId, connectorId, minutes } = request.body;
    const application = publishedApplications().find(({ id }) => id === applicationId);
    if (application === undefined)
      throw unknown('applicationId', makeReason('applicationUnknown', { id: applicationId }));
    const connector = await store.connectors.find(connectorId);
    if (connector === null) throw unknown('connectorId', makeReason('connectorUnknown', { id: connectorId }));
    const id = randomId();
    const startedAtMs = clock();
    const createdDateTime = new Date(startedAtMs).toISOString();
    const expiryDateTime = new Date(startedAtMs + minutes * 60_000).toISOString();
    const after = {
      displayName: application.displayName,
      applicationId,
      connectorId,
      connectorDisplayName: connector.displayName,
      minutes,
      expiryDateTime,
    };
    const body: BodyCapture = { id, applicationId, connectorId, createdDateTime, expiryDateTime };
    const answer = { location: null, body };
    const entry = { action: START, targetKind: 'bodyCapture', targetId: id, before: null, after };
    await store.audit.note(entry, changeContext(request, answer));
    return sendCreated(reply, answer);
  });

  // Told again, as after a lost answer, it is the same end.
  server.post(`${PATH}/:id/end`, { schema: { params, body: bodyCaptureEndSchema } }, async (request, reply) => {
    const { id } = request.params;
    const records = await recordsOf(id);
    const before = records.get(START)?.after;
    if (typeof before !== 'object' || before === null) {
      throw new PosternError('API_NOT_FOUND', { reason: makeReason('captureUnknown', { id }) });
    }
    if (!records.has(END)) {
      const after = { ...before, ...request.body };
      const entry = { action: END, targetKind: 'bodyCapture', targetId: id, before, after };
      await store.audit.note(entry, changeContext(request));
    }
    return reply.code(204).send();
  });
}

function unknown(target: string, reason: Reason): FieldsError {
  return new FieldsError([fieldProblem(target, reason)]);
}
