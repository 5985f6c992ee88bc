import path from 'node:path';
import { Menu, nativeImage, Tray } from 'electron';
import type { PageRequest } from '../../../src-shared/ipc/window-models.ts';
import { makeTrayModel, type TrayCommand, type TrayModel } from './tray-model.ts';

export interface AppTrayOptions {
  /** Folder with `tray-STATE.png` and `tray-STATE@2x.png`. */
  readonly imagesFolder: string;
  /** `page` comes with `openPage`. */
  readonly onCommand: (command: TrayCommand, page?: PageRequest) => void;
}

/** The icon in the system tray. Shows a model; knows nothing of the app behind it. */
export class AppTray {
  readonly #options: AppTrayOptions;
  readonly #tray: Tray;
  #shown: TrayModel | null = null;

  constructor(options: AppTrayOptions) {
    this.#options = options;
    this.#tray = new Tray(this.#image('setup'));
    this.#tray.on('click', () => options.onCommand('open'));
  }

  get model(): TrayModel | null {
    return this.#shown;
  }

  show(input: Parameters<typeof makeTrayModel>[0]): void {
    const model = makeTrayModel(input);
    if (JSON.stringify(model) === JSON.stringify(this.#shown)) return;
    if (model.state !== this.#shown?.state) this.#tray.setImage(this.#image(model.state));
    this.#shown = model;
    this.#tray.setToolTip(model.tooltip);
    this.#tray.setContextMenu(
      Menu.buildFromTemplate(
        model.items.map((item) => {
          if (item === null) return { type: 'separator' };
          const { command, page, label } = item;
          if (command === undefined) return { label, enabled: false };
          return { label, click: () => this.#options.onCommand(command, page) };
        }),
      ),
    );
  }

  destroy(): void {
    this.#tray.destroy();
  }

  #image(state: string): Electron.NativeImage {
    return nativeImage.createFromPath(path.join(this.#options.imagesFolder, `tray-${state}.png`));
  }
}
