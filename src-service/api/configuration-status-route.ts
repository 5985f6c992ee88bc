import { makeReason } from '../../src-shared/errors/reasons.ts';
import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';

const params = z.object({ id: z.string() });

/** How one connector stands to an application. */
interface ConnectorStatus {
  readonly connectorId: string;
  readonly displayName: string;
  /** `rejected`: what it had of the application before stays in force there. `pending`: it has not answered yet. */
  readonly state: 'inForce' | 'rejected' | 'pending';
  readonly configurationVersion: number | null;
  /** Why not, in words for the administrator. */
  readonly reason: string | null;
}

/** `/postern/applications/{id}/configurationStatus`: whether the connectors of its group serve it as it is configured (B63). */
export function registerConfigurationStatusRoute(server: ApiServer, options: ApiOptions): void {
  const { store, liveConnectors } = options;

  server.get('/postern/applications/:id/configurationStatus', { schema: { params } }, async (request) => {
    const { id } = request.params;
    const application = await store.applications.find(id);
    if (application === null)
      throw new PosternError('API_NOT_FOUND', { reason: makeReason('applicationUnknown', { id }) });
    const names = new Map((await store.connectors.list()).map((connector) => [connector.id, connector.displayName]));
    const connectors = liveConnectors()
      .filter(({ connectorGroupId }) => connectorGroupId === application.connectorGroupId)
      .map((presence): ConnectorStatus => {
        const { connectorId, configurationVersion, configurationProblem, rejectedApplications } = presence;
        const rejection = rejectedApplications.find(({ applicationId }) => applicationId === id);
        // A configuration that was refused as a whole has no application of it in force.
        const refusal = rejectedApplications.length === 0 ? configurationProblem : null;
        const reason = rejection?.reason ?? refusal;
        return {
          connectorId,
          displayName: names.get(connectorId) ?? connectorId,
          state: reason !== null ? 'rejected' : configurationVersion === null ? 'pending' : 'inForce',
          configurationVersion,
          reason,
        };
      });
    return { applicationId: id, isInForce: connectors.every(({ state }) => state === 'inForce'), connectors };
  });
}
