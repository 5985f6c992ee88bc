import type { UrlMap } from '../url-map.ts';

const WEB_SOCKET = /^ws(s?)(?=:)/i;

/** Where a page is, as its backend and as its user see it. */
export interface PageSite {
  readonly urlMap: UrlMap;
  /** External URL of the page's own application: preferred where several have one backend. */
  readonly ownUrl: string;
  /** `http://host:port`, as the page's own relative addresses stand under. */
  readonly internalOrigin: string;
  readonly externalOrigin: string;
  /** The internal folders under the internal origin, if an address that begins with `/` may have to change; else empty. */
  readonly movedFolders: readonly string[];
  /** Where the application is all that its backend publishes: what each of its addresses begins with, and what then stands there. */
  readonly ownPrefix: AddressPrefix | null;
}

/** A beginning of addresses that is always replaced by the same, with no character that is escaped anywhere. */
export interface AddressPrefix {
  readonly from: Buffer;
  readonly to: string;
}

/** A replacement for the beginning of an address. */
export interface AddressEdit {
  /** How many characters of the address are replaced. */
  readonly length: number;
  readonly text: string;
}

/** Translates the addresses of one page or style sheet. */
export class PageLinks {
  readonly #site: PageSite;
  readonly #scheme: string;
  /** What addresses that begin with `/` are relative to; changes with `<base href>`. */
  #baseOrigin: string;
  /** The edit of every address of the page's own application, where that is known beforehand. */
  readonly #ownEdit: { readonly from: string; readonly edit: AddressEdit } | null;

  constructor(site: PageSite) {
    this.#site = site;
    this.#scheme = site.internalOrigin.slice(0, site.internalOrigin.indexOf(':'));
    this.#baseOrigin = site.internalOrigin;
    const { ownPrefix } = site;
    this.#ownEdit =
      ownPrefix === null
        ? null
        : { from: ownPrefix.from.toString('latin1'), edit: { length: ownPrefix.from.length, text: ownPrefix.to } };
  }

  get movesPaths(): boolean {
    return this.#site.movedFolders.length > 0;
  }

  get ownPrefix(): AddressPrefix | null {
    return this.#site.ownPrefix;
  }

  /** Makes `address` the base of those that follow, as `<base href>` does. */
  setBase(address: string): void {
    if (URL.canParse(address, this.#site.internalOrigin))
      this.#baseOrigin = new URL(address, this.#site.internalOrigin).origin;
  }

  /**
   * What has to change at the beginning of an address; null where it stays: relative to its page, or of nothing published.
   * @param address may be cut off after the part that can be published.
   */
  edit(address: string): AddressEdit | null {
    const ownEdit = this.#ownEdit;
    if (ownEdit !== null && address.startsWith(ownEdit.from)) return ownEdit.edit;
    const translated = this.#translate(address);
    if (translated === null || translated === address) return null;
    let length = address.length;
    let end = translated.length;
    while (length > 0 && end > 0 && address.charCodeAt(length - 1) === translated.charCodeAt(end - 1)) {
      length -= 1;
      end -= 1;
    }
    return { length, text: quotable(translated.slice(0, end)) };
  }

  /** The same in a script, where a string that begins with `/` is an address only if it names a published folder. */
  editInScript(address: string): AddressEdit | null {
    if (isPathAbsolute(address) && !this.#namesMovedFolder(address)) return null;
    return this.edit(address);
  }

  #translate(address: string): string | null {
    if (isPathAbsolute(address)) return this.#translatePath(address);
    const match = WEB_SOCKET.exec(address);
    if (match === null) return this.#toExternal(address);
    // A WebSocket's address names the same backend as that of the scheme that it began with.
    const translated = this.#toExternal(`http${match[1] ?? ''}${address.slice(match[0].length)}`);
    return translated === null ? null : `ws${translated.slice(4)}`;
  }

  #toExternal(address: string): string | null {
    return this.#site.urlMap.toExternal(address, this.#scheme, this.#site.ownUrl);
  }

  #namesMovedFolder(path: string): boolean {
    return this.#site.movedFolders.some((folder) => folder !== '/' && path.startsWith(folder));
  }

  #translatePath(path: string): string | null {
    if (!this.movesPaths) return null;
    const translated = this.#toExternal(this.#baseOrigin + path);
    if (translated === null || this.#baseOrigin !== this.#site.internalOrigin) return translated;
    const { externalOrigin } = this.#site;
    if (translated === externalOrigin) return '/';
    return translated.startsWith(`${externalOrigin}/`) ? translated.slice(externalOrigin.length) : translated;
  }
}

/** `/path`; not `//host`, and not `/\host`, which browsers read as the same. */
function isPathAbsolute(address: string): boolean {
  return address.startsWith('/') && address[1] !== '/' && address[1] !== '\\';
}

/** External addresses hold no quotes but these, which a style sheet or script could take for the end of a string or `url()`. */
function quotable(address: string): string {
  return /['()]/.test(address)
    ? address.replace(/['()]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
    : address;
}
