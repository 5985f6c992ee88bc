import type { Branding } from './branding.ts';
import { type SafeMarkup, markup } from './markup.ts';

/** Whom to ask, as the operator set it; null where nothing is set. @param subject of a mail */
export function renderHelpLinks({ helpText, contact }: Branding, subject: string): SafeMarkup | null {
  const { email, phone, url } = contact;
  const links: SafeMarkup[] = [];
  if (email !== undefined) {
    const query = `subject=${encodeURIComponent(subject)}`;
    links.push(markup`<a href="mailto:${encodeURI(email)}?${query}">${email}</a>`);
  }
  if (phone !== undefined) links.push(markup`<a href="tel:${phone.replaceAll(/[^+0-9]/g, '')}">${phone}</a>`);
  if (url !== undefined) links.push(markup`<a href="${url}">${new URL(url).host}</a>`);
  if (helpText === null && links.length === 0) return null;
  return markup`<div class="help">
    ${helpText === null ? null : markup`<p>${helpText}</p>`} ${links.length === 0 ? null : markup`<p>${links}</p>`}
  </div>`;
}
