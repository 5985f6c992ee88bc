import type { AuthenticationRequirement } from './authentication-requirement.ts';

/**
 * The parameters by which a provider is asked for a sign-in that meets a requirement: `acr_values` and `max_age` (OpenID Connect
 * Core section 3.1.2.1), of Entra its authentication contexts by the claims parameter. Providers may ignore them.
 * @param takesClaims whether the provider says that it understands the claims parameter (section 5.5)
 */
export function stepUpParameters(
  { acrValues, amrValues, maxAgeSeconds }: AuthenticationRequirement,
  kind: 'entra' | 'oidc',
  takesClaims: boolean,
): Record<string, string> {
  const idToken: Record<string, object> = {};
  if (kind === 'entra' && acrValues.length > 0) idToken['acrs'] = essential(acrValues.flat());
  if (takesClaims && amrValues.length > 0) idToken['amr'] = essential(amrValues.flat());
  // There is no other way to ask for a method, and Entra knows no max_age.
  const asksAgain = amrValues.length > 0 || (kind === 'entra' && maxAgeSeconds !== null);
  return {
    ...(kind === 'oidc' && acrValues.length > 0 && { acr_values: acrValues.flat().join(' ') }),
    ...(maxAgeSeconds !== null && { max_age: String(maxAgeSeconds) }),
    ...(asksAgain && { prompt: 'login' }),
    ...(Object.keys(idToken).length > 0 && { claims: JSON.stringify({ id_token: idToken }) }),
  };
}

function essential(values: readonly string[]): object {
  return values.length === 1 ? { essential: true, value: values[0] } : { essential: true, values };
}
