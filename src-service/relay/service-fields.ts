const SET_COOKIE = 'set-cookie';
/** Where else the site can be reached (RFC 7838), which would lead past the service. */
const ALTERNATIVES = 'alt-svc';
/** The id under which a request is found (B33). */
const ACTIVITY_ID = 'x-postern-activity-id';
/** The service's own cookies (B15), and one without a name that browsers read like them. */
const OWN_COOKIE = /^\s*(?:=\s*)?(?:__host-|__secure-)?postern-/i;

/**
 * The fields of an answer without those that are the service's alone to send; the list itself where there are none. Our
 * connector leaves them out, and another one, or one that was taken over, must not be able to send them.
 */
export function withoutServiceFields(list: readonly string[]): readonly string[] {
  let kept: string[] | null = null;
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index] as string;
    const value = list[index + 1] as string;
    if (isOfTheService(name, value)) kept ??= list.slice(0, index);
    else kept?.push(name, value);
  }
  return kept ?? list;
}

function isOfTheService(name: string, value: string): boolean {
  switch (name.length) {
    case SET_COOKIE.length:
      return name.toLowerCase() === SET_COOKIE && OWN_COOKIE.test(value);
    case ALTERNATIVES.length:
      return name.toLowerCase() === ALTERNATIVES;
    case ACTIVITY_ID.length:
      return name.toLowerCase() === ACTIVITY_ID;
    default:
      return false;
  }
}
