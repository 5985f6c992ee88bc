/** The forms of the window that may hold something that is not saved, each of which keeps it under a name of its own. */
export const KEPT_FORMS = [
  'allow-list',
  'application',
  'connector',
  'connectors-page',
  'group',
  'installation',
  'new-group',
  'proxy',
  'retention',
  'service-address',
  'update-feed',
] as const;
export type KeptForm = (typeof KEPT_FORMS)[number];
/** A form with pasted certificates is larger than this only by mistake. */
export const MAX_KEPT_CHARACTERS = 262_144;
