/** What WCAG 2.2 asks between text and its ground (success criterion 1.4.3). */
const LEAST_CONTRAST = 4.5;

/** The contrast of two colours, 1 to 21, by their relative luminance (WCAG 2.2). @param first `#rrggbb`, as is `second` */
export function contrastOf(first: string, second: string): number {
  const [darker = 0, lighter = 0] = [luminanceOf(first), luminanceOf(second)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Whether text in one of the colours can be read on the other. */
export function isReadable(text: string, ground: string): boolean {
  return contrastOf(text, ground) >= LEAST_CONTRAST;
}

/** White or near-black, whichever reads better on a colour. */
export function inkOn(ground: string): string {
  return contrastOf('#ffffff', ground) >= contrastOf('#10131a', ground) ? '#ffffff' : '#10131a';
}

function luminanceOf(colour: string): number {
  const channel = (start: number): number => {
    const value = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
