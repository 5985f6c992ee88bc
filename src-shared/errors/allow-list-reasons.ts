/** What the allow-list of a connector's machine says against a backend (B70). */
export const ALLOW_LIST_REASONS = {
  allowListUnnamed: 'The allow-list of this connector does not name {host} port {port}.',
  allowListUnnamedAddress:
    'The allow-list of this connector does not name {host}, which is {address} here, port {port}.',
  allowListHours: 'The allow-list of this connector opens {host} port {port} at other hours only.',
  allowListHoursAddress:
    'The allow-list of this connector opens {host}, which is {address} here, port {port} at other hours only.',
  allowListProtected:
    '{host} is a link-local address or one of cloud metadata, and the allow-list of this connector does not name it.',
  allowListProtectedAddress:
    '{host}, which is {address} here, is a link-local address or one of cloud metadata, and the allow-list of this connector does not name it.',
  allowListByAddress:
    'The allow-list of this connector names {host} port {port} by its address only, and behind the outbound proxy nobody here knows that.',
  allowListUnresolved: '{host} can not be resolved here at the moment.',
} as const;

export type AllowListReasonKey = keyof typeof ALLOW_LIST_REASONS;
