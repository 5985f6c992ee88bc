import type { ErrorDefinition } from './error-definition.ts';

/** Of the admin API. */
export const API_ERRORS = {
  API_UNAUTHENTICATED: {
    status: 401,
    retry: false,
    audience: 'operator',
    summary: 'The access token is missing, expired, or not for this service.',
  },
  API_FORBIDDEN: {
    status: 403,
    retry: false,
    audience: 'operator',
    summary: 'The access token carries no role that permits this.',
  },
  API_INVALID: {
    status: 400,
    retry: false,
    audience: 'operator',
    summary: 'A field of the request has a value that is not allowed.',
  },
  API_CONFLICT: {
    status: 409,
    retry: false,
    audience: 'operator',
    summary: 'The change collides with something that exists.',
  },
  API_NOT_FOUND: {
    status: 404,
    retry: false,
    audience: 'operator',
    summary: 'There is no such resource.',
  },
  API_IN_USE: {
    status: 409,
    retry: false,
    audience: 'operator',
    summary: 'The resource is in use and cannot be removed.',
  },
  API_METHOD_NOT_ALLOWED: {
    status: 405,
    retry: false,
    audience: 'operator',
    summary: 'The resource is there, but does not take this method.',
  },
  API_NOT_ACCEPTABLE: {
    status: 406,
    retry: false,
    audience: 'operator',
    summary: 'The request accepts no form in which the answer could be given.',
  },
  API_PRECONDITION_FAILED: {
    status: 412,
    retry: false,
    audience: 'operator',
    summary: 'The resource has changed since the caller read it.',
  },
  API_BODY_TOO_LARGE: {
    status: 413,
    retry: false,
    audience: 'operator',
    summary: 'The body of the request is larger than the API takes.',
  },
  API_MEDIA_TYPE: {
    status: 415,
    retry: false,
    audience: 'operator',
    summary: 'The body of the request is of a kind that the API does not read.',
  },
  API_KEY_REUSED: {
    status: 422,
    retry: false,
    audience: 'operator',
    summary: 'The idempotency key was used for another request before.',
  },
  API_FAILED_DEPENDENCY: {
    status: 424,
    retry: false,
    audience: 'operator',
    summary: 'A request of the batch, on which this one depends, has failed.',
  },
  API_KEY_IN_FLIGHT: {
    status: 409,
    retry: true,
    audience: 'operator',
    summary: 'The first request with this idempotency key is still under way.',
  },
  API_RATE_LIMITED: {
    status: 429,
    retry: true,
    audience: 'operator',
    summary: 'Too many requests in a short time.',
  },
} as const satisfies Record<string, ErrorDefinition>;
