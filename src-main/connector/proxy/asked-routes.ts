import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import { makeReason, type Reason } from '../../../src-shared/errors/reasons.ts';
import type { ErrorCode } from '../../../src-shared/errors/registry.ts';
import type { FindRoutes, ProxyRoute } from './proxy-route.ts';

/** Questions under way at once; each is one dial. */
const MAX_WAITING = 1000;

/** Ways that the other side of a thread knows: questions go out with a number, answers come back with it. */
export class AskedRoutes {
  readonly #ask: (id: number, url: string) => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<readonly ProxyRoute[]>>();
  #nextId = 1;

  constructor(ask: (id: number, url: string) => void) {
    this.#ask = ask;
  }

  readonly find: FindRoutes = (url) => {
    if (this.#waiting.size >= MAX_WAITING) {
      return Promise.reject(new PosternError('PROXY_UNREACHABLE', { reason: makeReason('routesTooMany') }));
    }
    const id = this.#nextId;
    this.#nextId += 1;
    const answer = Promise.withResolvers<readonly ProxyRoute[]>();
    this.#waiting.set(id, answer);
    this.#ask(id, url.href);
    return answer.promise;
  };

  answered(id: number, routes: readonly ProxyRoute[]): void {
    this.#take(id)?.resolve(routes);
  }

  failed(id: number, code: ErrorCode, message: string, reason: Reason | undefined): void {
    this.#take(id)?.reject(new PosternError(code, { message, reason }));
  }

  #take(id: number): PromiseWithResolvers<readonly ProxyRoute[]> | undefined {
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    return answer;
  }
}
