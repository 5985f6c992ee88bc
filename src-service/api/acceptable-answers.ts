import type { FastifyRequest } from 'fastify';
import { PosternError } from '../../src-shared/errors/postern-error.ts';

const JSON_RANGES = ['application/json', 'application/*', '*/*'];

/** @throws PosternError `API_NOT_ACCEPTABLE` for an `Accept` that nothing of this route could meet (RFC 9110, section 12.5.1) */
export async function requireAcceptable({ headers, routeOptions }: FastifyRequest): Promise<void> {
  const { accept } = headers;
  const offered = routeOptions.config.mediaTypes ?? [];
  if (accept === undefined || accept.trim() === '') return;
  const isMet = accept.split(',').some((part) => {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    if (parameters.some((text) => /^q=0(?:\.0*)?$/.test(text))) return false;
    return (
      JSON_RANGES.includes(range) || offered.some((type) => range === type || range === type.replace(/\/.*/, '/*'))
    );
  });
  if (!isMet) {
    const forms = ['application/json', ...offered].join(', ');
    throw new PosternError('API_NOT_ACCEPTABLE', { message: `The answer is ${forms}.`, target: 'Accept' });
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What else than JSON the route answers with. */
    mediaTypes?: readonly string[];
  }
}
