/** A trouble told to the person at the terminal as it is: what happened and the way out, with no stack. */
export class TrialError extends Error {}
