/** What of an upload is at fault; the API says it in the names of its fields. */
export type UploadPart = 'certificate' | 'privateKey' | 'passphrase' | 'pfx' | 'password';

/** One thing that keeps a certificate from being used, with the way out. */
export interface CertificateProblem {
  readonly part: UploadPart;
  readonly message: string;
}

/** What came of reading or checking: the value, or everything that is wrong. */
export type Checked<Value> =
  | { readonly isUsable: true; readonly value: Value }
  | { readonly isUsable: false; readonly problems: readonly CertificateProblem[] };

export function usable<Value>(value: Value): Checked<Value> {
  return { isUsable: true, value };
}

export function refused(part: UploadPart, message: string): Checked<never> {
  return { isUsable: false, problems: [{ part, message }] };
}
