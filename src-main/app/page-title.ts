const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' };
const MAX_CHARACTERS = 200;

/** The title of an HTML page, on one line; null where it has none. */
export function findPageTitle(html: string): string | null {
  const raw = /<title[^<>]*>([^<]*)<\/title>/i.exec(html)?.[1];
  if (raw === undefined) return null;
  return decodeEntities(raw).replaceAll(/\s+/g, ' ').trim().slice(0, MAX_CHARACTERS) || null;
}

/** The few entities that titles and addresses use. */
export function decodeEntities(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|#39|nbsp);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
