import type { Application } from '../../../src-shared/publishing/application.ts';
import { call } from '../../bridge/bridge.ts';
import { useApplications } from '../../stores/applications-store.ts';
import { useNotify } from '../../ui/notify.tsx';
import { useText } from '../../ui/use-text.ts';
import { bodyOfApplication } from './application-body.ts';

export interface ApplicationActions {
  readonly setMaintenance: (application: Application, isInMaintenance: boolean) => Promise<void>;
  readonly exportSettings: (application: Application) => Promise<void>;
  /**
   * Deletes at once: whoever takes an application off the Internet relies on that. Undoing it publishes one with the same
   * settings and assignments anew. @throws CallError
   */
  readonly remove: (application: Application) => Promise<void>;
}

/** What is done to an application from the list. What goes wrong is told at the window's corner, but for `remove`. */
export function useApplicationActions(): ApplicationActions {
  const { put, drop } = useApplications();
  const notify = useNotify();
  const text = useText('applications');
  return {
    setMaintenance: async (application, isInMaintenance) => {
      const onPremisesPublishing = { isOnPremPublishingEnabled: !isInMaintenance };
      try {
        put(await call('updateApplication', { id: application.id, patch: { onPremisesPublishing } }));
      } catch (error) {
        notify.failure(text.saveFailed, error);
      }
    },
    exportSettings: async (application) => {
      const name = application.displayName
        .replaceAll(/[^\p{L}\p{N} ._-]/gu, '')
        .slice(0, 80)
        .trim();
      const json = `${JSON.stringify(bodyOfApplication(application), null, 2)}\n`;
      try {
        const { isSaved } = await call('saveText', { fileName: `${name || 'application'}.json`, text: json });
        if (isSaved) notify.success(text.exported(application.displayName));
      } catch (error) {
        notify.failure(text.exportFailed, error);
      }
    },
    remove: async (application) => {
      const assignments = await call('listAssignments', { applicationId: application.id });
      await call('deleteApplication', { id: application.id });
      drop(application.id);
      const restore = async (): Promise<void> => {
        try {
          put(await call('restoreApplication', { application: bodyOfApplication(application), assignments }));
          notify.success(text.restored(application.displayName));
        } catch (error) {
          notify.failure(text.restoreFailed, error);
        }
      };
      notify.success(text.deleted(application.displayName), restore);
    },
  };
}
