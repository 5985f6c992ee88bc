import { makeReason } from '../../src-shared/errors/reasons.ts';
import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { ApplicationFigures, TRAFFIC_PERIODS, type TrafficPeriod } from '../traffic/application-figures.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';

const PATH = '/postern/traffic';
const DEFAULT_TOP = 100;
const MAX_TOP = 999;
const NOBODY_ASKED = new ApplicationFigures();
const params = z.object({ id: z.string().max(256) });
const querystring = z.strictObject({
  period: z.enum(TRAFFIC_PERIODS).default('hour'),
  $top: z.coerce.number().int().min(1).max(MAX_TOP).default(DEFAULT_TOP),
});

/** What went on in a period, as far as this node saw it. */
interface FiguresView {
  readonly sinceDateTime: string;
  readonly requestsPerSecond: number;
  readonly [figure: string]: unknown;
}

/** `/postern/traffic`: how much, how fast and how well, by application, of this node alone. */
export function registerTrafficRoutes(server: ApiServer, options: ApiOptions): void {
  const { traffic, clock, publishedApplications } = options;
  const { counts } = traffic;

  const view = (figures: ApplicationFigures, period: TrafficPeriod, nowMs: number): FiguresView => {
    const { sinceMs, ...rest } = figures.read(period, nowMs, counts.countedFromMs);
    const seconds = Math.max(1, (nowMs - sinceMs) / 1000);
    const requestsPerSecond = Math.round((rest.requests / seconds) * 100) / 100;
    return { sinceDateTime: new Date(sinceMs).toISOString(), requestsPerSecond, ...rest };
  };
  const allPeriods = (figures: ApplicationFigures): Record<TrafficPeriod, FiguresView> => {
    const nowMs = clock();
    return {
      minute: view(figures, 'minute', nowMs),
      hour: view(figures, 'hour', nowMs),
      day: view(figures, 'day', nowMs),
    };
  };

  server.get(PATH, async () => ({ scope: 'node', ...allPeriods(counts.all) }));

  // Those with the most requests first.
  server.get(`${PATH}/applications`, { schema: { querystring } }, async ({ query }) => {
    const nowMs = clock();
    const names = new Map(publishedApplications().map(({ id, displayName }) => [id, displayName]));
    const busy = [...counts.applications()]
      .filter(([id]) => names.has(id))
      .map(([id, figures]) => ({ id, figures: figures.read(query.period, nowMs, counts.countedFromMs), all: figures }))
      .filter(({ figures }) => figures.requests > 0)
      .toSorted((a, b) => b.figures.requests - a.figures.requests);
    const value = busy.slice(0, query.$top).map(({ id, all }) => ({
      applicationId: id,
      applicationDisplayName: names.get(id) ?? null,
      ...view(all, query.period, nowMs),
    }));
    return { '@odata.count': busy.length, scope: 'node', period: query.period, value };
  });

  server.get(`${PATH}/applications/:id`, { schema: { params } }, async (request) => {
    const { id } = request.params;
    const application = publishedApplications().find((each) => each.id === id);
    if (application === undefined) {
      throw new PosternError('API_NOT_FOUND', { reason: makeReason('applicationUnknown', { id }) });
    }
    const figures = counts.ofApplication(id) ?? NOBODY_ASKED;
    return {
      scope: 'node',
      applicationId: id,
      applicationDisplayName: application.displayName,
      ...allPeriods(figures),
    };
  });
}
