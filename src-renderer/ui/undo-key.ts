export interface OfferedUndo {
  /** Once, however often it is asked for. */
  readonly takeBack: () => void;
  /** It can't be taken back any more. */
  readonly withdraw: () => void;
}

/** What can be undone now, the last at the end. */
const undos: (() => void)[] = [];

/** Has Ctrl+Z, or ⌘Z, take back what was done last, wherever the keyboard is but in a text: that has an undo of its own. */
export function offerUndo(undo: () => void): OfferedUndo {
  const withdraw = (): boolean => {
    window.removeEventListener('keydown', press);
    const place = undos.indexOf(takeBack);
    if (place === -1) return false;
    undos.splice(place, 1);
    return true;
  };
  const takeBack = (): void => {
    if (withdraw()) undo();
  };
  const press = (event: KeyboardEvent): void => {
    if (undos.at(-1) !== takeBack || !isUndo(event) || isInText(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    takeBack();
  };
  undos.push(takeBack);
  window.addEventListener('keydown', press);
  return { takeBack, withdraw };
}

function isUndo({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): boolean {
  return key.toLowerCase() === 'z' && (ctrlKey || metaKey) && !shiftKey && !altKey;
}

function isInText(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('input:not([type=checkbox], [type=radio]), textarea');
}
