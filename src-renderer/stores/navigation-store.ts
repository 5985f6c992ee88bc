import { create } from 'zustand';

export const PAGES = [
  'overview',
  'applications',
  'traffic',
  'sessions',
  'connectors',
  'diagnostics',
  'settings',
] as const;
export type Page = (typeof PAGES)[number];

const KEPT_UNDER = 'navigation';

/** Where the window is. */
interface Place {
  readonly page: Page;
  /** Rises where a page is to begin anew, even if it is the one that shows. */
  readonly visit: number;
  /** What the traffic page is asked to filter by when it is opened from elsewhere. */
  readonly trafficText: string;
  /** Of which application the sessions page is asked to show the users; null for all. */
  readonly sessionsApplicationId: string | null;
  /** Of which request the diagnostics are asked why it failed; empty for none. */
  readonly activityId: string;
}

interface Navigation extends Place {
  readonly go: (
    page: Page,
    options?: { readonly trafficText?: string; readonly sessionsApplicationId?: string; readonly activityId?: string },
  ) => void;
}

const START: Place = { page: 'overview', visit: 0, trafficText: '', sessionsApplicationId: null, activityId: '' };

export const useNavigation = create<Navigation>((set) => ({
  ...readKeptPlace(),
  go: (page, options) =>
    set((before) => ({
      page,
      visit: page !== before.page || options !== undefined ? before.visit + 1 : before.visit,
      trafficText: options?.trafficText ?? '',
      sessionsApplicationId: options?.sessionsApplicationId ?? null,
      activityId: options?.activityId ?? '',
    })),
}));

useNavigation.subscribe(({ go: _go, ...place }) => sessionStorage.setItem(KEPT_UNDER, JSON.stringify(place)));

/** Where the window was when its process died; it is forgotten with the window. */
function readKeptPlace(): Place {
  const kept = sessionStorage.getItem(KEPT_UNDER);
  return kept === null ? START : (JSON.parse(kept) as Place);
}
