/** Where a browser is sent next during a sign-in or sign-out. */
export interface BrowserStep {
  /** Absolute URL. */
  readonly url: string;
  /** `Set-Cookie` values to send along. */
  readonly cookies: readonly string[];
  /**
   * What must happen to the address's fragment on the way, which only a page can do (B12): kept in the tab under the
   * flow's name, or put back from there. Null: a plain redirect does.
   */
  readonly fragment: { readonly action: 'keep' | 'restore'; readonly flowId: string } | null;
}
