import type { Application } from '../../src-shared/publishing/application.ts';
import { RequestRate } from './request-rate.ts';

/** What the configuration says where an application says nothing; 0 stands for no limit. */
export interface TrafficDefaults {
  /** Of the whole service, a second. */
  readonly requestsPerSecond: number;
  readonly applicationRequestsPerSecond: number;
  readonly applicationConcurrentRequests: number;
}

/** Applications whose traffic is known; above it those that rest are forgotten. */
const MAX_APPLICATIONS = 10_000;

/** What one application is asked now. */
export class ApplicationTraffic {
  application: Application;
  readonly rate = new RequestRate(0);
  maxRunning = 0;
  running = 0;

  constructor(application: Application) {
    this.application = application;
  }
}

/** Why a request may not pass. */
export type TrafficRefusal = 'rate' | 'concurrency';

/**
 * Counts the requests that were let through, by application and for the whole service (B46). Strangers who never get that
 * far take nothing from anybody's share.
 */
export class TrafficLimits {
  readonly #defaults: TrafficDefaults;
  readonly #whole: RequestRate;
  readonly #byId = new Map<string, ApplicationTraffic>();

  constructor(defaults: TrafficDefaults) {
    this.#defaults = defaults;
    this.#whole = new RequestRate(defaults.requestsPerSecond);
  }

  /** Lets a request in, or says why not. Who was let in must `leave` the traffic when it is over. */
  enter(application: Application, nowMs: number): ApplicationTraffic | TrafficRefusal {
    const traffic = this.#trafficOf(application);
    if (!traffic.rate.allows(nowMs) || !this.#whole.allows(nowMs)) return 'rate';
    if (traffic.maxRunning !== 0 && traffic.running >= traffic.maxRunning) return 'concurrency';
    traffic.rate.take(nowMs);
    this.#whole.take(nowMs);
    traffic.running += 1;
    return traffic;
  }

  leave(traffic: ApplicationTraffic): void {
    traffic.running -= 1;
  }

  #trafficOf(application: Application): ApplicationTraffic {
    const known = this.#byId.get(application.id);
    if (known?.application === application) return known;
    if (known === undefined && this.#byId.size >= MAX_APPLICATIONS) this.#forgetIdle();
    const traffic = known ?? new ApplicationTraffic(application);
    const { maximumRequestsPerSecond, maximumConcurrentRequests } = application.onPremisesPublishing;
    traffic.application = application;
    traffic.rate.set(maximumRequestsPerSecond ?? this.#defaults.applicationRequestsPerSecond);
    traffic.maxRunning = maximumConcurrentRequests ?? this.#defaults.applicationConcurrentRequests;
    this.#byId.set(application.id, traffic);
    return traffic;
  }

  #forgetIdle(): void {
    for (const [id, { running }] of this.#byId) if (running === 0) this.#byId.delete(id);
  }
}
