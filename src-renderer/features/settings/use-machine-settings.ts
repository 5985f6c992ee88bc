import { useCallback, useEffect, useState } from 'react';
import type { MachineSettings } from '../../../src-shared/ipc/machine-settings.ts';
import { call } from '../../bridge/bridge.ts';
import { useAction } from '../../ui/use-action.ts';

export interface SavedSettings {
  /** Null until they have come. */
  readonly settings: MachineSettings | null;
  /** Why they could not be read. */
  readonly error: unknown;
  readonly reload: () => Promise<void>;
}

/** The settings of this machine as they are saved, and what reads them again. */
export function useMachineSettings(): SavedSettings {
  const [settings, setSettings] = useState<MachineSettings | null>(null);
  const { run, error } = useAction(async () => setSettings(await call('readMachineSettings')));
  const reload = useCallback(async () => void (await run()), [run]);
  useEffect(() => void run(), [run]);
  return { settings, error, reload };
}
