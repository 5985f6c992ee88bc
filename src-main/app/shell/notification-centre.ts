import { Notification } from 'electron';
import type { NoticeText } from '../health/health-notice.ts';

/** Notifications whose clicks are waited for (docs/limits.md); the oldest is forgotten. */
const MAX_HELD = 20;

/** Shows notices with the system's own notifications, and says which was clicked. */
export class NotificationCentre {
  readonly #onClick: (text: NoticeText) => void;
  readonly #iconFile: string;
  // One that nothing refers to loses its click.
  readonly #held = new Set<Notification>();

  constructor(iconFile: string, onClick: (text: NoticeText) => void) {
    this.#iconFile = iconFile;
    this.#onClick = onClick;
  }

  /** False on a Linux without libnotify, where nothing is ever shown. */
  get isSupported(): boolean {
    return Notification.isSupported();
  }

  show(text: NoticeText): void {
    if (!this.isSupported) return;
    const notification = new Notification({ title: text.title, body: text.body, icon: this.#iconFile });
    this.#held.add(notification);
    for (const oldest of this.#held) {
      if (this.#held.size <= MAX_HELD) break;
      this.#held.delete(oldest);
    }
    notification.on('click', () => this.#onClick(text));
    notification.on('close', () => this.#held.delete(notification));
    notification.show();
  }
}
