/** What an authorization request asks of the sign-in beyond being one. */
export interface AskedAuthentication {
  /** `acr_values`, one of which is wanted. */
  readonly acrValues: readonly string[];
  /** Entra's authentication contexts (`acrs` of the claims parameter), all of which are wanted. */
  readonly contexts: readonly string[];
  /** `amr` of the claims parameter, one of which is wanted. */
  readonly amrValues: readonly string[];
}

interface Sessionlike {
  readonly acr?: string | undefined;
  readonly amr?: readonly string[] | undefined;
}

/** Reads it from the parameters of the request. */
export function readAskedAuthentication(parameters: Readonly<Record<string, unknown>>): AskedAuthentication {
  const { acr_values: acrValues, claims } = parameters;
  const asked = typeof claims === 'string' ? (JSON.parse(claims) as { id_token?: Record<string, unknown> }) : {};
  return {
    acrValues: typeof acrValues === 'string' ? acrValues.split(' ') : [],
    contexts: valuesOf(asked.id_token?.['acrs']),
    amrValues: valuesOf(asked.id_token?.['amr']),
  };
}

/** Whether a session at the provider has it already; true where nothing is asked. */
export function hasAsked({ acrValues, contexts, amrValues }: AskedAuthentication, { acr, amr }: Sessionlike): boolean {
  const has = contextsOf(acr);
  if (acrValues.length > 0 && !acrValues.some((value) => has.includes(value))) return false;
  if (amrValues.length > 0 && !amrValues.some((value) => amr?.includes(value))) return false;
  return contexts.every((value) => has.includes(value));
}

/** What a session has after a sign-in with a second factor. */
export function strongAuthentication({ acrValues, contexts, amrValues }: AskedAuthentication): {
  acr?: string;
  amr: string[];
} {
  const acr = [...acrValues.slice(0, 1), ...contexts].join(' ');
  return { ...(acr !== '' && { acr }), amr: [...new Set(['pwd', 'otp', 'mfa', ...amrValues.slice(0, 1)])] };
}

/** Contexts are kept in the one `acr` that a session has. */
export function contextsOf(acr: string | undefined): string[] {
  return acr === undefined ? [] : acr.split(' ');
}

function valuesOf(request: unknown): string[] {
  const { value, values } = (request ?? {}) as { value?: unknown; values?: unknown };
  return [value, ...(Array.isArray(values) ? values : [])].filter((entry) => typeof entry === 'string');
}
