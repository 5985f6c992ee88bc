/** Markup that is safe to send: every value in it was escaped. */
export class SafeMarkup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type MarkupValue = string | number | SafeMarkup | null | readonly SafeMarkup[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Template tag that escapes every value that isn't markup already; null stands for nothing. Attribute values need quotes around them. */
export function markup(parts: TemplateStringsArray, ...values: readonly MarkupValue[]): SafeMarkup {
  return new SafeMarkup(parts.reduce((whole, part, index) => whole + render(values[index - 1] ?? null) + part));
}

function render(value: MarkupValue): string {
  if (value === null) return '';
  if (value instanceof SafeMarkup) return value.text;
  if (typeof value === 'object') return value.map((entry) => entry.text).join('');
  return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
