/** Longer than any address that people type; each request to a segment carries it. */
export const MAX_URL_CHARACTERS = 2048;

/** What is said of URLs, in words for the person who typed them. */
export const URL_PROBLEMS = {
  empty: 'Enter an address that begins with http:// or https://.',
  length: `The address is longer than ${MAX_URL_CHARACTERS} characters.`,
  malformed: 'This is not a valid address. It looks like https://name.example.com/.',
  scheme: 'The address must begin with http:// or https://.',
  fragment: 'Take the part from # on out of the address.',
  query: 'Take the part from ? on out of the address.',
  credentials: 'Take the user name and password out of the address.',
  trailingSlash: 'The address must end in /.',
  wildcardPlace: 'A * may stand only for the whole first part of the host, as in https://*.apps.example.com/.',
  ambiguousPath: 'The path contains a sequence that servers read differently, such as // or %2e.',
  semicolon: 'The path contains a ;, which servers read differently.',
  ipAddress: 'Users need a host name here, not an IP address.',
  ipNotAllowed: 'An IP address is refused unless IP hosts are allowed for this application.',
  hostName: 'A host name has letters, digits, hyphens and dots between them, and no dot at its end.',
  wildcardDomain: 'A wildcard needs a domain behind it, as in https://*.apps.example.com/.',
  externalWildcard: 'The external URL has a * for its host, so this one needs one too.',
  internalWildcard: 'The internal URL has a * for its host, so this one needs one too.',
} as const satisfies Readonly<Record<string, string>>;

/** Every sentence about a URL. */
export type UrlProblemKey = keyof typeof URL_PROBLEMS;
