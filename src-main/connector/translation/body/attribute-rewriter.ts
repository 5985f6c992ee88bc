import type { AddressRewriter } from './address-rewriter.ts';
import { rewriteList, rewriteMetaContent, rewriteSourceSet, scanValue } from './attribute-values.ts';
import { CssScanner } from './css-scanner.ts';
import { Edits } from './edits.ts';
import { VALUE_KINDS, type ValueKind } from './html-names.ts';
import { ScriptScanner } from './script-scanner.ts';

/** The letter in which `javascript:` begins. */
const SMALL_J = 0x6a;

/** Translates the value of an attribute, each kind in its own way. */
export class AttributeRewriter {
  readonly #rewriter: AddressRewriter;
  readonly #edits: Edits;
  readonly #isInScripts: boolean;
  /** Of the scanners of single values. */
  readonly #valueEdits = new Edits();
  readonly #css: CssScanner;
  readonly #script: ScriptScanner;
  #hasBase = false;

  /**
   * @param rewriter translates single addresses into `edits`
   * @param makeRewriter makes one that does so into others
   * @param isInScripts whether event handlers and `javascript:` addresses are translated as well
   */
  constructor(
    rewriter: AddressRewriter,
    edits: Edits,
    makeRewriter: (edits: Edits) => AddressRewriter,
    isInScripts: boolean,
  ) {
    this.#rewriter = rewriter;
    this.#edits = edits;
    this.#isInScripts = isInScripts;
    const valueRewriter = makeRewriter(this.#valueEdits);
    this.#css = new CssScanner(valueRewriter);
    this.#script = new ScriptScanner(valueRewriter.links, this.#valueEdits);
  }

  /** Whether an address that begins with two units could be one to translate. */
  mayChange(first: number, second: number): boolean {
    return this.#rewriter.mayChange(first, second) || (this.#isInScripts && (first | 0x20) === SMALL_J);
  }

  rewrite(kind: ValueKind, units: Buffer, start: number, end: number): void {
    switch (kind) {
      case VALUE_KINDS.address:
        if (((units[start] as number) | 0x20) === SMALL_J) this.#rewriteScriptAddress(units, start, end);
        else this.#rewriter.rewrite(units, start, end, 'references');
        break;
      case VALUE_KINDS.base:
        this.#rewriter.rewrite(units, start, end, 'references');
        if (!this.#hasBase) this.#rewriter.setBase(units, start, end);
        this.#hasBase = true;
        break;
      case VALUE_KINDS.addressList:
        rewriteList(units, start, end, this.#rewriter);
        break;
      case VALUE_KINDS.sourceSet:
        rewriteSourceSet(units, start, end, this.#rewriter);
        break;
      case VALUE_KINDS.metaContent:
        rewriteMetaContent(units, start, end, this.#rewriter);
        break;
      case VALUE_KINDS.style:
        this.#css.reset();
        scanValue(units, start, end, this.#css, this.#valueEdits, this.#edits);
        break;
      case VALUE_KINDS.script:
        this.#rewriteScript(units, start, end);
        break;
      case VALUE_KINDS.other:
        break;
    }
  }

  #rewriteScriptAddress(units: Buffer, start: number, end: number): void {
    if (/^javascript:/i.test(units.toString('latin1', start, start + 11))) this.#rewriteScript(units, start, end);
  }

  #rewriteScript(units: Buffer, start: number, end: number): void {
    scanValue(units, start, end, this.#script, this.#valueEdits, this.#edits);
  }
}
