/** For tests of something else than rates: they may ask as fast as they can. */
export const NO_RATES = {
  requestsPerSecond: 0,
  applicationRequestsPerSecond: 0,
  clientRequestsPerSecond: 0,
  clientSignInRequestsPerSecond: 0,
  signInRequestsPerSecond: 0,
} as const;
