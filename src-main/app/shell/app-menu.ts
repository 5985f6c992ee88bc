import type { MenuItemConstructorOptions } from 'electron';
import type { Language } from '../../../src-shared/text/language.ts';
import { CATALOGUES } from '../../../src-shared/text/catalogues.ts';

export interface AppMenuOptions {
  readonly language: Language;
  readonly onQuit: () => void;
}

/** The menu of the window, and the keys that belong to it. Pure. */
export function makeAppMenu({ language, onQuit }: AppMenuOptions): MenuItemConstructorOptions[] {
  const { appMenu: text } = CATALOGUES[language];
  return [
    {
      id: 'app',
      label: 'Postern',
      submenu: [
        { id: 'close', role: 'close', label: text.close },
        { type: 'separator' },
        { id: 'quit', label: text.quit, accelerator: 'CommandOrControl+Q', click: onQuit },
      ],
    },
    {
      id: 'edit',
      label: text.edit,
      submenu: [
        { role: 'undo', label: text.undo },
        { role: 'redo', label: text.redo },
        { type: 'separator' },
        { role: 'cut', label: text.cut },
        { role: 'copy', label: text.copy },
        { role: 'paste', label: text.paste },
        { role: 'selectAll', label: text.selectAll },
      ],
    },
    {
      id: 'view',
      label: text.view,
      submenu: [
        { role: 'zoomIn', label: text.zoomIn },
        { role: 'zoomOut', label: text.zoomOut },
        { role: 'resetZoom', label: text.resetZoom },
        { type: 'separator' },
        { role: 'togglefullscreen', label: text.fullScreen },
      ],
    },
  ];
}
