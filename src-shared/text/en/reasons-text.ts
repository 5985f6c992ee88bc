import { type ReasonKey, REASONS } from '../../errors/reasons.ts';

/** What the admin API says, in English as it says it. */
export const reasonsText: Readonly<Record<ReasonKey, string>> = REASONS;
