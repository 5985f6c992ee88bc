import type { ErrorDefinition } from './error-definition.ts';
import { API_ERRORS } from './api-errors.ts';
import { BACKEND_ERRORS } from './backend-errors.ts';
import { EDGE_ERRORS } from './edge-errors.ts';
import { ENROLMENT_ERRORS } from './enrolment-errors.ts';
import { SERVICE_CONNECTION_ERRORS } from './service-connection-errors.ts';
import { SETUP_ERRORS } from './setup-errors.ts';
import { SIGN_IN_ERRORS } from './sign-in-errors.ts';
import { TUNNEL_ERRORS } from './tunnel-errors.ts';
import { UPDATE_ERRORS } from './update-errors.ts';

/**
 * Every error that Postern names. A code is `<AREA>_<CONDITION>`; callers branch on it and never on text. Codes and
 * wire numbers are never reused: a retired one stays out of the table for good. `docs/errors.md` has a heading per code.
 */
export const ERRORS = {
  ...TUNNEL_ERRORS,
  ...BACKEND_ERRORS,
  ...EDGE_ERRORS,
  ...SIGN_IN_ERRORS,
  ...API_ERRORS,
  ...ENROLMENT_ERRORS,
  ...SERVICE_CONNECTION_ERRORS,
  ...SETUP_ERRORS,
  ...UPDATE_ERRORS,
} as const;

/** A code of the registry. */
export type ErrorCode = keyof typeof ERRORS;

/** A code that has a wire number, so that it can travel in a RESET or GOAWAY frame. */
export type WireErrorCode = {
  [Code in ErrorCode]: (typeof ERRORS)[Code] extends { readonly wire: number } ? Code : never;
}[ErrorCode];

const CODE_BY_WIRE = new Map<number, WireErrorCode>();
for (const [code, definition] of Object.entries(ERRORS)) {
  if ('wire' in definition) CODE_BY_WIRE.set(definition.wire, code as WireErrorCode);
}

/** The code behind a wire number. A number that this version does not know reads as `STREAM_INTERNAL`. */
export function errorCodeFromWire(wire: number): WireErrorCode {
  return CODE_BY_WIRE.get(wire) ?? 'STREAM_INTERNAL';
}

/** What the registry knows about a code, in its general shape. */
export function errorDefinition(code: ErrorCode): ErrorDefinition {
  return ERRORS[code];
}

/** Whether a text from outside names a code of the registry. */
export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === 'string' && Object.hasOwn(ERRORS, text);
}
