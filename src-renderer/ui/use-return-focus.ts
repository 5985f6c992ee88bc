import { useEffect, useState } from 'react';

/** Marks what has the focus when a dialog opens; without it that is whatever comes first in it. */
export const FIRST_FOCUS = { 'data-first-focus': '' } as const;

const DIALOGS = '[role=dialog], [role=alertdialog]';

/** What had the focus last, but for entries of menus and messages: they are gone by the time a dialog closes. */
let lastFocused: HTMLElement | null = null;

document.addEventListener('focusin', ({ target }) => {
  if (target instanceof HTMLElement && target.closest('[role=menu], .fui-ToastContainer') === null)
    lastFocused = target;
});

/**
 * Gives the focus to what is marked with `FIRST_FOCUS` in the dialog that opens with the caller, and once that is gone back to where it
 * came from; to the page where that is gone, too. Without it the keyboard would begin again at the window's first button.
 */
export function useReturnFocus(): void {
  const [origin] = useState(lastFocused);
  useEffect(() => {
    // After Fluent's own, which takes the first.
    focusFirst();
    return () => {
      // Once the dialog has left the document, and whatever a menu gives back is given back.
      setTimeout(() => giveBack(origin));
    };
  }, [origin]);
}

/** Gives the focus to what is marked in the open dialog; by itself for dialogs whose content comes later than they do. */
export function focusFirst(): void {
  [...document.querySelectorAll(DIALOGS)].at(-1)?.querySelector<HTMLElement>('[data-first-focus]')?.focus();
}

/** For what goes with the focus in it, and has no place to give it back to. */
export function focusPage(): void {
  document.querySelector<HTMLElement>('main')?.focus();
}

/** Gives the focus to what is marked in the place of that which went with it; whoever has it elsewhere keeps it. */
export function takeLostFocus(place: HTMLElement | null): void {
  const isLost = document.activeElement === null || document.activeElement === document.body;
  if (isLost) place?.querySelector<HTMLElement>('[data-first-focus]')?.focus();
}

function giveBack(origin: HTMLElement | null): void {
  const page = document.querySelector<HTMLElement>('main');
  const { activeElement } = document;
  if (activeElement !== null && activeElement !== document.body && activeElement !== page) return;
  if (origin?.isConnected === true) origin.focus();
  // Another dialog may still be there, which keeps the focus.
  else if (document.querySelector(DIALOGS) === null) page?.focus();
}
