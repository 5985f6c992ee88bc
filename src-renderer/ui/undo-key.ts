/** What can be undone now, the last at the end. */
const undos: (() => void)[] = [];

/**
 * Has Ctrl+Z, or ⌘Z, take back what was done last, wherever the keyboard is but in a text: that has an undo of its own.
 * @returns the function that ends it
 */
export function onUndoKey(undo: () => void): () => void {
  const press = (event: KeyboardEvent): void => {
    if (undos.at(-1) !== undo || !isUndo(event) || isInText(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    undo();
  };
  const end = (): void => {
    window.removeEventListener('keydown', press);
    const place = undos.indexOf(undo);
    if (place !== -1) undos.splice(place, 1);
  };
  undos.push(undo);
  window.addEventListener('keydown', press);
  return end;
}

function isUndo({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): boolean {
  return key.toLowerCase() === 'z' && (ctrlKey || metaKey) && !shiftKey && !altKey;
}

function isInText(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('input:not([type=checkbox], [type=radio]), textarea');
}
