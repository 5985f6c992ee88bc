import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';

/** A request that went well, over a connection that stood; whatever else a test wants of it is a change. */
export function makeTrafficRecord(
  change: Partial<TrafficRecord> & Pick<TrafficRecord, 'sequence' | 'activityId' | 'startedAtMs'>,
): TrafficRecord {
  return {
    applicationId: 'intranet',
    applicationName: 'Intranet',
    userId: null,
    userName: null,
    method: 'GET',
    url: 'http://origin/',
    status: 200,
    requestBytes: 0,
    responseBytes: 0,
    timing: { sentMs: 1, firstByteMs: 5, totalMs: 10 },
    connection: 'reused',
    isUpgrade: false,
    outcome: 'complete',
    errorCode: null,
    errorHop: null,
    errorCause: null,
    ...change,
  };
}
