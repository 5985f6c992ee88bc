/** Where cookies of a backend belong, and where its users are. */
export interface CookieTranslation {
  /** Lower case, no port. */
  readonly internalHost: string;
  readonly externalHost: string;
  /** Begin and end with `/`. */
  readonly internalPath: string;
  readonly externalPath: string;
}

/**
 * Translates `Domain` and `Path` of a `Set-Cookie` value and keeps every other byte (B27). A `Domain` above the internal
 * host becomes a cookie of the external host alone: widening it would hand it to other applications. A foreign or odd
 * one stays as it is. Returns the value itself where nothing changes.
 */
export function translateSetCookie(value: string, translation: CookieTranslation): string {
  const firstEnd = value.indexOf(';');
  if (firstEnd === -1) return value;
  // Browsers refuse a __Host- cookie whose Path is not "/" (RFC 6265bis, section 4.1.3.2).
  const keepsPath = /^\s*__host-/i.test(value);
  let isChanged = false;
  let result = value.slice(0, firstEnd);
  for (const attribute of value.slice(firstEnd + 1).split(';')) {
    const translated = translateAttribute(attribute, translation, keepsPath);
    if (translated !== attribute) isChanged = true;
    if (translated !== null) result += `;${translated}`;
  }
  return isChanged ? result : value;
}

/** The attribute as it should stand, or null to leave it out. */
function translateAttribute(attribute: string, translation: CookieTranslation, keepsPath: boolean): string | null {
  const equals = attribute.indexOf('=');
  if (equals === -1) return attribute;
  const name = attribute.slice(0, equals).trim().toLowerCase();
  const value = attribute.slice(equals + 1).trim();
  if (name === 'domain') {
    const domain = value.toLowerCase().replace(/^\./, '');
    if (domain === '') return attribute;
    if (domain === translation.internalHost) {
      const dot = value.startsWith('.') ? '.' : '';
      return `${attribute.slice(0, equals + 1)}${dot}${translation.externalHost}`;
    }
    return translation.internalHost.endsWith(`.${domain}`) && !isWithin(translation.externalHost, domain)
      ? null
      : attribute;
  }
  if (name === 'path' && !keepsPath) {
    const path = translatePath(value, translation);
    return path === value ? attribute : `${attribute.slice(0, equals + 1)}${path}`;
  }
  return attribute;
}

function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

/** A path inside the published folder moves with it; one above it (`/`) covers the external folder as it is. */
function translatePath(path: string, { internalPath, externalPath }: CookieTranslation): string {
  if (internalPath === externalPath) return path;
  if (path.startsWith(internalPath)) return externalPath + path.slice(internalPath.length);
  if (path !== '' && path === internalPath.slice(0, -1)) return externalPath.slice(0, -1) || '/';
  return path;
}
