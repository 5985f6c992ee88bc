import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { offerUndo } from '../../src-renderer/ui/undo-key.ts';

let window: EventTarget;

beforeEach(() => {
  window = new EventTarget();
  vi.stubGlobal('window', window);
  // What has the keyboard is none.
  vi.stubGlobal('Element', Event);
});

afterEach(() => vi.unstubAllGlobals());

function press(): void {
  const keys = { key: 'z', ctrlKey: true, metaKey: false, shiftKey: false, altKey: false };
  window.dispatchEvent(Object.assign(new Event('keydown'), keys));
}

test('a second Ctrl+Z took the same thing back once more, as long as its message faded away', () => {
  const undone: string[] = [];
  offerUndo(() => undone.push('first'));
  const last = offerUndo(() => undone.push('last'));
  press();
  expect(undone).toEqual(['last']);
  last.takeBack();
  press();
  press();
  expect(undone).toEqual(['last', 'first']);
});

test('what is withdrawn is taken back no more', () => {
  const undo = vi.fn<() => void>();
  const offered = offerUndo(undo);
  offered.withdraw();
  offered.takeBack();
  press();
  expect(undo).not.toHaveBeenCalled();
});
