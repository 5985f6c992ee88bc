/** What an upload holds, in the form in which it leaves the thread that opened it: DER, keys as PKCS#8. */
export interface OpenedParts {
  readonly certificates: readonly Uint8Array[];
  readonly privateKeys: readonly Uint8Array[];
}
