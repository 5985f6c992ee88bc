import { BREAK_OUT_OF_FOREIGN, elementNumber, FOREIGN_ROOTS, HTML_IN_FOREIGN } from './html-names.ts';

/** Deeper nesting is taken for what the deepest known level is. */
const MAX_DEPTH = 64;

const ROOTS = new Set(FOREIGN_ROOTS.map(elementNumber));
const HTML_INSIDE = new Set(HTML_IN_FOREIGN.map(elementNumber));
const BREAK_OUT = new Set(BREAK_OUT_OF_FOREIGN.map(elementNumber));

/**
 * Knows whether the text is in SVG or MathML, where `<style>` and `<title/>` are ordinary elements and `<![CDATA[` means
 * something: without a tree, by the elements that begin and end such content.
 */
export class ForeignContent {
  /** Numbers of the open elements that matter: foreign roots, and elements in them whose content is HTML again. */
  readonly #open: number[] = [];

  /** Whether anything foreign is open. */
  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  /** Whether a start tag that came here would be foreign. */
  get isForeign(): boolean {
    const last = this.#open.at(-1);
    return last !== undefined && ROOTS.has(last);
  }

  /**
   * Takes a start tag.
   * @returns whether the element itself is foreign.
   */
  start(element: number, isSelfClosing: boolean): boolean {
    if (this.#open.length === 0 && !ROOTS.has(element)) return false;
    if (this.isForeign && BREAK_OUT.has(element)) this.#breakOut();
    const isForeign = this.isForeign || ROOTS.has(element);
    if (
      isForeign &&
      !isSelfClosing &&
      (ROOTS.has(element) || HTML_INSIDE.has(element)) &&
      this.#open.length < MAX_DEPTH
    ) {
      this.#open.push(element);
    }
    return isForeign;
  }

  end(element: number): void {
    if (this.#open.length === 0) return;
    const index = this.#open.lastIndexOf(element);
    if (index !== -1) this.#open.length = index;
  }

  #breakOut(): void {
    while (this.isForeign) this.#open.pop();
  }
}
