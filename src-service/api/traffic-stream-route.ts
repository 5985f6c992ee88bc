import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { Administrator } from '../identity/administrator-tokens.ts';
import type { TrafficFilter } from '../traffic/traffic-filter.ts';
import { TRAFFIC_LIMITS } from '../traffic/traffic-limits.ts';
import { TrafficWatcher } from '../traffic/traffic-watcher.ts';
import { type ApiOptions, type ApiServer, changeContext } from './api-context.ts';

/** The longest that a timer takes; a token ends long before. */
const MAX_LIFETIME_MS = 2 ** 31 - 1;
/** One who comes back so soon for the same is the same watching. */
const SAME_WATCHING_MS = 10 * 60_000;
const MAX_NOTED = 1000;

const list = z
  .string()
  .max(2048)
  .transform((text) => text.split(',').map((each) => each.trim()))
  .pipe(z.array(z.string().min(1)).max(100));
const querystring = z.strictObject({
  /** Ids, separated by commas; so are all lists here. */
  applicationId: list.optional(),
  connectorGroupId: list.optional(),
  /** Ids or user principal names. */
  user: list.optional(),
  status: list
    .pipe(z.array(z.string().regex(/^[1-5](?:xx|\d\d)$/i, 'A status is a number such as 404 or a class such as 5xx.')))
    .optional(),
  method: list.optional(),
  /** A part of the path. */
  path: z.string().min(1).max(1024).optional(),
  minimumDurationMs: z.coerce.number().min(0).optional(),
  isError: z.enum(['true', 'false']).optional(),
  /** The share of the requests that is sent. */
  sample: z.coerce.number().gt(0).max(1).default(1),
  maximumEventsPerSecond: z.coerce
    .number()
    .int()
    .min(1)
    .max(TRAFFIC_LIMITS.maxEventsPerSecond)
    .default(TRAFFIC_LIMITS.eventsPerSecond),
});

/**
 * `GET /postern/traffic/stream`: requests as they end, as server-sent events, for readers and administrators. Who watches, and
 * what for, is in the audit.
 */
export function registerTrafficStreamRoute(server: ApiServer, options: ApiOptions): void {
  const { traffic, clock } = options;
  const watchers = new Map<string, number>();
  const noted = new Map<string, number>();

  const enter = ({ id }: Administrator): void => {
    const own = watchers.get(id) ?? 0;
    if (own < TRAFFIC_LIMITS.maxWatchersOfOne && traffic.feed.listeners < TRAFFIC_LIMITS.maxWatchers) {
      watchers.set(id, own + 1);
      return;
    }
    const { maxWatchers, maxWatchersOfOne } = TRAFFIC_LIMITS;
    const message = `At most ${maxWatchersOfOne} streams of one caller and ${maxWatchers} of all are open at once.`;
    throw new PosternError('API_RATE_LIMITED', { message });
  };
  const leave = ({ id }: Administrator): void => {
    const own = (watchers.get(id) ?? 1) - 1;
    if (own === 0) watchers.delete(id);
    else watchers.set(id, own);
  };

  const stream = { schema: { querystring }, config: { mediaTypes: ['text/event-stream'] } };
  server.get('/postern/traffic/stream', stream, async (request, reply) => {
    const { administrator, query, headers } = request;
    if (administrator === null) throw new TypeError('The gate let nobody in.');
    const { sample, maximumEventsPerSecond: eventsPerSecond } = query;
    const filter = filterOf(query);
    const context = changeContext(request);
    const target = { targetKind: 'traffic', targetId: 'stream' };
    const watching = `${administrator.id} ${JSON.stringify(filter)}`;
    const nowMs = clock();
    enter(administrator);
    try {
      if (nowMs - (noted.get(watching) ?? 0) >= SAME_WATCHING_MS) {
        const after = { ...filter, sample };
        await options.store.audit.note({ ...target, action: 'traffic.watch', before: null, after }, context);
        noted.delete(watching);
        noted.set(watching, nowMs);
        if (noted.size > MAX_NOTED) noted.delete(noted.keys().next().value ?? '');
      }
    } catch (error) {
      leave(administrator);
      throw error;
    }
    const lastEventId = headers['last-event-id'];
    const watcher = new TrafficWatcher({
      feed: traffic.feed,
      filter,
      sample,
      eventsPerSecond,
      lastEventId: typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : null,
      lifetimeMs: Math.min(MAX_LIFETIME_MS, Math.max(0, administrator.expiresAtMs - nowMs)),
      random: Math.random,
      onLeftOut: (reason, count) => traffic.noteLeftOut(reason, count),
    });
    watcher.on('close', () => leave(administrator));
    // Proxies that gather what they pass on would make the stream useless.
    return reply.header('X-Accel-Buffering', 'no').type('text/event-stream').send(watcher);
  });
}

function filterOf(query: z.infer<typeof querystring>): TrafficFilter {
  return {
    applicationIds: query.applicationId,
    connectorGroupIds: query.connectorGroupId,
    users: query.user?.map((name) => name.toLowerCase()),
    statuses: query.status?.map((status) => status.toLowerCase()),
    methods: query.method?.map((method) => method.toUpperCase()),
    path: query.path?.toLowerCase(),
    minimumDurationMs: query.minimumDurationMs,
    isError: query.isError === 'true' ? true : undefined,
  };
}
