import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../../scripts/run-command.ts';
import { type GVariant, textOf } from './gvariant-text.ts';
import { type BusTarget, endProcess, type SessionBus, startSessionBus } from './session-bus.ts';
import { type ScreenArea, startVirtualDisplay, type VirtualDisplay } from './start-virtual-display.ts';

const PANEL_HEIGHT = 32;
/** At the lower left, as the panel draws icons from there. */
const TRAY_WIDTH = 96;
const WATCHER: BusTarget = { name: 'org.kde.StatusNotifierWatcher', path: '/StatusNotifierWatcher' };
const NOTIFICATIONS: BusTarget = { name: 'org.freedesktop.Notifications', path: '/org/freedesktop/Notifications' };
const BUS: BusTarget = { name: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus' };
const ITEM = 'org.kde.StatusNotifierItem';
const MENU = 'com.canonical.dbusmenu';
const POLL_MS = 50;
const START_MS = 15_000;

/** An entry of a tray's menu; null stands for a separator. */
type TrayEntry = { readonly id: number; readonly label: string; readonly isEnabled: boolean } | null;

/** A desktop as people have one: a screen, a session bus, a panel (xfce4-panel) and a daemon that draws notifications (dunst). */
export interface DesktopSession extends VirtualDisplay {
  /** For the program under test. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the panel draws trays. */
  readonly area: ScreenArea;
  /** Of the one item in the tray, as it stands on the bus. */
  trayTooltip(): Promise<string>;
  /** The menu of the item, as a panel asks for it. */
  trayMenu(): Promise<readonly TrayEntry[]>;
  /** Chooses an entry by its label, as a panel tells of it. */
  chooseInTray(label: string): Promise<void>;
  /** Clicks the item with a real mouse. */
  clickTray(button: 'left' | 'right'): Promise<void>;
  /** Where the newest notification is drawn; null where there is none. */
  notificationArea(): Promise<ScreenArea | null>;
  /** Clicks the newest notification with a real mouse: it goes, and its program hears of it. */
  clickNotification(): Promise<void>;
  /** Takes notifications off the screen, as the time does. */
  clearNotifications(): Promise<void>;
  /** Notifications that are no longer on the screen, oldest first. */
  pastNotifications(): Promise<readonly { readonly program: string; readonly title: string; readonly body: string }[]>;
  pressKey(name: string): Promise<void>;
}

/** @param folder an empty one for settings and sockets; its path is to be short */
export async function startDesktopSession(folder: string): Promise<DesktopSession> {
  await using started = new AsyncDisposableStack();
  const display = started.use(await startVirtualDisplay());
  const sockets = path.join(folder, 'run');
  mkdirSync(sockets, { mode: 0o700 });
  writeSettings(folder);
  const own = { DISPLAY: display.display, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder, XDG_RUNTIME_DIR: sockets };
  const bus = started.use(await startSessionBus(sockets, { ...process.env, ...own }));
  const environment = { ...own, DBUS_SESSION_BUS_ADDRESS: bus.address };
  const run = (name: string, ...args: readonly string[]): ChildProcess => {
    const child = spawn(name, args, { env: { ...process.env, ...environment }, stdio: 'ignore' });
    started.defer(() => endProcess(child));
    return child;
  };
  run('dunst', '-conf', path.join(folder, 'dunstrc'));
  run('xfce4-panel', '--disable-wm-check');
  for (const { name } of [WATCHER, NOTIFICATIONS]) await waitFor(name, () => isOwned(bus, name));

  const mouse = async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await runCommand('xdotool', args, { env: environment });
    if (code !== 0) throw new Error(`xdotool ${args.join(' ')}: ${output}`);
    return output;
  };
  const item = async (): Promise<BusTarget> => {
    const items = await bus.property(WATCHER, 'org.kde.StatusNotifierWatcher.RegisteredStatusNotifierItems');
    const [registered] = items as readonly string[];
    if (registered === undefined) throw new Error('There is no item in the tray.');
    const at = registered.indexOf('/');
    return { name: registered.slice(0, at), path: registered.slice(at) };
  };
  const menu = async (): Promise<BusTarget> => {
    const target = await item();
    return { name: target.name, path: textOf(await bus.property(target, `${ITEM}.Menu`)) };
  };
  const trayMenu = async (): Promise<readonly TrayEntry[]> => {
    const [, layout] = await bus.call(await menu(), `${MENU}.GetLayout`, '0', '-1', '@as []');
    const [, , entries] = layout as readonly [GVariant, GVariant, readonly GVariant[]];
    return entries.map(readEntry);
  };
  const notificationArea = async (): Promise<ScreenArea | null> => {
    const { code, output } = await runCommand('xdotool', ['search', '--onlyvisible', '--class', 'dunst'], {
      env: environment,
    });
    const window = output.trim().split('\n').at(-1) ?? '';
    if (code !== 0 || window === '') return null;
    // There is no window manager, which would keep it above others.
    await mouse('windowraise', window);
    const values = Object.fromEntries(
      [...(await mouse('getwindowgeometry', '--shell', window)).matchAll(/^(\w+)=(\d+)$/gm)].map(
        ([, name, value]) => [name, Number(value)] as const,
      ),
    );
    return { x: values['X'] ?? 0, y: values['Y'] ?? 0, width: values['WIDTH'] ?? 0, height: values['HEIGHT'] ?? 0 };
  };
  const area = { x: 0, y: display.screen.height - PANEL_HEIGHT, width: TRAY_WIDTH, height: PANEL_HEIGHT };
  const resources = started.move();
  return {
    ...display,
    environment,
    area,
    trayMenu,
    notificationArea,
    trayTooltip: async () => {
      const [, , title, text] = (await bus.property(await item(), `${ITEM}.ToolTip`)) as readonly string[];
      return `${title}${text}`;
    },
    chooseInTray: async (label) => {
      const entry = (await trayMenu()).find((each) => each?.label === label);
      if (entry === null || entry === undefined) throw new Error(`The tray's menu has no “${label}”.`);
      await bus.call(await menu(), `${MENU}.Event`, `${entry.id}`, 'clicked', '<int32 0>', 'uint32 0');
    },
    clickTray: async (button) => {
      const middle = [`${area.x + PANEL_HEIGHT / 2 - 4}`, `${area.y + PANEL_HEIGHT / 2}`];
      await mouse('mousemove', ...middle, 'click', button === 'left' ? '1' : '3');
    },
    clickNotification: async () => {
      const drawn = await notificationArea();
      if (drawn === null) throw new Error('No notification is on the screen.');
      await mouse('mousemove', `${drawn.x + drawn.width / 2}`, `${drawn.y + drawn.height / 2}`, 'click', '1');
    },
    clearNotifications: async () => {
      await bus.call(NOTIFICATIONS, 'org.dunstproject.cmd0.NotificationCloseAll');
    },
    pastNotifications: async () => {
      const [all] = await bus.call(NOTIFICATIONS, 'org.dunstproject.cmd0.NotificationListHistory');
      const list = all as readonly { readonly appname: string; readonly summary: string; readonly body: string }[];
      // The newest comes first.
      return list.map(({ appname, summary, body }) => ({ program: appname, title: summary, body })).toReversed();
    },
    pressKey: async (name) => void (await mouse('key', name)),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function readEntry(entry: GVariant): TrayEntry {
  const [id, properties] = entry as readonly [number, Readonly<Record<string, GVariant>>];
  if (properties['type'] === 'separator') return null;
  return { id, label: textOf(properties['label'] ?? ''), isEnabled: properties['enabled'] !== false };
}

async function isOwned(bus: SessionBus, name: string): Promise<boolean> {
  const [isThere] = await bus.call(BUS, 'org.freedesktop.DBus.NameHasOwner', name);
  return isThere === true;
}

async function waitFor(what: string, isThere: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + START_MS;
  while (!(await isThere())) {
    if (performance.now() > endMs) throw new Error(`${what} did not come within ${START_MS / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** A panel with a tray and nothing else, and notifications above it that stay until they are clicked. */
function writeSettings(folder: string): void {
  const channels = path.join(folder, 'xfce4/xfconf/xfce-perchannel-xml');
  mkdirSync(channels, { recursive: true });
  writeFileSync(
    path.join(channels, 'xfce4-panel.xml'),
    `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=10;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="${PANEL_HEIGHT}"/>
      <property name="length" type="double" value="100"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray"/>
  </property>
</channel>
`,
  );
  writeFileSync(
    path.join(folder, 'dunstrc'),
    `[global]
font = DejaVu Sans 10
origin = bottom-right
offset = 16x48
width = 380
notification_limit = 1
show_indicators = no
idle_threshold = 0
history_length = 100
mouse_left_click = do_action, close_current
[urgency_low]
timeout = 0
[urgency_normal]
timeout = 0
`,
  );
}
